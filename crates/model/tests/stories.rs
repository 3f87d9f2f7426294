//! What earlier rules failed at, as it was found.

mod common;

use common::{breaks, holds};
use ddvs_model::captured::all_forks;
use ddvs_model::{AskRule, CONTRACTS, Captured, Instance, MAIN, Rules, Violation, stake};

/// Three chains, the third is captured: it tells its batches in every possible way, and votes to all, to one, to nobody.
#[test]
fn three_chains_of_35_35_30_with_the_30_captured() {
    for plan in all_forks(2, 2, &[0, 1]) {
        for votes in [&[0, 1][..], &[0], &[]] {
            let plan = plan.clone().votes(0, 1, MAIN, votes);
            let scripts = vec![vec![stake(3)], vec![], vec![stake(9), stake(4)]];
            let instance = Instance::new("35/35/30", CONTRACTS, &[35, 35, 30], scripts);
            let instance = instance.forks(2, 1, vec![stake(-7), stake(-5)]);
            let outcome = holds(&instance.captured(plan));
            assert!(outcome.rests > 0);
        }
    }
}

/// Chain 0 sends one batch to chain 1 only and is never heard of again. Later batches of chain 1 name it in their base.
fn one_batch_to_one_chain(rules: Rules) -> Instance {
    let captured = Captured::new(0).proposes(1, MAIN, &[1]);
    let scripts = vec![
        vec![stake(2)],
        vec![stake(2), stake(3)],
        vec![stake(1)],
        vec![],
    ];
    Instance::new(
        "30/35/35/M, one batch to B only",
        rules,
        &[30, 35, 35, 0],
        scripts,
    )
    .masterchain(3)
    .captured(captured)
}

#[test]
fn a_batch_that_one_chain_alone_got_stops_no_later_batch() {
    let outcome = holds(&one_batch_to_one_chain(CONTRACTS));
    assert!(outcome.stats.relayed > 0);
}

#[test]
fn without_asking_it_would_stay_where_it_was_sent() {
    let rules = Rules {
        ask: AskRule::Never,
        ..CONTRACTS
    };
    breaks(
        &one_batch_to_one_chain(rules),
        &[Violation::ForksDiffer, Violation::ReplicasDiffer],
    );
}
