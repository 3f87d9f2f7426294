//! A vote names the content: if it named only the number, votes for two contents would be added up.

mod common;

use common::{breaks, holds};
use ddvs_model::{CONTRACTS, Captured, FORK, Instance, MAIN, Rules, Violation, stake};

fn fork(rules: Rules) -> Instance {
    let scripts = vec![vec![], vec![], vec![stake(9)]];
    let captured = Captured::new(2)
        .proposes(1, MAIN, &[0])
        .proposes(1, FORK, &[1]);
    Instance::new("40/40/20, C forks", rules, &[40, 40, 20], scripts)
        .forks(2, 1, vec![stake(-7)])
        .captured(captured)
}

#[test]
fn copies_of_a_forked_origin_are_equal_at_rest() {
    holds(&fork(CONTRACTS));
}

#[test]
fn with_votes_for_numbers_they_stay_apart() {
    let rules = Rules {
        votes_name_content: false,
        ..CONTRACTS
    };
    breaks(&fork(rules), &[Violation::ForksDiffer]);
}
