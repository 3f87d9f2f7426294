//! Votes are weighed with the stakes at the proposal's base, at the copy's current totals, or at a base that another
//! copy claims to have counted at. Each of the three is needed.

mod common;

use common::{breaks, holds};
use ddvs_model::{CONTRACTS, CountRule, Instance, Rules, Violation, stake};

const fn counting(count: CountRule) -> Rules {
    Rules { count, ..CONTRACTS }
}

/// `C` may fall silent before or after it has added to its stake; then `A` and `B` are a majority only for a copy that
/// applies `A`'s batch before `C`'s.
fn stake_moves_to_a_silent_chain(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(100)], vec![], vec![stake(70)]];
    Instance::new(
        "20/20/20, C grows and falls silent",
        rules,
        &[20, 20, 20],
        scripts,
    )
    .falls_silent(&[2], 1)
}

/// `C` has the majority and may fall silent; it comes back to `A` and `B` with `A`'s batch.
fn stake_moves_to_the_live_chains(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(30)], vec![stake(1)], vec![]];
    Instance::new(
        "20/20/60, A grows, C falls silent",
        rules,
        &[20, 20, 60],
        scripts,
    )
    .falls_silent(&[2], 1)
}

/// Both at once.
fn stake_moves_both_ways(rules: Rules) -> Instance {
    let scripts = vec![vec![stake(100)], vec![stake(60)], vec![stake(70)]];
    Instance::new(
        "20/10/60, all grow, C falls silent",
        rules,
        &[20, 10, 60],
        scripts,
    )
    .falls_silent(&[2], 1)
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
fn at_either_without_telling_where_copies_differ() {
    let rules = counting(CountRule::Unannounced);
    breaks(
        &stake_moves_to_a_silent_chain(rules),
        &[Violation::ReplicasDiffer],
    );
}
