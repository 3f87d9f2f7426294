//! A closed pool leaves the set, accepts no stakes and lets every stake unlock regardless of its lock. This is
//! permanent.

use ddvs_contracts::Reason;
use ddvs_network_tests::check::refusals;
use ddvs_network_tests::world::unlocking;
use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn closed_root_leaves_the_set_and_unlocks_all_stakes() {
    let mut shape = Shape::default();
    shape.terms.lock_period = 10_000;
    let mut world = World::new(&shape);
    let (nora, uma, mallory) = (world.person(1, 0), world.person(0, 0), world.person(1, 1));
    let nora = world.join(&nora, 20_000 * COIN);
    world.deposit_and_stake(&uma, &nora.root, 5_000 * COIN);
    let address = nora.root.address().clone();
    let tree = world.unstake(&uma, &nora.root, COIN);
    assert_eq!(refusals(tree.transactions()), [Reason::Locked.code()]);
    let tree = world.close(&mallory, &nora.root);
    assert_eq!(tree.exit_code_at(&address), Some(401));
    assert_eq!(world.counted(&nora.root), 25_000 * COIN);

    let tree = world.close(&nora.owner, &nora.root);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.counted(&nora.root), 0);
    assert!(!world.in_set(1, &nora.key) && !world.in_set(-1, &nora.key));
    let state = world.root_state(&nora.root);
    assert!(state.closed);
    assert_eq!(state.counted.into_inner(), 0);
    // nothing was lost, and nothing comes in
    assert_eq!(state.owner_active.into_inner(), 20_000 * COIN);
    assert_eq!(state.users_active.into_inner(), 5_000 * COIN);
    world.deposit(&uma, 100 * COIN);
    let tree = world.stake(&uma, &nora.root, 100 * COIN);
    assert_eq!(refusals(tree.transactions()), [Reason::Closed.code()]);
    assert_eq!(world.position(&uma, &nora.root).staked_nano(), 5_000 * COIN);
    let tree = world.close(&nora.owner, &nora.root);
    assert_eq!(tree.exit_code_at(&address), Some(441));
    let register = world.register_message(&nora.root, &world.key("new"));
    let tree = world.act(&nora.owner, &[register]);
    assert_eq!(tree.exit_code_at(&address), Some(441));
    let value = world.change_value(1);
    let tree = world.sync(&uma, &nora.root, value);
    assert_eq!(tree.exit_code_at(&address), Some(443));

    // long before the lock ends, but not before the unlock period has passed
    world.unstake(&uma, &nora.root, 5_000 * COIN);
    assert_eq!(unlocking(&world.position(&uma, &nora.root)), 5_000 * COIN);
    world.settle_position(&uma, &uma, &nora.root);
    assert_eq!(unlocking(&world.position(&uma, &nora.root)), 5_000 * COIN);
    world.pass(75);
    world.settle_position(&uma, &uma, &nora.root);
    assert!(world.free(&uma) >= 5_099 * COIN);
    assert_eq!(world.position(&uma, &nora.root), Default::default());
    world.check_at_rest();
}

#[test]
fn a_closed_validator_can_still_be_blamed() {
    let mut world = World::new(&Shape::default());
    let (nora, walter) = (world.person(1, 0), world.person(2, 0));
    let nora = world.join(&nora, 20_000 * COIN);
    world.close(&nora.owner, &nora.root);
    world.unstake(&nora.owner, &nora.root, 20_000 * COIN);
    let evidence = world.double_vote(&nora.key, 1, 3);
    let tree = world.accuse(&walter, 1, &evidence);
    assert!(tree.succeeded(), "{tree}");
    let state = world.root_state(&nora.root);
    assert_eq!(state.owner_unlocking.into_inner(), 10_000 * COIN);
    world.pass(75);
    world.settle_position(&nora.owner, &nora.owner, &nora.root);
    let free = world.free(&nora.owner);
    assert!((10_000 * COIN..10_003 * COIN).contains(&free), "{free}");
    assert_eq!(world.storage(1).treasury.into_inner(), 10_000 * COIN);
    world.check_at_rest();
}

#[test]
fn closed_last_validator_stays_counted_until_another_joins() {
    let stakes = vec![vec![100_000; 4], vec![100_000; 3], vec![100_000; 4]];
    let mut world = World::new(&Shape::with_stakes(stakes));
    let last = world.validator(1, 0);
    let tree = world.close(&last.owner, &last.root);
    assert!(refusals(tree.transactions()).is_empty(), "{tree}");
    assert!(world.root_state(&last.root).closed);
    let least = u128::from(world.spec.limits.min_stake_nano);
    while world.counted(&last.root) != least {
        // its churn is spread
        world.sync(&last.owner, &last.root, 10 * COIN);
    }
    let nora = world.person(1, 0);
    world.join(&nora, 50_000 * COIN);
    let value = world.change_value(1);
    let tree = world.sync(&nora, &last.root, value);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.counted(&last.root), 0);
    world.check_at_rest();
}
