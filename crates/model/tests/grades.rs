//! A grade that was found once stays. Else two contents would each be right at the stakes that hold while the other is
//! applied, and copies would go on changing, or stop at different ones.

mod common;

use common::found_at_random;
use ddvs_model::{CONTRACTS, Captured, FORK, Instance, MAIN, Rules, stake};

const RUNS: u64 = 400;

/// `C` is captured and forks, while the stake of `B` moves and weighs more for the one that `B` voted for.
fn moving(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(0)], vec![stake(10)], vec![stake(6)], vec![]];
    let captured = Captured::new(2)
        .proposes_at(1, MAIN, [2, 1, 0, 2, 0, 0, 0, 0], &[0])
        .votes(1, 1, FORK, &[3])
        .proposes(1, FORK, &[1]);
    Instance::new("46/40/33/M, C forks", rules, &[46, 40, 33, 0], scripts)
        .forks(2, 2, vec![stake(0)])
        .masterchain(3)
        .captured(captured)
}

#[test]
fn copies_come_to_rest() {
    assert_eq!(found_at_random(&moving(CONTRACTS), RUNS), None);
}

#[test]
fn if_grades_were_found_anew_each_time_they_would_not() {
    let rules = Rules {
        grades_kept: false,
        ..CONTRACTS
    };
    assert!(found_at_random(&moving(rules), RUNS).is_some());
}
