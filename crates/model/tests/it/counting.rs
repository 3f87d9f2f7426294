//! Votes are weighed with the stakes at the proposal's base, at the copy's current totals, or at a base that another
//! copy claims to have counted at. Each of the three is needed.

use crate::common;

use common::{breaks, holds};
use ddvs_model::scenarios::counting::{
    stake_moves_both_ways, stake_moves_to_a_silent_chain, stake_moves_to_the_live_chains,
};
use ddvs_model::{CONTRACTS, CountRule, Rules, Violation};

const fn counting(count: CountRule) -> Rules {
    Rules { count, ..CONTRACTS }
}

#[test]
fn copies_agree_wherever_the_stake_moves() {
    holds(&stake_moves_to_a_silent_chain(CONTRACTS));
    holds(&stake_moves_to_the_live_chains(CONTRACTS));
    let outcome = holds(&stake_moves_both_ways(CONTRACTS));
    let stats = outcome.stats;
    assert!(
        stats.found_at_current > 0,
        "current totals were never needed"
    );
    assert!(stats.found_at_claim > 0, "no claim was ever needed");
}

#[test]
fn at_the_proposals_base_alone_a_batch_stays_undecided() {
    let rules = counting(CountRule::ProposalBase);
    breaks(
        &stake_moves_to_the_live_chains(rules),
        &[Violation::Blocked],
    );
    breaks(&stake_moves_both_ways(rules), &[Violation::Blocked]);
}

#[test]
fn at_current_totals_alone_copies_differ() {
    let rules = counting(CountRule::CurrentTotals);
    breaks(
        &stake_moves_to_a_silent_chain(rules),
        &[Violation::ReplicasDiffer],
    );
}

#[test]
fn without_claims_of_where_they_counted_copies_differ() {
    let rules = counting(CountRule::Unannounced);
    breaks(
        &stake_moves_to_a_silent_chain(rules),
        &[Violation::ReplicasDiffer],
    );
}
