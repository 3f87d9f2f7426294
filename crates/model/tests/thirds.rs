//! From a third of all stake on, a captured origin can keep copies apart, and no rule without proof can prevent it.

mod common;

use common::holds;
use ddvs_model::random::run_to_rest;
use ddvs_model::scenarios::fork::{tells_a, tells_two};
use ddvs_model::{CONTRACTS, Instance};

fn heights_of_c(instance: &Instance) -> Vec<u8> {
    let network = run_to_rest(instance, 0);
    network.live().map(|copy| copy.height(2)).collect()
}

/// `A` cannot tell `B` that is not told from `B` that is silent, nor `B` a true relay from a false one.
#[test]
fn a_third_tells_its_batch_to_one_of_two() {
    let instance = tells_a(CONTRACTS, &[33, 33, 34]);
    assert_eq!(heights_of_c(&instance), [1, 0]);
}

/// With a whisker less, `A` can vouch for what it was told.
#[test]
fn less_than_a_third_does_not_keep_two_apart() {
    let instance = tells_a(CONTRACTS, &[34, 34, 32]);
    assert_eq!(heights_of_c(&instance), [1, 1]);
    holds(&instance);
    // Two contents of the same worth: neither stays.
    let instance = tells_two(CONTRACTS, &[34, 34, 32]);
    assert_eq!(heights_of_c(&instance), [0, 0]);
}
