//! A captured origin sends one content to some and another to others, or nothing, in every possible way. At rest all
//! copies are equal: they hold the content that the votes settled, or none.

mod common;

use common::{breaks, holds};
use ddvs_model::captured::all_forks;
use ddvs_model::random::run_to_rest;
use ddvs_model::{
    AskRule, Batch, CONTRACTS, Captured, Chain, FORK, Instance, MAIN, Rules, Stats, Violation,
    stake,
};

/// The last chain of `stakes` is captured, and forks in every possible way over its whole script; its vote for batch 1 of
/// each other chain goes to all, to the first chain only, or to nobody.
fn every_fork(
    rules: Rules,
    stakes: &[i32],
    scripts: &[Vec<Batch>],
    branch: &[Batch],
) -> Vec<Instance> {
    let captured = (stakes.len() - 1) as Chain;
    let to: Vec<Chain> = (0..captured).collect();
    let proposing: Vec<_> = to
        .iter()
        .filter(|&&to| !scripts[to as usize].is_empty())
        .collect();
    let mut instances = Vec::new();
    for plan in all_forks(captured, branch.len() as u8, &to) {
        for votes in [&to[..], &to[..1], &[]] {
            let plan = proposing.iter().fold(plan.clone(), |plan, origin| {
                plan.votes(**origin, 1, MAIN, votes)
            });
            let name = format!("{stakes:?} {:?}", plan.outbox);
            let instance = Instance::new(&name, rules, stakes, scripts.to_vec());
            let mut instance = instance.forks(captured, 1, branch.to_vec()).captured(plan);
            instance.masterchain = (0..)
                .zip(stakes)
                .find(|(_, stake)| **stake == 0)
                .map(|(chain, _)| chain);
            instances.push(if votes.len() == 1 {
                instance
            } else {
                instance.judge_minorities()
            });
            if proposing.is_empty() {
                break;
            }
        }
    }
    instances
}

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

const BRANCHES: ([Batch; 2], [Batch; 2]) = ([stake(9), stake(4)], [stake(-7), stake(-5)]);

/// Three chains, two batches on each branch, and a batch of an honest chain on the way.
fn three(rules: Rules, stakes: &[i32]) -> Vec<Instance> {
    let scripts = [vec![stake(3)], vec![], BRANCHES.0.to_vec()];
    every_fork(rules, stakes, &scripts, &BRANCHES.1)
}

#[test]
fn two_equal_halves() {
    let stats = all_hold(three(CONTRACTS, &[35, 35, 30]));
    assert!(stats.undone > 0, "nothing was ever undone");
    assert!(stats.relayed > 0, "nothing was ever relayed");
    all_hold(three(CONTRACTS, &[40, 40, 20]));
}

#[test]
fn two_unequal_halves() {
    all_hold(three(CONTRACTS, &[30, 25, 45]));
}

#[test]
fn an_origin_with_a_majority_of_its_own() {
    all_hold(three(CONTRACTS, &[20, 20, 60]));
}

#[test]
fn later_batches_on_both_branches_after_a_common_one() {
    for captured in all_forks(2, 3, &[0, 1]) {
        // Both get the common first batch, so that the fork is at the second.
        let captured = Captured::new(2)
            .proposes(1, MAIN, &[0, 1])
            .followed_by(captured);
        let scripts = vec![vec![], vec![], vec![stake(2), stake(9), stake(4)]];
        let instance = Instance::new("35/35/30, C forks at 2", CONTRACTS, &[35, 35, 30], scripts);
        holds(
            &instance
                .forks(2, 2, vec![stake(2), stake(-7), stake(-5)])
                .captured(captured),
        );
    }
}

#[test]
fn a_fork_towards_one_of_three() {
    for stakes in [[26, 26, 26, 22], [25, 25, 25, 25]] {
        let scripts = [vec![], vec![], vec![], vec![stake(9)]];
        all_hold(every_fork(CONTRACTS, &stakes, &scripts, &[stake(-7)]));
    }
}

#[test]
fn the_masterchain_is_the_victim() {
    for stakes in [[35, 35, 0, 30], [30, 25, 0, 45]] {
        let scripts = [vec![], vec![], vec![], vec![stake(9)]];
        all_hold(every_fork(CONTRACTS, &stakes, &scripts, &[stake(-7)]));
    }
}

#[test]
fn while_stakes_move() {
    all_hold(moving(CONTRACTS));
}

fn moving(rules: Rules) -> Vec<Instance> {
    let mut instances = Vec::new();
    for (a, b) in [(-20, -20), (40, -30), (-30, 40)] {
        let scripts = [vec![stake(a)], vec![stake(b)], vec![stake(9)]];
        instances.extend(every_fork(rules, &[35, 35, 30], &scripts, &[stake(-7)]));
    }
    instances
}

fn one_falls_silent(rules: Rules) -> Vec<Instance> {
    let scripts = [vec![stake(3)], vec![stake(30)], vec![stake(9)]];
    let instances = every_fork(rules, &[35, 35, 30], &scripts, &[stake(-7)]);
    instances
        .into_iter()
        .map(|instance| instance.falls_silent(&[1], 1))
        .collect()
}

#[test]
fn while_a_chain_falls_silent() {
    all_hold(one_falls_silent(CONTRACTS));
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
    let rules = Rules {
        ask: AskRule::Never,
        ..CONTRACTS
    };
    let scripts = [vec![], vec![], vec![], vec![stake(9)]];
    some_break(every_fork(rules, &[26, 26, 26, 22], &scripts, &[stake(-7)]));
}

/// `B` hears of the fork only when `A` is two batches further.
#[test]
fn a_fork_older_than_the_memory_is_not_healed() {
    let captured = Captured::new(2)
        .proposes(1, MAIN, &[0])
        .proposes(2, MAIN, &[0])
        .proposes(1, FORK, &[1]);
    let with_memory = |memory| {
        let rules = Rules {
            memory,
            ..CONTRACTS
        };
        let scripts = vec![vec![], vec![], BRANCHES.0.to_vec()];
        let instance = Instance::new("short memory", rules, &[40, 40, 20], scripts);
        instance
            .forks(2, 1, BRANCHES.1.to_vec())
            .captured(captured.clone())
    };
    holds(&with_memory(2));
    breaks(&with_memory(1), &[Violation::ForksDiffer]);
}

/// What remains: a second captured chain votes for one content here and for the other there. Each half of the honest
/// chains settles its own, and has no proof for the other, even where both together have less than a third.
#[test]
fn two_captured_chains_that_collude_tear_copies_apart() {
    for stakes in [[30, 30, 20, 20], [34, 34, 16, 16]] {
        let origin = Captured::new(2)
            .proposes(1, MAIN, &[0])
            .proposes(1, FORK, &[1]);
        let voter = Captured::new(3)
            .votes(2, 1, MAIN, &[0])
            .votes(2, 1, FORK, &[1]);
        let scripts = vec![vec![], vec![], vec![stake(0)], vec![]];
        let instance = Instance::new("C and D collude", CONTRACTS, &stakes, scripts);
        let instance = instance.forks(2, 1, vec![stake(0)]);
        let instance = instance.captured(origin).captured(voter);
        breaks(&instance, &[Violation::ForksDiffer]);
    }
}

/// What remains, and must: `C` tells `A` alone, which with it is a majority but cannot vouch for it. `A` must apply, since
/// all others may have fallen silent. The others must not, since `A` may have made it up.
#[test]
fn copies_of_a_split_origin_differ() {
    let captured = Captured::new(2).proposes(1, MAIN, &[0]);
    let scripts = vec![vec![], vec![], vec![stake(0)]];
    let instance = Instance::new("C splits", CONTRACTS, &[32, 38, 30], scripts);
    let network = run_to_rest(&instance.captured(captured), 0);
    let heights: Vec<_> = network.live().map(|copy| copy.height(2)).collect();
    assert_eq!(heights, [1, 0]);
}
