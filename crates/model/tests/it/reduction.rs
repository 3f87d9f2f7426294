//! The search explores only one chain's steps where that misses no state of rest. This test shows that it misses
//! none.

use ddvs_model::scenarios::families::fork_while_one_leaves;
use ddvs_model::scenarios::live::all_grow;
use ddvs_model::search::{Options, search_with};
use ddvs_model::{CONTRACTS, Instance};

fn rests(instance: &Instance, reduce: bool) -> (usize, Vec<u64>) {
    let options = Options {
        reduce,
        ..Options::default()
    };
    let outcome = search_with(instance, options);
    assert!(outcome.is_proof());
    let mut rests = outcome.rest_states;
    rests.sort_unstable();
    (outcome.states, rests)
}

fn same_rests(instance: &Instance) {
    let (all, every_rest) = rests(instance, false);
    let (fewer, rests) = rests(instance, true);
    assert_eq!(rests, every_rest);
    assert!(fewer < all, "{}: nothing is reduced", instance.name);
}

#[test]
fn reduced_search_misses_no_rest_when_a_chain_falls_silent() {
    same_rests(&all_grow(CONTRACTS));
}

#[test]
fn reduced_search_misses_no_rest_when_a_chain_forks() {
    for instance in fork_while_one_leaves(CONTRACTS) {
        same_rests(&instance);
    }
}
