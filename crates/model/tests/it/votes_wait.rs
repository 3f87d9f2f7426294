//! A chain may vote for several batches in one message, and later than messages that it sent after voting. Nothing
//! depends on that: every order is searched.

use crate::common;

use common::holds;
use ddvs_model::scenarios::fork::tells_two;
use ddvs_model::scenarios::lies::{foretold, overtaken};
use ddvs_model::search::{Options, search_with};
use ddvs_model::{CONTRACTS, Instance, stake};

/// Two honest origins, whose batches move stake towards each other, and a third chain without one.
fn both_ways() -> Instance {
    let scripts = vec![vec![stake(9)], vec![stake(-9)], vec![]];
    Instance::new("38/36/26, two batches", CONTRACTS, &[38, 36, 26], scripts)
}

/// All orders hold, and there are more of them than if votes keep their places.
#[track_caller]
fn holds_late(instance: &Instance) {
    let options = Options {
        reduce: false,
        ..Options::default()
    };
    let in_place = search_with(instance, options).states;
    let late = holds(&instance.clone().votes_wait()).states;
    println!(
        "{}: {in_place} states, {late} with votes that wait",
        instance.name
    );
    assert!(late > in_place);
}

#[test]
fn batches_of_two_origins_are_applied_everywhere() {
    holds_late(&both_ways());
    holds_late(&both_ways().falls_silent(&[2], 1));
}

#[test]
fn captured_chains_gain_nothing_from_late_votes() {
    holds_late(&overtaken(CONTRACTS));
    holds_late(&foretold(CONTRACTS));
    holds_late(&tells_two(CONTRACTS, &[34, 34, 32]));
}
