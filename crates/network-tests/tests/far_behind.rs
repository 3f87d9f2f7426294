//! A copy falls behind an origin by more batches than copies remember, listen to, or keep totals of. The masterchain's copy is the one
//! that lags here: it has no vote of its own, so nobody waits for it.

use ddvs_contracts::Codes;
use ddvs_network_tests::random_walk::{Lag, Plan, Walk, far_behind};

/// Batches of a chain whose totals are kept.
const HISTORY: u32 = 1_024;
/// Numbers ahead of the last applied one that copies listen to.
const WINDOW: u32 = 256;
/// The copy that lags, and the origin.
const WHO: (i8, i8) = (-1, 0);

const PLAN: Plan = Plan {
    seed: 7,
    workchains: 3,
    validators: 3,
    operations: 8,
    captured: None,
};

/// A walk in which the copy was behind by so many.
#[track_caller]
fn behind(lag: Lag, batches: u32) -> Walk {
    let (walk, behind) = far_behind(&PLAN, Codes::default(), WHO, lag, batches);
    println!("{PLAN:?}, {lag:?}: {behind} behind");
    assert_eq!(behind, batches);
    walk
}

/// It imports in the order of logical time, so its window moves along.
#[test]
fn beyond_the_history_a_copy_that_was_silent_follows() {
    behind(Lag::Silent, HISTORY + 6).monitor.assert_sound();
}

/// It did not listen to the last proposals, and gets them from voters.
#[test]
fn beyond_the_window_a_copy_that_heard_the_origin_alone_follows() {
    let walk = behind(Lag::HearsTheOrigin, WINDOW + 8);
    walk.monitor.assert_sound();
}

#[test]
fn within_the_window_a_copy_that_heard_all_but_the_origin_follows() {
    let walk = behind(Lag::HearsTheOthers, WINDOW);
    walk.monitor.assert_sound();
}

/// What remains: a vote that it did not listen to is not sent again, and nobody can have it ask for one. The proposals come, and the
/// copy stays behind for that origin, though all chains are honest and live.
#[test]
fn beyond_the_window_a_copy_that_heard_all_but_the_origin_stays_behind() {
    let walk = behind(Lag::HearsTheOthers, WINDOW + 1);
    let (copy, origin) = WHO;
    assert_eq!(walk.world.registry(copy, origin).seqno, WINDOW);
    assert!(walk.world.registry(origin, origin).seqno > WINDOW);
    let found = walk.monitor.violations().iter();
    let found: Vec<_> = found.map(ToString::to_string).collect();
    assert!(!found.is_empty());
    let only = "differs about chain 0";
    assert!(found.iter().all(|found| found.ends_with(only)), "{found:?}");
    // it has the next batch, and nobody's vote for it
    let pending = walk.world.storage(copy).pending;
    let next = pending.values().next().expect("the next one waits");
    let next = next.expect("it parses");
    assert!(next.told && next.batch.is_some());
    assert_eq!(next.votes, 0);
}
