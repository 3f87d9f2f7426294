//! No chain sends false messages: chains fall silent, keys conflict, the masterchain follows.

use crate::{Instance, Rules, stake, with_key};

use super::{Scenario, story};

/// Any one of three falls silent forever.
pub fn one_of_three_silent(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(5)], vec![stake(-5)], vec![stake(5)]];
    let instance = Instance::new("40/30/30, any one silent", rules, &[40, 30, 30], scripts);
    instance.falls_silent(&[0, 1, 2], 1)
}

/// Two of four fall silent forever, and the others register the same key.
pub fn two_of_four_silent(rules: Rules) -> Instance {
    let scripts = vec![vec![with_key(5, 1)], vec![with_key(5, 1)], vec![], vec![]];
    Instance::new(
        "30/30/20/20, C and D silent",
        rules,
        &[30, 30, 20, 20],
        scripts,
    )
    .falls_silent(&[2, 3], 2)
}

/// The largest falls silent, and the others outgrow it.
pub fn the_largest_silent(rules: Rules) -> Instance {
    let scripts = vec![
        vec![stake(30), stake(30)],
        vec![stake(1), stake(2)],
        vec![stake(3)],
    ];
    Instance::new("20/20/60, C silent", rules, &[20, 20, 60], scripts).falls_silent(&[2], 1)
}

/// No chain falls silent.
pub fn steady(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(5)], vec![stake(-5)], vec![]];
    Instance::new("40/30/30", rules, &[40, 30, 30], scripts)
}

/// Two may be silent at the same time, and return.
pub fn pausing(rules: Rules) -> Instance {
    steady(rules).pauses(&[0, 1, 2], 2)
}

/// The masterchain is silent from the start.
pub fn masterchain_silent(rules: Rules) -> Instance {
    let scripts = vec![
        vec![with_key(25, 1)],
        vec![with_key(30, 1)],
        vec![stake(15)],
        vec![],
    ];
    let instance = Instance::new("40/30/30/M, M silent", rules, &[40, 30, 30, 0], scripts);
    instance.masterchain(3).silent(&[3])
}

/// The masterchain takes part.
pub fn masterchain_follows(rules: Rules) -> Instance {
    let scripts = vec![vec![with_key(25, 1)], vec![with_key(30, 1)], vec![]];
    Instance::new("40/60/M", rules, &[40, 60, 0], scripts).masterchain(2)
}

/// The masterchain falls silent at any time.
pub fn masterchain_falls_silent(rules: Rules) -> Instance {
    let scripts = vec![
        vec![with_key(5, 1), stake(-20)],
        vec![with_key(30, 1)],
        vec![],
    ];
    let instance = Instance::new("60/40/M, M falls silent", rules, &[60, 40, 0], scripts);
    instance.masterchain(2).falls_silent(&[2], 1)
}

/// No other stake votes for the batches of a chain that has more than half of it, while the others are silent. The
/// masterchain follows on the origin's own message.
pub fn lonely_majority(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(3), stake(-2)], vec![], vec![]];
    let instance = Instance::new("60/40/M, B silent", rules, &[60, 40, 0], scripts);
    instance.masterchain(2).silent(&[1])
}

/// Two chains register the same key, and the masterchain takes part.
pub fn one_key_and_masterchain(rules: Rules) -> Instance {
    let scripts = vec![vec![with_key(5, 1)], vec![with_key(30, 1)], vec![]];
    Instance::new("60/40/M", rules, &[60, 40, 0], scripts).masterchain(2)
}

/// `B` and `C` register the same key.
pub fn one_key(rules: Rules) -> Instance {
    let scripts = vec![vec![], vec![with_key(5, 7)], vec![with_key(9, 7)]];
    Instance::new("B and C register one key", rules, &[40, 30, 30], scripts)
}

/// Two origins have two batches each.
pub fn two_each(rules: Rules) -> Instance {
    let scripts = vec![
        vec![stake(25), stake(-30)],
        vec![stake(20), stake(20)],
        vec![],
    ];
    Instance::new(
        "40/30/30, A and B two batches each",
        rules,
        &[40, 30, 30],
        scripts,
    )
}

/// All three grow, and the largest may fall silent: the test case for the search's reduction.
pub fn all_grow(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(30)], vec![stake(1)], vec![stake(5)]];
    Instance::new("20/20/60", rules, &[20, 20, 60], scripts).falls_silent(&[2], 1)
}

pub(super) fn all() -> Vec<Scenario> {
    vec![
        story("one_of_three_silent", one_of_three_silent).plain(),
        story("two_of_four_silent", two_of_four_silent).plain(),
        story("the_largest_silent", the_largest_silent).plain(),
        story("steady", steady).plain(),
        story("pausing", pausing).plain(),
        story("masterchain_silent", masterchain_silent).plain(),
        story("masterchain_follows", masterchain_follows).plain(),
        story("masterchain_falls_silent", masterchain_falls_silent).plain(),
        story("lonely_majority", lonely_majority).plain(),
        story("one_key_and_masterchain", one_key_and_masterchain).plain(),
        story("one_key", one_key).plain(),
        story("two_each", two_each).plain(),
        story("all_grow", all_grow).plain(),
    ]
}
