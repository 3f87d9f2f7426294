//! A chain's vote counts once, however often it is sent.

use crate::common;

use common::{breaks, holds};
use ddvs_model::scenarios::lies::votes_twice;
use ddvs_model::{CONTRACTS, Rules, Violation};

#[test]
fn a_second_vote_is_ignored() {
    holds(&votes_twice(CONTRACTS));
}

#[test]
fn without_the_rule_a_second_vote_counts() {
    let rules = Rules {
        one_vote_each: false,
        ..CONTRACTS
    };
    let found = [Violation::VotedTwice, Violation::ForbiddenApplied];
    breaks(&votes_twice(rules), &found);
}
