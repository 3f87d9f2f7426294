//! Attacks on earlier rules, as they were found.

use crate::common;

use common::{breaks, holds};
use ddvs_model::scenarios::families::thirty_captured;
use ddvs_model::scenarios::fork::one_batch_to_one_chain;
use ddvs_model::{AskRule, CONTRACTS, Rules, Violation};

/// Three chains, the third is captured: it sends its batches in every possible way, and its votes to all, to one, to
/// none.
#[test]
fn three_chains_of_35_35_30_with_the_30_captured() {
    for instance in thirty_captured(CONTRACTS) {
        assert!(holds(&instance).rests > 0);
    }
}

#[test]
fn a_batch_that_one_chain_alone_got_stops_no_later_batch() {
    let outcome = holds(&one_batch_to_one_chain(CONTRACTS));
    assert!(outcome.stats.relayed > 0);
}

#[test]
fn without_asking_a_batch_stays_where_it_was_sent() {
    let rules = Rules {
        ask: AskRule::Never,
        ..CONTRACTS
    };
    breaks(
        &one_batch_to_one_chain(rules),
        &[Violation::ForksDiffer, Violation::ReplicasDiffer],
    );
}
