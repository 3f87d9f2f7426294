//! A captured origin sends one content to some chains and another, or nothing, to others.

use crate::{
    AskRule, Batch, CONTRACTS, Captured, Chain, FORK, Instance, MAIN, Rules, Violation, stake,
};

use super::{Scenario, story};

/// Two batches on each branch.
pub const BRANCHES: ([Batch; 2], [Batch; 2]) = ([stake(9), stake(4)], [stake(-7), stake(-5)]);

/// Returns the rules of the contracts with another rule for asking.
pub const fn asking(ask: AskRule) -> Rules {
    Rules { ask, ..CONTRACTS }
}

/// `B` is captured: `P` goes to `A` and names a base that is never reached, `Q` goes to `C` and names the genesis, at
/// which `C` has more stake than after its own batch.
pub fn two_bases(rules: Rules) -> Instance {
    let scripts = vec![vec![], vec![stake(1)], vec![stake(-11)], vec![]];
    let captured = Captured::new(1)
        .proposes_at(1, MAIN, [9; 8], &[0])
        .proposes(1, FORK, &[2]);
    Instance::new("43/15/48/M, B forks", rules, &[43, 15, 48, 0], scripts)
        .forks(1, 1, vec![stake(2)])
        .masterchain(3)
        .captured(captured)
}

/// `A` sends to `B` alone, which informs `D` and falls silent. `D`, the masterchain, does not vote.
pub fn voter_falls_silent(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(0)], vec![], vec![stake(4)], vec![]];
    let captured = Captured::new(0).proposes_at(1, MAIN, [9; 8], &[1]);
    Instance::new(
        "11/35/44/M, B falls silent",
        rules,
        &[11, 35, 44, 0],
        scripts,
    )
    .masterchain(3)
    .falls_silent(&[1], 1)
    .captured(captured)
}

/// Chain 0 sends one batch to chain 1 only and then falls silent. Later batches of chain 1 name it in their base.
pub fn one_batch_to_one_chain(rules: Rules) -> Instance {
    let captured = Captured::new(0).proposes(1, MAIN, &[1]);
    let scripts = vec![
        vec![stake(2)],
        vec![stake(2), stake(3)],
        vec![stake(1)],
        vec![],
    ];
    Instance::new(
        "30/35/35/M, one batch to B only",
        rules,
        &[30, 35, 35, 0],
        scripts,
    )
    .masterchain(3)
    .captured(captured)
}

/// `C` sends both of its batches to `A` only.
pub fn withheld(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(2)], vec![], vec![stake(9), stake(4)]];
    let captured = Captured::new(2)
        .proposes(1, MAIN, &[0])
        .proposes(2, MAIN, &[0]);
    Instance::new("50/30/20, C sends to A only", rules, &[50, 30, 20], scripts).captured(captured)
}

/// `C` sends one content to `A` and another to `B`.
pub fn one_to_each(rules: Rules) -> Instance {
    let scripts = vec![vec![], vec![], vec![stake(9)]];
    let captured = Captured::new(2)
        .proposes(1, MAIN, &[0])
        .proposes(1, FORK, &[1]);
    Instance::new("40/40/20, C forks", rules, &[40, 40, 20], scripts)
        .forks(2, 1, vec![stake(-7)])
        .captured(captured)
}

/// `B` learns of the fork only when `A` is two batches further.
pub fn heard_of_late(rules: Rules) -> Instance {
    let captured = Captured::new(2)
        .proposes(1, MAIN, &[0])
        .proposes(2, MAIN, &[0])
        .proposes(1, FORK, &[1]);
    let scripts = vec![vec![], vec![], BRANCHES.0.to_vec()];
    let instance = Instance::new("short memory", rules, &[40, 40, 20], scripts);
    instance.forks(2, 1, BRANCHES.1.to_vec()).captured(captured)
}

/// `A` is captured and sends `D` a batch and all others another, which leaves it less stake. The batch of `B` names
/// the other one in its base: its weight in `D` there changes when `D` reverts the first, and exceeds its weight
/// after the batch of `C`.
pub fn base_taken_back(rules: Rules) -> Instance {
    let captured = Captured::new(0)
        .proposes(1, MAIN, &[3])
        .proposes(1, FORK, &[1, 2]);
    let scripts = vec![vec![stake(0)], vec![stake(0)], vec![stake(5)], vec![]];
    Instance::new("30/20/25/16, A forks", rules, &[30, 20, 25, 16], scripts)
        .forks(0, 1, vec![stake(-21)])
        .captured(captured)
}

/// `C` is captured and forks, and `D` is captured and votes for both contents, one towards each side.
pub fn collusion(rules: Rules, stakes: &[i32]) -> Instance {
    let origin = Captured::new(2)
        .proposes(1, MAIN, &[0])
        .proposes(1, FORK, &[1]);
    let voter = Captured::new(3)
        .votes(2, 1, MAIN, &[0])
        .votes(2, 1, FORK, &[1]);
    let scripts = vec![vec![], vec![], vec![stake(0)], vec![]];
    let instance = Instance::new("C and D collude", rules, stakes, scripts);
    let instance = instance.forks(2, 1, vec![stake(0)]);
    instance.captured(origin).captured(voter)
}

/// `C` sends its batch to `A` alone.
pub fn tells_a(rules: Rules, stakes: &[i32]) -> Instance {
    let captured = Captured::new(2).proposes(1, MAIN, &[0]);
    forks_at_once(rules, stakes, captured)
}

/// `C` sends `A` one batch and `B` another, both of which move nothing.
pub fn tells_two(rules: Rules, stakes: &[i32]) -> Instance {
    let captured = Captured::new(2)
        .proposes(1, MAIN, &[0])
        .proposes(1, FORK, &[1]);
    forks_at_once(rules, stakes, captured)
}

fn forks_at_once(rules: Rules, stakes: &[i32], captured: Captured) -> Instance {
    let scripts = vec![vec![], vec![], vec![stake(0)]];
    let instance = Instance::new("C forks", rules, stakes, scripts);
    instance.forks(2, 1, vec![stake(0)]).captured(captured)
}

/// The captured chain `captured` of `stakes` forks as `plan` says, over its whole script. A chain without stake is
/// the masterchain.
pub(super) fn with_plan(
    rules: Rules,
    stakes: &[i32],
    scripts: &[Vec<Batch>],
    branch: &[Batch],
    plan: Captured,
) -> Instance {
    let name = format!("{stakes:?} {:?}", plan.outbox);
    let captured = plan.chain;
    let instance = Instance::new(&name, rules, stakes, scripts.to_vec());
    let mut instance = instance.forks(captured, 1, branch.to_vec()).captured(plan);
    let mut chains = (0..).zip(stakes);
    instance.masterchain = chains
        .find(|(_, stake)| **stake == 0)
        .map(|(chain, _): (Chain, _)| chain);
    instance
}

pub(super) fn all() -> Vec<Scenario> {
    let differ = Violation::ForksDiffer;
    let (voters, undo, numbers, short) = (
        Rules {
            asks_all: false,
            ..CONTRACTS
        },
        Rules {
            votes_decide: false,
            ..CONTRACTS
        },
        Rules {
            votes_name_content: false,
            ..CONTRACTS
        },
        Rules {
            memory: 1,
            ..CONTRACTS
        },
    );
    let collusion_of = |stakes: [i32; 4]| {
        let name = format!("collusion {stakes:?}");
        story(&name, move |rules| collusion(rules, &stakes)).remains(differ)
    };
    vec![
        story("two_bases", two_bases).without(asking(AskRule::Next)),
        story("voter_falls_silent", voter_falls_silent).without(voters),
        story("one_batch_to_one_chain", one_batch_to_one_chain).without(asking(AskRule::Never)),
        story("withheld", withheld).without(asking(AskRule::Never)),
        story("one_to_each", one_to_each).without(numbers),
        story("one_to_each_undone", one_to_each).without(undo),
        story("heard_of_late", heard_of_late).without(short),
        story("base_taken_back", base_taken_back).plain(),
        collusion_of([30, 30, 20, 20]),
        collusion_of([34, 34, 16, 16]),
        // copies that `C` splits are not covered by a promise, so this is not a violation
        story("split", |rules| tells_a(rules, &[32, 38, 30])).plain(),
        story("a_third_tells_one", |rules| tells_a(rules, &[33, 33, 34])).plain(),
        story("less_than_a_third_tells_one", |rules| {
            tells_a(rules, &[34, 34, 32])
        })
        .plain(),
        story("two_of_the_same_worth", |rules| {
            tells_two(rules, &[34, 34, 32])
        })
        .plain(),
    ]
}
