//! A D'Elector votes for, and applies, only what passes the objective checks.

mod common;

use common::{breaks, holds};
use ddvs_model::{CONTRACTS, Captured, Instance, MAIN, Rules, Violation, invalid, stake};

/// `C` is captured and takes out more stake than it has: the check that needs its registry.
fn overdrawn(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(3)], vec![stake(4)], vec![stake(-15), stake(-15)]];
    let captured = Captured::new(2)
        .proposes(1, MAIN, &[0, 1])
        .proposes(2, MAIN, &[0, 1]);
    Instance::new("C overdraws", rules, &[40, 40, 20], scripts).captured(captured)
}

/// `C` is captured and sends a batch that breaks a limit.
fn invalid_batch(rules: Rules, stakes: &[i32]) -> Instance {
    let scripts = vec![vec![stake(3)], vec![stake(4)], vec![invalid(500)]];
    let captured = Captured::new(2).proposes(1, MAIN, &[0, 1]);
    Instance::new("C sends an invalid batch", rules, stakes, scripts).captured(captured)
}

#[test]
fn an_invalid_batch_gets_no_vote_and_blocks_nobody_else() {
    holds(&invalid_batch(CONTRACTS, &[40, 40, 20]));
}

#[test]
fn not_even_an_origin_with_a_majority_gets_an_invalid_batch_applied() {
    holds(&invalid_batch(CONTRACTS, &[20, 20, 60]));
}

#[test]
fn an_origin_cannot_take_out_more_than_it_has() {
    holds(&overdrawn(CONTRACTS));
}

#[test]
fn without_the_checks_it_is_applied() {
    let rules = Rules {
        objective_checks: false,
        ..CONTRACTS
    };
    breaks(
        &invalid_batch(rules, &[40, 40, 20]),
        &[Violation::InvalidApplied],
    );
    breaks(&overdrawn(rules), &[Violation::NegativeTotal]);
}
