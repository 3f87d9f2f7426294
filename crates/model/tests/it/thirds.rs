//! From a third of all stake on, a captured origin can keep copies apart, and no rule without proof can prevent it.

use crate::common;

use common::holds;
use ddvs_model::random::run_to_rest;
use ddvs_model::scenarios::fork::{tells_a, tells_two};
use ddvs_model::{CONTRACTS, Instance};

fn heights_of_c(instance: &Instance) -> Vec<u8> {
    heights_in(instance, 0)
}

fn heights_in(instance: &Instance, seed: u64) -> Vec<u8> {
    let network = run_to_rest(instance, seed);
    network.live().map(|copy| copy.height(2)).collect()
}

/// `A` cannot distinguish `B` without the batch from a silent `B`, nor `B` a true relay from a false one.
#[test]
fn captured_origin_with_a_third_keeps_two_copies_apart() {
    let instance = tells_a(CONTRACTS, &[33, 33, 34]);
    assert_eq!(heights_of_c(&instance), [1, 0]);
}

/// With slightly less, `A` can vouch for what it received.
#[test]
fn captured_origin_below_a_third_does_not_keep_two_copies_apart() {
    let instance = tells_a(CONTRACTS, &[34, 34, 32]);
    assert_eq!(heights_of_c(&instance), [1, 1]);
    holds(&instance);
    // two contents of the same grade: neither is kept, except where one had reached both before the other was sent
    let instance = tells_two(CONTRACTS, &[34, 34, 32]);
    holds(&instance);
    let ends: Vec<_> = (0..50).map(|seed| heights_in(&instance, seed)).collect();
    assert!(ends.iter().all(|end| end == &[0, 0] || end == &[1, 1]));
    assert!(ends.contains(&vec![0, 0]));
}
