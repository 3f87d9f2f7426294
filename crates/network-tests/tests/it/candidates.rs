//! More validators than the set has room for: the largest are in, others wait as candidates.

use std::collections::BTreeSet;

use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

/// At most four members in a workchain's set, five in the masterchain's.
fn shape() -> Shape {
    let mut shape = Shape::default();
    shape.limits.max_validators = 4;
    shape.limits.main_validators = 5;
    shape
}

/// Param 34 of every chain is well formed and what every copy computes from its registries; and that of chain 1 is the
/// largest four by this test's own reckoning.
#[track_caller]
fn check_sets(world: &World) {
    for chain in world.chains() {
        world.check_set(chain);
        world.check_set_computed(chain);
        for copy in world.chains() {
            assert_eq!(
                world.computed_set(copy, chain),
                world.computed_set(chain, chain)
            );
        }
    }
    let registry = world.registry(1, 1);
    let mut roots: Vec<_> = registry.roots.iter().map(Result::unwrap).collect();
    roots.retain(|(_, entry)| entry.stake.into_inner() >= 10_000 * COIN);
    // the largest first; at equal stake the lower address
    roots.sort_by(|a, b| b.1.stake.cmp(&a.1.stake).then(a.0.cmp(&b.0)));
    let wanted: BTreeSet<(HashBytes, u64)> = roots
        .iter()
        .take(4)
        .map(|(_, entry)| (entry.key, (entry.stake.into_inner() / COIN) as u64))
        .collect();
    let set = world.set(1);
    let members = set.list.iter().map(|m| (m.public_key, m.weight));
    assert_eq!(members.collect::<BTreeSet<_>>(), wanted);
    let candidates = world.local(1).ranking.load().unwrap().candidates;
    assert_eq!(
        candidates.iter().count(),
        roots.len().saturating_sub(wanted.len())
    );
}

#[test]
fn set_holds_the_largest_and_promotes_candidates() {
    let mut world = World::new(&shape());
    check_sets(&world);
    let (nora, ivan) = (world.person(1, 0), world.person(1, 1));
    let lowest = world.validator(1, 0).key;
    // too small for the set: a candidate
    let nora = world.join(&nora, 60_000 * COIN);
    assert!(!world.in_set(1, &nora.key) && world.in_set(1, &lowest));
    assert_eq!(world.counted(&nora.root), 60_000 * COIN);
    check_sets(&world);
    // a second one, smaller
    let ivan = world.join(&ivan, 50_000 * COIN);
    assert!(!world.in_set(1, &ivan.key));
    check_sets(&world);
    // large enough: displaces the lowest, which becomes a candidate
    world.deposit_and_stake(&nora.owner, &nora.root, 40_500 * COIN);
    assert_eq!(world.weight(1, &nora.key), Some(100_500));
    assert!(!world.in_set(1, &lowest));
    check_sets(&world);
    // who leaves is replaced by the best candidate
    world.pass(25);
    let leaver = world.validator(1, 3);
    world.unstake(&leaver.owner, &leaver.root, 103_000 * COIN);
    assert!(!world.in_set(1, &leaver.key));
    assert!(world.in_set(1, &lowest) && !world.in_set(1, &ivan.key));
    check_sets(&world);
    // a removal promotes the next
    let walter = world.person(2, 0);
    let evidence = world.double_vote(&lowest, 1, 1);
    world.accuse(&walter, 1, &evidence);
    assert!(!world.in_set(1, &lowest) && world.in_set(1, &ivan.key));
    check_sets(&world);
    // a member that shrinks below a candidate changes places with it
    let uma = world.person(1, 2);
    let uma = world.join(&uma, 55_000 * COIN);
    assert!(world.in_set(1, &uma.key) && !world.in_set(1, &ivan.key));
    check_sets(&world);
    world.pass(25);
    world.unstake(&uma.owner, &uma.root, 10_000 * COIN);
    assert!(!world.in_set(1, &uma.key) && world.in_set(1, &ivan.key));
    check_sets(&world);
    // with no candidate left the last slot moves into the hole
    world.unstake(&uma.owner, &uma.root, 45_000 * COIN);
    check_sets(&world);
    let member = world.validator(1, 1);
    world.unstake(&member.owner, &member.root, 101_000 * COIN);
    assert_eq!(world.set(1).list.len(), 3);
    check_sets(&world);
    world.check_at_rest();
}

#[test]
fn a_candidate_changes_its_key() {
    let mut world = World::new(&shape());
    let nora = world.person(1, 0);
    let nora = world.join(&nora, 60_000 * COIN);
    let new = world.key("new");
    let register = world.register_message(&nora.root, &new);
    world.must(&nora.owner, &[register]);
    check_sets(&world);
    world.deposit_and_stake(&nora.owner, &nora.root, 50_000 * COIN);
    assert!(world.in_set(1, &new) && !world.in_set(1, &nora.key));
    check_sets(&world);
    world.check_at_rest();
}

#[test]
fn equal_stakes_are_ordered_by_address() {
    let mut shape = shape();
    shape.stakes = vec![vec![100_000; 6]; 3];
    let mut world = World::new(&shape);
    check_sets(&world);
    // one of those that are out gets a coin more than all others
    let registry = world.registry(1, 1);
    let out = (0..6)
        .map(|index| world.validator(1, index))
        .find(|validator| !world.in_set(1, &validator.key))
        .unwrap();
    assert_eq!(registry.eligible, 6);
    let uma = world.person(0, 0);
    world.deposit_and_stake(&uma, &out.root, 10 * COIN);
    assert_eq!(world.weight(1, &out.key), Some(100_010));
    check_sets(&world);
    world.check_at_rest();
}
