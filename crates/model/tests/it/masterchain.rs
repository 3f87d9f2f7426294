//! The masterchain registers no stake: its vote has no weight, its silence stops nothing, and it follows.

use crate::common;

use common::holds;
use ddvs_model::scenarios::live;
use ddvs_model::{CONTRACTS, Rules};

#[test]
fn its_silence_stops_nothing() {
    holds(&live::masterchain_silent(CONTRACTS));
}

#[test]
fn it_follows() {
    holds(&live::masterchain_follows(CONTRACTS));
}

#[test]
fn it_may_fall_silent_at_any_time() {
    holds(&live::masterchain_falls_silent(CONTRACTS));
}

#[test]
fn it_follows_a_lonely_majority() {
    holds(&live::lonely_majority(CONTRACTS));
}

/// Its votes decide nothing, so it sends none: fewer states, the same promises.
#[test]
fn it_may_as_well_keep_quiet() {
    let quiet = holds(&live::one_key_and_masterchain(CONTRACTS));
    let always = holds(&live::one_key_and_masterchain(Rules {
        masterchain_votes: true,
        ..CONTRACTS
    }));
    assert!(quiet.states < always.states);
}
