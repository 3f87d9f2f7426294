//! A captured chain makes up a batch of an honest origin, votes for it and relays it. No copy applies it: a copy
//! counts the origin's vote only for what the origin itself sent, or for a content with so many votes that one of
//! them is honest.

use crate::common;

use common::{breaks, holds};
use ddvs_model::scenarios::lies::{forged, told_to_a, vouched_for_by};
use ddvs_model::{CONTRACTS, Violation, VouchRule};

#[test]
fn a_forged_batch_is_not_applied() {
    for stakes in [[50, 40, 10], [25, 45, 30], [15, 45, 40], [2, 50, 48]] {
        holds(&forged(CONTRACTS, &stakes));
    }
}

#[test]
fn if_anybody_could_vouch_a_tenth_would_be_enough_to_forge() {
    let rules = vouched_for_by(VouchRule::Anybody);
    breaks(
        &forged(rules, &[45, 45, 10]),
        &[Violation::ForbiddenApplied],
    );
}

/// An origin with a third of all stake is trusted only about what it sent itself, so that not even 49% can forge for
/// it.
#[test]
fn if_a_third_could_always_vouch_more_than_a_third_would_forge_for_a_large_origin() {
    let rules = vouched_for_by(VouchRule::Third);
    breaks(
        &forged(rules, &[15, 45, 40]),
        &[Violation::ForbiddenApplied],
    );
}

#[test]
fn what_a_captured_origin_withheld_is_applied_once_a_third_vouches() {
    holds(&told_to_a(CONTRACTS));
}

#[test]
fn if_only_a_majority_could_vouch_copies_of_a_captured_origin_would_differ() {
    let rules = vouched_for_by(VouchRule::Majority);
    breaks(&told_to_a(rules), &[Violation::ForksDiffer]);
}

/// A remaining limit: from a third of all stake on, a captured voter forges for a small honest origin.
#[test]
fn a_third_of_all_stake_forges_for_a_small_origin() {
    let instance = forged(CONTRACTS, &[32, 31, 37]);
    breaks(&instance, &[Violation::ForbiddenApplied]);
}
