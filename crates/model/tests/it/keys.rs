//! Two origins may register one key at the same time. Both registrations are applied everywhere; which one is active
//! follows from the registries, the lowest chain first.

use crate::common;

use common::holds;
use ddvs_model::CONTRACTS;
use ddvs_model::properties::key_holder;
use ddvs_model::random::run_to_rest;
use ddvs_model::scenarios::live::one_key;

#[test]
fn both_registrations_are_applied_or_the_later_is_refused_at_home() {
    let outcome = holds(&one_key(CONTRACTS));
    // both at the same time, B's first, or C's first
    assert_eq!(outcome.rests, 3);
}

#[test]
fn the_lowest_chain_holds_the_key_on_every_copy() {
    let instance = one_key(CONTRACTS);
    let mut both = 0;
    for seed in 0..200 {
        let network = run_to_rest(&instance, seed);
        let applied = |chain: usize| !network.applied(0)[chain].is_empty();
        let expected = if applied(1) { 1 } else { 2 };
        both += usize::from(applied(1) && applied(2));
        for elector in network.live() {
            assert_eq!(
                key_holder(&instance, elector, 7),
                Some(expected),
                "seed {seed}"
            );
            assert_eq!(key_holder(&instance, elector, 8), None, "seed {seed}");
        }
    }
    assert!(both > 0, "the key was never registered twice");
}
