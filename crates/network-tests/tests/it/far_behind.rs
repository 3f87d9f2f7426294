//! A copy falls behind an origin by more batches than copies remember, accept messages for, or keep totals of. The
//! masterchain's copy is the one that lags here: it has no vote, so nobody waits for it.

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

/// A walk in which the copy was behind by this many batches.
#[track_caller]
fn behind(lag: Lag, batches: u32) -> Walk {
    let (walk, behind) = far_behind(&PLAN, Codes::default(), WHO, lag, batches);
    println!("{PLAN:?}, {lag:?}: {behind} behind");
    assert_eq!(behind, batches);
    walk
}

/// It imports in the order of logical time, so its window moves along.
#[test]
fn silent_copy_behind_by_more_than_the_history_catches_up() {
    behind(Lag::Silent, HISTORY + 6).monitor.assert_sound();
}

/// It did not listen to the last proposals, and gets them from voters.
#[test]
fn copy_that_hears_only_the_origin_catches_up_beyond_the_window() {
    let walk = behind(Lag::HearsTheOrigin, WINDOW + 8);
    walk.monitor.assert_sound();
}

/// Votes name what it lacks, so it asks for that as soon as a third vouches for it.
#[test]
fn a_copy_that_hears_all_but_the_origin_keeps_up() {
    let (walk, behind) = far_behind(
        &PLAN,
        Codes::default(),
        WHO,
        Lag::HearsTheOthers,
        WINDOW + 1,
    );
    assert!(behind <= 1, "{behind} behind");
    walk.monitor.assert_sound();
}
