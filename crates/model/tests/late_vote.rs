//! A content may reach a copy by a relay before its origin's own word does. The copy votes when that word comes, though
//! it has applied the batch by then: the origin may need that vote.

mod common;

use common::{breaks, holds};
use ddvs_model::{CONTRACTS, Captured, Instance, MAIN, Rules, Violation, stake};

/// `A` is captured, and votes for the batch of `B` towards `D` only: `D` applies it by `A`'s and `C`'s votes. It asks for it
/// after it has applied a batch of `A`. `B` itself lacks a majority until `D` has voted.
fn overtaken(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(0)], vec![stake(1)], vec![], vec![]];
    let captured = Captured::new(0)
        .proposes(1, MAIN, &[3])
        .votes(1, 1, MAIN, &[3]);
    Instance::new(
        "24/19/39/35, A votes to D",
        rules,
        &[24, 19, 39, 35],
        scripts,
    )
    .captured(captured)
}

/// The same with relays of what `B` will propose, before it has.
fn foretold(rules: Rules) -> Instance {
    let captured = Captured::new(0)
        .votes(1, 1, MAIN, &[2, 3])
        .relays(1, 1, MAIN, &[2, 3]);
    let mut instance = overtaken(rules);
    instance.captured = vec![captured];
    instance
}

#[test]
fn a_copy_that_got_the_batch_from_a_relay_still_votes() {
    holds(&overtaken(CONTRACTS));
    holds(&foretold(CONTRACTS));
}

#[test]
fn else_a_captured_voter_blocks_an_honest_origin() {
    let rules = Rules {
        late_votes: false,
        ..CONTRACTS
    };
    let found = [Violation::ReplicasDiffer, Violation::Blocked];
    breaks(&overtaken(rules), &found);
    breaks(&foretold(rules), &found);
}
