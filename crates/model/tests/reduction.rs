//! The search looks at one chain's steps only, where that misses no state of rest. It misses none.

mod common;

use ddvs_model::captured::all_forks;
use ddvs_model::search::{Options, search_with};
use ddvs_model::{CONTRACTS, Instance, stake};

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
fn with_a_chain_that_falls_silent() {
    let scripts = vec![vec![stake(30)], vec![stake(1)], vec![stake(5)]];
    let instance = Instance::new("20/20/60", CONTRACTS, &[20, 20, 60], scripts);
    same_rests(&instance.falls_silent(&[2], 1));
}

#[test]
fn with_a_chain_that_forks() {
    for captured in all_forks(2, 1, &[0, 1]) {
        let scripts = vec![vec![stake(-20)], vec![], vec![stake(9)]];
        let instance = Instance::new("35/35/30, C forks", CONTRACTS, &[35, 35, 30], scripts);
        same_rests(&instance.forks(2, 1, vec![stake(-7)]).captured(captured));
    }
}
