//! A copy's state is bounded. The bound on memory can only make copies of a captured origin disagree; the window must
//! exceed the distance that an honest origin can be ahead of a copy.

use crate::common;

use common::{breaks, holds};
use ddvs_model::random::{attacked, run};
use ddvs_model::scenarios::counting::ahead;
use ddvs_model::{CONTRACTS, Rules, Violation};

#[test]
fn a_window_as_wide_as_the_lag_is_enough() {
    holds(&ahead(2));
}

#[test]
fn window_narrower_than_the_lag_loses_an_honest_origins_messages() {
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
