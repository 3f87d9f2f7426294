//! Scenarios in every possible variant: too many to replay all of them on contracts.

use crate::captured::{all_forks, all_lies};
use crate::{Batch, CONTRACTS, Captured, Chain, ContentId, FORK, Instance, MAIN, Rules, stake};

use super::fork::{BRANCHES, with_plan};

/// Chain `captured` of `stakes` is captured, and forks in every possible way over its whole script; its vote for batch 1 of
/// each other chain goes to all, to the first chain only, or to nobody.
pub fn every_fork(
    rules: Rules,
    stakes: &[i32],
    captured: Chain,
    scripts: &[Vec<Batch>],
    branch: &[Batch],
) -> Vec<Instance> {
    let chains = 0..stakes.len() as Chain;
    let to: Vec<Chain> = chains.filter(|&chain| chain != captured).collect();
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
            let instance = with_plan(rules, stakes, scripts, branch, plan);
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

/// Three chains, two batches on each branch, and a batch of an honest chain on the way.
pub fn three(rules: Rules, stakes: &[i32]) -> Vec<Instance> {
    let scripts = [vec![stake(3)], vec![], BRANCHES.0.to_vec()];
    every_fork(rules, stakes, 2, &scripts, &BRANCHES.1)
}

/// Later batches on both branches after a common first one.
pub fn fork_at_two(rules: Rules) -> Vec<Instance> {
    let forks = all_forks(2, 3, &[0, 1]).into_iter().map(|captured| {
        // Both get the common first batch, so that the fork is at the second.
        let captured = Captured::new(2)
            .proposes(1, MAIN, &[0, 1])
            .followed_by(captured);
        let scripts = vec![vec![], vec![], vec![stake(2), stake(9), stake(4)]];
        Instance::new("35/35/30, C forks at 2", rules, &[35, 35, 30], scripts)
            .forks(2, 2, vec![stake(2), stake(-7), stake(-5)])
            .captured(captured)
    });
    forks.collect()
}

/// The last of four chains forks.
pub fn one_of_three(rules: Rules, stakes: &[i32]) -> Vec<Instance> {
    let scripts = [vec![], vec![], vec![], vec![stake(9)]];
    every_fork(rules, stakes, 3, &scripts, &[stake(-7)])
}

/// The last of three chains with stake forks, and the masterchain is one of the receivers.
pub fn masterchain_as_victim(rules: Rules, stakes: &[i32]) -> Vec<Instance> {
    let scripts = [vec![], vec![], vec![stake(9)], vec![]];
    every_fork(rules, stakes, 2, &scripts, &[stake(-7)])
}

/// A fork while stakes move.
pub fn moving(rules: Rules) -> Vec<Instance> {
    let mut instances = Vec::new();
    for (a, b) in [(-20, -20), (40, -30), (-30, 40)] {
        let scripts = [vec![stake(a)], vec![stake(b)], vec![stake(9)]];
        instances.extend(every_fork(rules, &[35, 35, 30], 2, &scripts, &[stake(-7)]));
    }
    instances
}

/// A fork while a chain falls silent.
pub fn one_falls_silent(rules: Rules) -> Vec<Instance> {
    let scripts = [vec![stake(3)], vec![stake(30)], vec![stake(9)]];
    let instances = every_fork(rules, &[35, 35, 30], 2, &scripts, &[stake(-7)]);
    instances
        .into_iter()
        .map(|instance| instance.falls_silent(&[1], 1))
        .collect()
}

/// Three chains, the third is captured: it sends its batches in every possible way, and its votes to all, to one, to
/// none.
pub fn thirty_captured(rules: Rules) -> Vec<Instance> {
    let mut instances = Vec::new();
    for plan in all_forks(2, 2, &[0, 1]) {
        for votes in [&[0, 1][..], &[0], &[]] {
            let plan = plan.clone().votes(0, 1, MAIN, votes);
            let scripts = vec![vec![stake(3)], vec![], vec![stake(9), stake(4)]];
            let instance = Instance::new("35/35/30", rules, &[35, 35, 30], scripts);
            let instance = instance.forks(2, 1, vec![stake(-7), stake(-5)]);
            instances.push(instance.captured(plan));
        }
    }
    instances
}

/// A fork while the first chain partly leaves.
pub fn fork_while_one_leaves(rules: Rules) -> Vec<Instance> {
    let forks = all_forks(2, 1, &[0, 1]).into_iter().map(|captured| {
        let scripts = vec![vec![stake(-20)], vec![], vec![stake(9)]];
        let instance = Instance::new("35/35/30, C forks", rules, &[35, 35, 30], scripts);
        instance.forks(2, 1, vec![stake(-7)]).captured(captured)
    });
    forks.collect()
}

/// Shares of a captured chain, in percent.
const PERCENT: [i32; 9] = [10, 15, 20, 25, 30, 33, 40, 45, 49];

/// Stakes of two honest chains and a captured one with `percent` of all stake, split evenly and unevenly.
fn two_and_one(percent: i32) -> [[i32; 3]; 2] {
    let rest = 1000 - 10 * percent;
    [
        [rest / 2, rest - rest / 2, 10 * percent],
        [rest / 3, rest - rest / 3, 10 * percent],
    ]
}

/// A captured chain with 10% to 49% sends its batches in every way.
pub fn forks_of_all_shares(rules: Rules) -> Vec<Instance> {
    let mut instances = Vec::new();
    for stakes in PERCENT.into_iter().flat_map(two_and_one) {
        for plan in all_forks(2, 2, &[0, 1]) {
            let scripts = vec![vec![stake(1)], vec![], vec![stake(-2), stake(1)]];
            let instance = Instance::new("C forks", rules, &stakes, scripts);
            let instance = instance.forks(2, 1, vec![stake(-3), stake(-1)]);
            instances.push(instance.captured(plan));
        }
    }
    instances
}

/// Batches of `A`; `C` votes for and relays either these or made-up ones. No copy applies what `A` did not propose,
/// while `C` has less than a third or `A` has a third.
pub fn lies_of_all_shares(rules: Rules) -> Vec<Instance> {
    let mut instances = Vec::new();
    for stakes in PERCENT.into_iter().flat_map(two_and_one) {
        let safe = 3 * stakes[2] < 1000 || 3 * stakes[0] >= 1000;
        for plan in all_lies(2, 0, &[0, 1]) {
            let scripts = vec![vec![stake(0), stake(0)], vec![], vec![]];
            let instance = Instance::new("C lies", rules, &stakes, scripts);
            let instance = instance.forks(0, 1, vec![stake(0)]).captured(plan);
            instances.push(match safe {
                true => instance.forbids(ContentId::new(0, 0, FORK)),
                false => instance,
            });
        }
    }
    instances
}

/// Those of [`lies_of_all_shares`] in which no forged batch can be applied. Where one can, the model lets the
/// origin's next batch follow it, which the hash in that batch does not allow.
fn where_nothing_is_forged(rules: Rules) -> Vec<Instance> {
    let mut instances = lies_of_all_shares(rules);
    instances.retain(|instance| !instance.forbidden.is_empty());
    instances
}

/// With four chains, one of them the masterchain, which may be the captured one.
pub fn lies_among_four(rules: Rules) -> Vec<Instance> {
    let mut instances = Vec::new();
    for (stakes, liar, to) in [
        ([400, 300, 300, 0], 3, [1, 2]),
        ([250, 250, 200, 300], 3, [1, 2]),
        ([340, 170, 490, 0], 2, [1, 3]),
    ] {
        for plan in all_lies(liar, 0, &to) {
            let scripts = vec![vec![stake(0)], vec![], vec![], vec![]];
            let instance = Instance::new("one lies", rules, &stakes, scripts);
            let instance = instance.forks(0, 1, vec![stake(0)]).captured(plan);
            let instance = instance.forbids(ContentId::new(0, 0, FORK));
            instances.push(match (0..).zip(stakes).find(|(_, stake)| *stake == 0) {
                Some((chain, _)) => instance.masterchain(chain),
                None => instance,
            });
        }
    }
    instances
}

/// The instances that contracts can replay, under their rules, by name.
pub fn all() -> Vec<(&'static str, Vec<Instance>)> {
    let rules = CONTRACTS;
    vec![
        ("two_equal_halves", three(rules, &[35, 35, 30])),
        ("a_fifth_forks", three(rules, &[40, 40, 20])),
        ("two_unequal_halves", three(rules, &[30, 25, 45])),
        ("a_majority_of_its_own", three(rules, &[20, 20, 60])),
        ("fork_at_two", fork_at_two(rules)),
        ("one_of_three", one_of_three(rules, &[26, 26, 26, 22])),
        (
            "one_of_three_equals",
            one_of_three(rules, &[25, 25, 25, 25]),
        ),
        (
            "masterchain_as_victim",
            masterchain_as_victim(rules, &[35, 35, 30, 0]),
        ),
        (
            "masterchain_as_victim_of_45",
            masterchain_as_victim(rules, &[30, 25, 45, 0]),
        ),
        ("moving", moving(rules)),
        ("one_falls_silent", one_falls_silent(rules)),
        ("thirty_captured", thirty_captured(rules)),
        ("fork_while_one_leaves", fork_while_one_leaves(rules)),
        ("forks_of_all_shares", forks_of_all_shares(rules)),
        ("lies_of_all_shares", where_nothing_is_forged(rules)),
        ("lies_among_four", lies_among_four(rules)),
    ]
}
