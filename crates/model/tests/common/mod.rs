//! Shared by the tests of the rules.
#![allow(missing_docs, reason = "a helper says by its name what it does")]

use ddvs_model::random::run;
use ddvs_model::search::{Outcome, search};
use ddvs_model::{Instance, Violation, explain};

/// Every state is reached and nothing is violated.
#[track_caller]
pub fn holds(instance: &Instance) -> Outcome {
    let outcome = search(instance);
    if let Some((violation, steps)) = outcome.violations.iter().next() {
        panic!(
            "{}: {violation}\n{}",
            instance.name,
            explain(instance, steps)
        );
    }
    assert!(
        outcome.complete,
        "{}: more than {} states",
        instance.name, outcome.states
    );
    outcome
}

/// The search finds `violation`, or one of the others that may be found before it.
#[track_caller]
pub fn breaks(instance: &Instance, violations: &[Violation]) -> Outcome {
    let outcome = search(instance);
    let found = outcome.violation();
    assert!(
        found.is_some_and(|found| violations.contains(&found)),
        "{}: expected {violations:?}, found {found:?} in {} states",
        instance.name,
        outcome.states
    );
    outcome
}

/// Returns the violations of random runs of `instance` with seeds `0..runs`, for instances that are too large to
/// search. A run without an end is one in which copies are restless.
#[track_caller]
pub fn found_at_random(instance: &Instance, runs: u64) -> Option<Violation> {
    (0..runs).find_map(|seed| {
        let run = run(instance, seed, 100_000);
        let restless = (!run.rested).then_some(Violation::Restless);
        run.violation.or(restless)
    })
}
