//! A copy asks for contents that it lacks under applied numbers too: what votes for another content are worth depends
//! on the base that it names.

mod common;

use common::{breaks, holds};
use ddvs_model::{AskRule, CONTRACTS, Captured, FORK, Instance, MAIN, Rules, Violation, stake};

/// `B` is captured: `P` goes to `A` and names a base that nobody ever reaches, `Q` goes to `C` and names the genesis, at which
/// `C` has more than after its own batch.
fn two_bases(rules: Rules) -> Instance {
    let scripts = vec![vec![], vec![stake(1)], vec![stake(-11)], vec![]];
    let captured = Captured::new(1)
        .proposes_at(1, MAIN, [9; 8], &[0])
        .proposes(1, FORK, &[2]);
    Instance::new("43/15/48/M, B forks", rules, &[43, 15, 48, 0], scripts)
        .forks(1, 1, vec![stake(2)])
        .masterchain(3)
        .captured(captured)
}

#[test]
fn copies_learn_every_base_at_which_votes_may_be_counted() {
    holds(&two_bases(CONTRACTS));
}

#[test]
fn if_only_the_next_number_was_asked_for_copies_would_differ() {
    let rules = Rules {
        ask: AskRule::Next,
        ..CONTRACTS
    };
    breaks(&two_bases(rules), &[Violation::ForksDiffer]);
}

/// `A` tells `B` alone, which tells `D` and falls silent. `D`, the masterchain, does not vote.
fn voter_falls_silent(rules: Rules) -> Instance {
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

#[test]
fn a_content_is_had_from_any_chain_that_has_it() {
    holds(&voter_falls_silent(CONTRACTS));
}

#[test]
fn if_only_voters_were_asked_it_would_be_lost_with_them() {
    let rules = Rules {
        asks_all: false,
        ..CONTRACTS
    };
    breaks(&voter_falls_silent(rules), &[Violation::ForksDiffer]);
}
