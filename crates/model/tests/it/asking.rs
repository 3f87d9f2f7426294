//! A copy asks for missing contents under applied numbers too: the worth of votes for another content depends on the
//! base that it names.

use crate::common;

use common::{breaks, holds};
use ddvs_model::scenarios::fork::{two_bases, voter_falls_silent};
use ddvs_model::{AskRule, CONTRACTS, Rules, Violation};

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

#[test]
fn a_content_is_had_from_any_chain_that_has_it() {
    holds(&voter_falls_silent(CONTRACTS));
}

#[test]
fn if_only_voters_were_asked_a_content_would_be_lost_with_them() {
    let rules = Rules {
        asks_all: false,
        ..CONTRACTS
    };
    breaks(&voter_falls_silent(rules), &[Violation::ForksDiffer]);
}
