//! A vote is a yes: with no-votes and drops, silence and a conflict block an origin, or tear copies apart.

mod common;

use common::{breaks, holds};
use ddvs_model::{CountRule, Instance, RULES, Rules, Violation, VoteRule, with_key};

const YES_OR_NO: Rules = Rules {
    votes: VoteRule::YesOrNo,
    count: CountRule::ProposalBase,
    ..RULES
};

/// Two origins register one key at the same time, and the third chain is silent.
fn one_key_and_a_silent_chain(rules: Rules) -> Instance {
    let scripts = vec![vec![with_key(5, 1)], vec![with_key(5, 1)], vec![]];
    Instance::new("35/35/30, C silent, one key", rules, &[35, 35, 30], scripts).silent(&[2])
}

#[test]
fn a_conflict_and_a_silent_chain_block_nobody() {
    let outcome = holds(&one_key_and_a_silent_chain(RULES));
    assert!(outcome.stats.found_at_proposal > 0);
}

#[test]
fn with_no_votes_they_block_both_origins() {
    breaks(
        &one_key_and_a_silent_chain(YES_OR_NO),
        &[Violation::Blocked],
    );
}
