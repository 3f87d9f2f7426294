//! What a copy keeps is bounded. The bounds on memory and claims can only cost copies of a captured origin their
//! agreement; the window must be larger than what an honest origin can be ahead of a copy.

mod common;

use common::{breaks, found_at_random, holds};
use ddvs_model::random::{attacked, run};
use ddvs_model::scenarios::counting::{ahead, majorities_move, two_majorities};
use ddvs_model::{CONTRACTS, Rules, Violation};

#[test]
fn a_window_as_wide_as_the_lag_is_enough() {
    holds(&ahead(2));
}

#[test]
fn a_narrower_one_loses_what_an_honest_origin_said() {
    breaks(&ahead(1), &[Violation::ReplicasDiffer]);
}

/// Violations of random runs under `rules`.
fn found(rules: Rules, seeds: std::ops::Range<u64>) -> Vec<Violation> {
    let mut found = Vec::new();
    for seed in seeds {
        let run = run(&attacked(rules, 10..33, seed), seed, 400_000);
        assert!(run.rested, "seed {seed}");
        found.extend(run.violation);
    }
    found
}

#[test]
fn a_short_memory_hurts_captured_origins_alone() {
    let rules = Rules {
        memory: 1,
        ..CONTRACTS
    };
    let found = found(rules, 0..2_000);
    assert!(!found.is_empty());
    assert!(
        found
            .iter()
            .all(|&violation| violation == Violation::ForksDiffer)
    );
}

/// Contents with a majority at one base need more than a sixth of all stake each, apart from the origin's.
#[test]
fn one_claim_of_each_chain_under_a_number_is_too_few() {
    assert_eq!(found_at_random(&two_majorities(4), 400), None);
    let found = found_at_random(&two_majorities(1), 400);
    assert_eq!(found, Some(Violation::ForksDiffer));
}

/// A copy that finds a better grade says where. Six times bound what each claimant can have everybody weigh; here one is enough.
#[test]
fn a_claim_that_cannot_be_made_anew_is_too_little() {
    for enough in [1, CONTRACTS.claims_anew] {
        assert_eq!(found_at_random(&majorities_move(enough), 400), None);
    }
    let found = found_at_random(&majorities_move(0), 400);
    assert_eq!(found, Some(Violation::ForksDiffer));
}
