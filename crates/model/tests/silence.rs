//! Chains that fall silent, for a while or for ever, stop nobody as long as the others hold a majority.

mod common;

use common::holds;
use ddvs_model::search::{Options, search_with};
use ddvs_model::{CONTRACTS, Instance, stake, with_key};

#[test]
fn any_one_of_three_falls_silent_for_ever() {
    let scripts = vec![vec![stake(5)], vec![stake(-5)], vec![stake(5)]];
    let instance = Instance::new(
        "40/30/30, any one silent",
        CONTRACTS,
        &[40, 30, 30],
        scripts,
    );
    holds(&instance.falls_silent(&[0, 1, 2], 1));
}

#[test]
fn two_of_four_fall_silent_for_ever() {
    let scripts = vec![vec![with_key(5, 1)], vec![with_key(5, 1)], vec![], vec![]];
    let instance = Instance::new(
        "30/30/20/20, C and D silent",
        CONTRACTS,
        &[30, 30, 20, 20],
        scripts,
    );
    holds(&instance.falls_silent(&[2, 3], 2));
}

#[test]
fn the_largest_falls_silent_and_the_others_outgrow_it() {
    let scripts = vec![
        vec![stake(30), stake(30)],
        vec![stake(1), stake(2)],
        vec![stake(3)],
    ];
    let instance = Instance::new("20/20/60, C silent", CONTRACTS, &[20, 20, 60], scripts);
    holds(&instance.falls_silent(&[2], 1));
}

/// A pause is a delay, which every search tries anyway: it adds states, but no state of rest.
#[test]
fn a_pause_changes_nothing() {
    let scripts = || vec![vec![stake(5)], vec![stake(-5)], vec![]];
    let steady = Instance::new("40/30/30", CONTRACTS, &[40, 30, 30], scripts());
    let pausing = steady.clone().pauses(&[0, 1, 2], 2);
    let steady = holds(&steady);
    let options = Options {
        reduce: false,
        ..Options::default()
    };
    let pausing = search_with(&pausing, options);
    assert!(pausing.is_proof());
    assert!(pausing.states > steady.states);
    assert_eq!(pausing.rest_states, steady.rest_states);
}
