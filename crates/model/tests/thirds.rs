//! From a third of all stake on, a captured origin can keep copies apart, and no rule without proof can prevent it.

mod common;

use common::holds;
use ddvs_model::random::run_to_rest;
use ddvs_model::{CONTRACTS, Captured, FORK, Instance, MAIN, stake};

fn heights_of_c(stakes: &[i32; 3], captured: Captured) -> Vec<u8> {
    let scripts = vec![vec![], vec![], vec![stake(0)]];
    let instance = Instance::new("C forks", CONTRACTS, stakes, scripts);
    let instance = instance.forks(2, 1, vec![stake(0)]).captured(captured);
    let network = run_to_rest(&instance, 0);
    network.live().map(|copy| copy.height(2)).collect()
}

/// `A` cannot tell `B` that is not told from `B` that is silent, nor `B` a true relay from a false one.
#[test]
fn a_third_tells_its_batch_to_one_of_two() {
    let captured = Captured::new(2).proposes(1, MAIN, &[0]);
    assert_eq!(heights_of_c(&[33, 33, 34], captured), [1, 0]);
}

/// With a whisker less, `A` can vouch for what it was told.
#[test]
fn less_than_a_third_does_not_keep_two_apart() {
    let captured = Captured::new(2).proposes(1, MAIN, &[0]);
    assert_eq!(heights_of_c(&[34, 34, 32], captured.clone()), [1, 1]);
    let scripts = vec![vec![], vec![], vec![stake(0)]];
    let instance = Instance::new("C tells A", CONTRACTS, &[34, 34, 32], scripts);
    holds(&instance.captured(captured));
    // Two contents of the same worth: neither stays.
    let captured = Captured::new(2)
        .proposes(1, MAIN, &[0])
        .proposes(1, FORK, &[1]);
    assert_eq!(heights_of_c(&[34, 34, 32], captured), [0, 0]);
}
