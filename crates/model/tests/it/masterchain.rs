//! The masterchain registers no stake: its vote has no weight, its silence stops nothing, and it follows.

use crate::common;

use common::holds;
use ddvs_model::scenarios::live;
use ddvs_model::{CONTRACTS, Rules};

#[test]
fn silent_masterchain_does_not_stop_workchains() {
    holds(&live::masterchain_silent(CONTRACTS));
}

#[test]
fn masterchain_follows_the_workchains() {
    holds(&live::masterchain_follows(CONTRACTS));
}

#[test]
fn masterchain_may_fall_silent_at_any_time() {
    holds(&live::masterchain_falls_silent(CONTRACTS));
}

#[test]
fn masterchain_follows_a_lonely_majority() {
    holds(&live::lonely_majority(CONTRACTS));
}

/// Its votes decide nothing, so it sends none: fewer states, the same promises.
#[test]
fn masterchain_votes_only_add_states() {
    let quiet = holds(&live::one_key_and_masterchain(CONTRACTS));
    let always = holds(&live::one_key_and_masterchain(Rules {
        masterchain_votes: true,
        ..CONTRACTS
    }));
    assert!(quiet.states < always.states);
}
