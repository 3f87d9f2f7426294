//! The origin's own copy applies what it proposed and nothing else: its Roots were answered. This holds whatever share
//! of the stake is captured.

mod common;

use common::{breaks, holds};
use ddvs_model::{CONTRACTS, Captured, FORK, Instance, Rules, Violation, stake};

/// `C` has more than a third, and so the others may apply what it forges for `B`. `B` itself may not.
fn forged(rules: Rules) -> Instance {
    let captured = Captured::new(2)
        .votes(1, 1, FORK, &[0, 1])
        .relays(1, 1, FORK, &[0, 1]);
    let scripts = vec![vec![], vec![stake(3)], vec![]];
    Instance::new("C forges a batch of B", rules, &[32, 31, 37], scripts)
        .forks(1, 1, vec![stake(40)])
        .captured(captured)
}

#[test]
fn an_origin_applies_only_what_it_proposed() {
    holds(&forged(CONTRACTS));
}

#[test]
fn else_votes_would_replace_it() {
    let rules = Rules {
        origin_keeps_its_own: false,
        ..CONTRACTS
    };
    breaks(&forged(rules), &[Violation::OwnReplaced]);
}
