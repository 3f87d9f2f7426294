//! A captured chain votes for a made-up hash under an honest origin's number. That changes nothing as long as the
//! other chains' majority votes.

use crate::common;

use common::holds;
use ddvs_model::CONTRACTS;
use ddvs_model::scenarios::lies::{lies, lies_about_a_lonely_majority, lies_while_half_are_silent};

#[test]
fn lies_of_the_masterchain_change_nothing() {
    holds(&lies(CONTRACTS, &[40, 30, 30, 0], 1, 3, &[0, 1, 2]));
    holds(&lies(CONTRACTS, &[60, 40, 0], 2, 2, &[0, 1]));
}

#[test]
fn lies_of_a_minority_change_nothing() {
    for to in [&[0, 1, 2][..], &[1]] {
        holds(&lies(CONTRACTS, &[25, 25, 25, 25], 1, 3, to));
    }
}

/// The liar and the origin together hold a majority, so the made-up content is applicable for a while. The votes of
/// the other chains settle the real one.
#[test]
fn a_liar_that_makes_a_majority_with_the_origin_is_outvoted() {
    holds(&lies(CONTRACTS, &[45, 35, 20], 1, 2, &[0, 1]));
}

#[test]
fn a_liar_without_stake_cannot_stop_a_lonely_majority() {
    holds(&lies_about_a_lonely_majority(CONTRACTS));
}

#[test]
fn liar_changes_nothing_while_half_of_the_others_are_silent() {
    holds(&lies_while_half_are_silent(CONTRACTS));
}
