//! Random operations of many users over several chains, which slow down, fall silent and return: the invariants hold
//! after every block. `PROPTEST_CASES` sets the number of walks; a failing one prints its plan.

use ddvs_network_tests::invariants::Reached;
use ddvs_network_tests::random_walk::{Plan, walk};
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestRunner};

/// Walks of an ordinary run.
const CASES: u32 = 100;

#[test]
fn invariants_hold_after_every_block() {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(CASES);
    let plans = (any::<u64>(), 2..=4u8, 3..=4u8, 20..=120u16);
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        max_shrink_iters: 60,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/properties.proptest-regressions",
        ))),
        ..ProptestConfig::default()
    });
    let result = runner.run(&plans, |(seed, workchains, validators, operations)| {
        let plan = Plan {
            seed,
            workchains,
            validators,
            operations,
            captured: None,
        };
        let walk = walk(&plan);
        let found: Vec<_> = walk
            .monitor
            .violations()
            .iter()
            .map(ToString::to_string)
            .collect();
        prop_assert!(found.is_empty(), "{plan:?}\n{}", found.join("\n"));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Walks that reach nothing show nothing.
#[test]
fn random_walks_reach_every_kind_of_event() {
    let mut sum = Reached::default();
    for seed in 1..=12 {
        let plan = Plan {
            seed,
            workchains: 2 + (seed % 3) as u8,
            validators: 3,
            operations: 120,
            captured: None,
        };
        let walk = walk(&plan);
        println!("{plan:?} {:?}", walk.monitor.reached);
        walk.monitor.assert_sound();
        sum.add(&walk.monitor.reached);
    }
    let reached = [
        ("slash", sum.slashes),
        ("removal", sum.removals),
        ("spread change", sum.spreads),
        ("rejected update", sum.rejected),
        ("bounce", sum.bounces),
        ("held batch", sum.held),
        ("batch", sum.batches),
        ("release", sum.releases),
        ("forgery", sum.forgeries),
        ("forgotten key", sum.purges),
        ("plain transfer", sum.transfers),
        ("idle day", sum.idle_days),
        ("copy far behind", sum.lags),
        ("set of another chain", sum.agreed_sets),
    ];
    for (what, times) in reached {
        assert!(times > 0, "no {what}: {sum:?}");
    }
}
