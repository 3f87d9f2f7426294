//! What a copy keeps is bounded. The bounds on memory and claims can only cost copies of a captured origin their
//! agreement; the window must be larger than what an honest origin can be ahead of a copy.

mod common;

use common::{breaks, found_at_random, holds};
use ddvs_model::random::{attacked, run};
use ddvs_model::{CONTRACTS, Captured, FORK, Instance, MAIN, Rules, Violation, stake};

/// `C` may have both proposals of `A` before it has a vote for the first one.
fn ahead(window: u16) -> Instance {
    let rules = Rules {
        window,
        ..CONTRACTS
    };
    let scripts = vec![vec![stake(1), stake(2)], vec![], vec![]];
    Instance::new("35/50/15, A is ahead", rules, &[35, 50, 15], scripts)
}

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

/// `B` forks towards `A` and `C`, whose stakes fall: both contents have majorities at some base, and each copy claims for both.
fn two_majorities(claims_each: usize) -> Instance {
    let rules = Rules {
        claims_each,
        ..CONTRACTS
    };
    let scripts = vec![vec![stake(-7)], vec![stake(0)], vec![stake(-6)], vec![]];
    let captured = Captured::new(1)
        .proposes(1, FORK, &[2])
        .proposes(1, MAIN, &[0]);
    Instance::new("47/30/45/M, B forks", rules, &[47, 30, 45, 0], scripts)
        .forks(1, 1, vec![stake(0)])
        .masterchain(3)
        .captured(captured)
}

/// Contents with a majority at one base need more than a sixth of all stake each, apart from the origin's.
#[test]
fn one_claim_of_each_chain_under_a_number_is_too_few() {
    assert_eq!(found_at_random(&two_majorities(4), 400), None);
    let found = found_at_random(&two_majorities(1), 400);
    assert_eq!(found, Some(Violation::ForksDiffer));
}
