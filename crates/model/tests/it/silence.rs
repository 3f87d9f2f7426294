//! Chains that fall silent, for a while or forever, stop no other chain as long as the others hold a majority.

use crate::common;

use common::holds;
use ddvs_model::CONTRACTS;
use ddvs_model::scenarios::live;
use ddvs_model::search::{Options, search_with};

#[test]
fn any_one_of_three_falls_silent_for_ever() {
    holds(&live::one_of_three_silent(CONTRACTS));
}

#[test]
fn two_of_four_fall_silent_for_ever() {
    holds(&live::two_of_four_silent(CONTRACTS));
}

#[test]
fn the_largest_falls_silent_and_the_others_outgrow_it() {
    holds(&live::the_largest_silent(CONTRACTS));
}

/// A pause is a delay, which every search tries anyway: it adds states, but no state of rest.
#[test]
fn pause_adds_states_but_no_state_of_rest() {
    let steady = holds(&live::steady(CONTRACTS));
    let options = Options {
        reduce: false,
        ..Options::default()
    };
    let pausing = search_with(&live::pausing(CONTRACTS), options);
    assert!(pausing.is_proof());
    assert!(pausing.states > steady.states);
    assert_eq!(pausing.rest_states, steady.rest_states);
}
