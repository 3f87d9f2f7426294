//! A captured origin sends its batch to some chains only. Who sees votes for a content that it lacks asks for it.

mod common;

use common::{breaks, holds};
use ddvs_model::{AskRule, CONTRACTS, Captured, Instance, MAIN, Rules, Violation, stake};

fn withheld(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(2)], vec![], vec![stake(9), stake(4)]];
    let captured = Captured::new(2)
        .proposes(1, MAIN, &[0])
        .proposes(2, MAIN, &[0]);
    Instance::new("50/30/20, C sends to A only", rules, &[50, 30, 20], scripts).captured(captured)
}

#[test]
fn the_others_get_it_from_its_voters() {
    assert!(holds(&withheld(CONTRACTS)).stats.relayed > 0);
}

#[test]
fn else_they_stay_behind() {
    let rules = Rules {
        ask: AskRule::Never,
        ..CONTRACTS
    };
    breaks(&withheld(rules), &[Violation::ForksDiffer]);
}
