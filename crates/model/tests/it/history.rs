//! A copy remembers a limited number of totals of each chain. It cannot use a claim at a base that it has forgotten,
//! but always has its current totals. The history must be longer than the lag between copies.

use crate::common;

use common::{breaks, holds};
use ddvs_model::Violation;
use ddvs_model::scenarios::counting::{
    all_live, remembering, stake_moves_to_a_silent_chain as one_falls_silent,
};

#[test]
fn while_all_are_live_no_history_is_too_short() {
    let outcome = holds(&all_live(remembering(1)));
    assert!(
        outcome.stats.pruned_bases > 0,
        "the history was never too short"
    );
}

#[test]
fn history_that_covers_the_lag_is_enough() {
    holds(&one_falls_silent(remembering(2)));
}

#[test]
fn history_shorter_than_the_lag_makes_copies_differ() {
    breaks(
        &one_falls_silent(remembering(1)),
        &[Violation::ReplicasDiffer],
    );
}
