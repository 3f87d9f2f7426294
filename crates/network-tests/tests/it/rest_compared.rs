//! Copies that rest, and look at as much as there is gas for, come to the same as copies that never rest, and as copies that look at one content in
//! a transaction: after random walks with a captured chain their registries are equal, nearly always by the same batches. When a copy looks, or
//! asks, moves what follows by a block here and there: then the same changes are in batches of another time. `PROPTEST_CASES` sets the number of
//! walks.

use std::collections::BTreeMap;

use ddvs_client::ChainId;
use ddvs_contracts::storage::{ChainRegistry, KeyEntry};
use ddvs_network_tests::mutants::put_in_place;
use ddvs_network_tests::random_walk::{Plan, Walk, walk, walk_edited};
use tycho_types::cell::HashBytes;

/// Walks of an ordinary run.
const CASES: u64 = 24;
/// Builds that may differ in when they look, and in nothing else.
const EQUIVALENT: [&str; 2] = ["copies-never-rest", "looks-take-one-step-each"];

/// The masterchain is captured, or a workchain with little stake.
fn plan(seed: u64) -> Plan {
    let workchains = 3 + (seed % 2) as u8;
    let captured = if seed.is_multiple_of(2) {
        workchains.cast_signed() - 1
    } else {
        -1
    };
    Plan {
        seed: 7_000 + seed,
        workchains,
        validators: 3,
        operations: 30 + (seed % 40) as u16,
        captured: Some(captured),
    }
}

/// What a registry says, but for times.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    total: u128,
    counts: (u32, u32, u32),
    roots: Vec<(HashBytes, u128, HashBytes, u8, bool)>,
    keys: Vec<(HashBytes, HashBytes, bool, bool)>,
}

impl Said {
    fn by(registry: &ChainRegistry) -> Self {
        let roots = registry.roots.iter().map(|root| {
            let (id, root) = root.unwrap();
            let stake = root.stake.into_inner();
            (id, stake, root.key, root.retired, root.is_removed)
        });
        let keys = registry.keys.iter().map(|key| {
            let (key, entry) = key.unwrap();
            let is_removed = matches!(entry, KeyEntry::Removed { .. });
            (key, *entry.root(), entry.retired_at().is_some(), is_removed)
        });
        Self {
            total: registry.total.into_inner(),
            counts: (registry.count, registry.eligible, registry.removed),
            roots: roots.collect(),
            keys: keys.collect(),
        }
    }
}

/// Registries at the end, by copy and origin.
type Ends = BTreeMap<(ChainId, ChainId), ChainRegistry>;

/// What the honest copies hold, about a captured chain only if it cannot split them.
fn ends(walk: &Walk, captured: ChainId, may_split: bool) -> Ends {
    let chains = walk.world.chains();
    let honest = |chain: &&ChainId| **chain != captured;
    let mut ends = Ends::new();
    for &copy in chains.iter().filter(honest) {
        for &origin in &chains {
            if origin != captured || !may_split {
                ends.insert((copy, origin), walk.world.registry(copy, origin));
            }
        }
    }
    ends
}

/// Compares a walk on an equivalent build. Returns whether the last batches are the same, too.
#[track_caller]
fn compare(plan: &Plan, one: &Walk, build: &str) -> bool {
    let other = walk_edited(plan, |zerostate| put_in_place(zerostate, build));
    let found = other.monitor.violations().first();
    assert!(found.is_none(), "{build}, {plan:?}: {}", found.unwrap());
    let captured = plan.captured.unwrap();
    let may_split = one.monitor.may_split || other.monitor.may_split;
    let (ours, theirs) = (
        ends(one, captured, may_split),
        ends(&other, captured, may_split),
    );
    for (place, registry) in &ours {
        let (ours, theirs) = (Said::by(registry), Said::by(&theirs[place]));
        assert_eq!(ours, theirs, "{build}, {plan:?}: {place:?}");
    }
    let last = |ends: &Ends| -> Vec<_> { ends.values().map(|end| end.last_hash).collect() };
    last(&ours) == last(&theirs)
}

#[test]
fn resting_and_gas_do_not_change_the_registries() {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let cases = cases.and_then(|n| n.parse().ok()).unwrap_or(CASES);
    let (mut walks, mut same, mut batches, mut taken_back) = (0, 0, 0, 0);
    for seed in 1..=cases {
        let plan = plan(seed);
        let one = walk(&plan);
        one.monitor.assert_sound();
        if one.monitor.may_forge {
            continue;
        }
        batches += one.monitor.reached.batches;
        taken_back += one.monitor.reached.taken_back;
        for build in EQUIVALENT {
            walks += 1;
            same += u64::from(compare(&plan, &one, build));
        }
    }
    println!("{same} of {walks} by the same batches; {batches} batches, {taken_back} taken back");
    assert!(
        4 * same > 3 * walks,
        "{same} of {walks} by the same batches"
    );
    assert!(walks > cases && batches > 0 && taken_back > 0);
}
