//! A chain's vote counts once, however often it is sent.

mod common;

use common::{breaks, holds};
use ddvs_model::{CONTRACTS, Captured, ContentId, Instance, MAIN, Rules, Violation, stake};

/// `C` is captured and votes twice for `A`'s batch, which lacks a majority while `B` is silent.
fn votes_twice(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(5)], vec![], vec![]];
    let captured = Captured::new(2)
        .votes(0, 1, MAIN, &[0, 1])
        .votes(0, 1, MAIN, &[0, 1]);
    let instance = Instance::new("C votes twice", rules, &[20, 60, 20], scripts);
    let waits = ContentId::new(0, 0, MAIN);
    instance.silent(&[1]).captured(captured).forbids(waits)
}

#[test]
fn a_second_vote_is_ignored() {
    holds(&votes_twice(CONTRACTS));
}

#[test]
fn else_it_counts_again() {
    let rules = Rules {
        one_vote_each: false,
        ..CONTRACTS
    };
    let found = [Violation::VotedTwice, Violation::ForbiddenApplied];
    breaks(&votes_twice(rules), &found);
}
