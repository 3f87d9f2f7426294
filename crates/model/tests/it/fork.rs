//! A captured origin sends one content to some chains and another, or nothing, to others, in every possible way. At
//! rest all copies are equal: they hold the content that the votes settled, or none.

use crate::common;

use common::{breaks, holds};
use ddvs_model::random::run_to_rest;
use ddvs_model::scenarios::families::{self, one_of_three, three};
use ddvs_model::scenarios::fork::{asking, collusion, heard_of_late, tells_a};
use ddvs_model::{AskRule, CONTRACTS, Instance, Rules, Stats, Violation};

fn all_hold(instances: Vec<Instance>) -> Stats {
    let mut all = Stats::default();
    for instance in instances {
        let stats = holds(&instance).stats;
        all += stats;
    }
    all
}

fn some_break(instances: Vec<Instance>) {
    let broken = instances.iter().any(|instance| {
        ddvs_model::search::search(instance).violation() == Some(Violation::ForksDiffer)
    });
    assert!(broken, "replicas were equal at rest in every case");
}

#[test]
fn fork_between_equal_halves_is_healed() {
    let stats = all_hold(three(CONTRACTS, &[35, 35, 30]));
    assert!(stats.undone > 0, "nothing was ever undone");
    assert!(stats.relayed > 0, "nothing was ever relayed");
    all_hold(three(CONTRACTS, &[40, 40, 20]));
}

#[test]
fn fork_between_unequal_halves_is_healed() {
    all_hold(three(CONTRACTS, &[30, 25, 45]));
}

#[test]
fn fork_by_an_origin_with_a_majority_is_healed() {
    all_hold(three(CONTRACTS, &[20, 20, 60]));
}

#[test]
fn fork_with_later_batches_on_both_branches_is_healed() {
    all_hold(families::fork_at_two(CONTRACTS));
}

#[test]
fn fork_towards_one_of_three_is_healed() {
    for stakes in [[26, 26, 26, 22], [25, 25, 25, 25]] {
        all_hold(one_of_three(CONTRACTS, &stakes));
    }
}

#[test]
fn fork_towards_the_masterchain_is_healed() {
    for stakes in [[35, 35, 30, 0], [30, 25, 45, 0]] {
        all_hold(families::masterchain_as_victim(CONTRACTS, &stakes));
    }
}

#[test]
fn fork_while_stakes_move_is_healed() {
    all_hold(families::moving(CONTRACTS));
}

#[test]
fn fork_while_a_chain_falls_silent_is_healed() {
    all_hold(families::one_falls_silent(CONTRACTS));
}

#[test]
fn without_undoing_copies_differ() {
    let rules = Rules {
        votes_decide: false,
        ..CONTRACTS
    };
    some_break(three(rules, &[40, 40, 20]));
}

#[test]
fn without_asking_a_copy_that_got_another_content_stays_behind() {
    some_break(one_of_three(asking(AskRule::Never), &[26, 26, 26, 22]));
}

/// `B` learns of the fork only when `A` is two batches further.
#[test]
fn a_fork_older_than_the_memory_is_not_healed() {
    let with_memory = |memory| {
        heard_of_late(Rules {
            memory,
            ..CONTRACTS
        })
    };
    holds(&with_memory(2));
    breaks(&with_memory(1), &[Violation::ForksDiffer]);
}

/// A remaining limit: a second captured chain votes for both contents, one towards each side. Each half of the honest
/// chains settles its own, and has no proof for the other, even where both together have less than a third.
#[test]
fn two_captured_chains_that_collude_tear_copies_apart() {
    for stakes in [[30, 30, 20, 20], [34, 34, 16, 16]] {
        breaks(&collusion(CONTRACTS, &stakes), &[Violation::ForksDiffer]);
    }
}

/// A remaining and necessary limit: `C` sends its batch to `A` alone, which is a majority with it but cannot vouch
/// for it. `A` must apply it, since all others may have fallen silent. The others must not, since `A` may have made
/// it up.
#[test]
fn copies_of_a_split_origin_differ() {
    let network = run_to_rest(&tells_a(CONTRACTS, &[32, 38, 30]), 0);
    let heights: Vec<_> = network.live().map(|copy| copy.height(2)).collect();
    assert_eq!(heights, [1, 0]);
}
