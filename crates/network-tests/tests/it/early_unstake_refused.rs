//! A stake cannot leave before its lock has ended.

use ddvs_contracts::Reason;
use ddvs_network_tests::check::refusals;
use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn unstake_is_refused_until_the_lock_has_ended() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    world.deposit_and_stake(&uma, &root, 1_000 * COIN);
    let counted = world.counted(&root);
    let tree = world.unstake(&uma, &root, 400 * COIN);
    assert_eq!(refusals(tree.transactions()), [Reason::Locked.code()]);
    let position = world.position(&uma, &root);
    assert_eq!(position.staked_nano(), 1_000 * COIN);
    assert_eq!(position.leaving_nano(), 0);
    assert!(position.unlocking.is_empty() && !position.unstaking);
    assert_eq!(world.counted(&root), counted);

    let lock_until = position.locks.keys().next().unwrap().unwrap();
    // the last second before the lock ends, and the first after
    while world.now() + 3 < lock_until {
        world.step();
    }
    let tree = world.unstake(&uma, &root, 400 * COIN);
    let root_time = tree
        .transactions_of(root.address())
        .next()
        .unwrap()
        .gen_time_ms
        / 1_000;
    assert!(root_time < u64::from(lock_until), "still locked");
    assert_eq!(refusals(tree.transactions()), [Reason::Locked.code()]);
    while world.now() < lock_until {
        world.step();
    }
    let tree = world.unstake(&uma, &root, 400 * COIN);
    assert!(refusals(tree.transactions()).is_empty());
    assert_eq!(world.position(&uma, &root).staked_nano(), 600 * COIN);
    assert_eq!(world.counted(&root), counted - 400 * COIN);
    world.check_at_rest();
}

#[test]
fn a_later_stake_locks_what_it_adds() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    world.deposit(&uma, 2_000 * COIN);
    world.stake(&uma, &root, 1_000 * COIN);
    let first = world.position(&uma, &root).locked_until(1_000 * COIN);
    let first = first.unwrap();
    world.pass(18);
    world.stake(&uma, &root, 10 * COIN);
    let position = world.position(&uma, &root);
    assert_eq!(position.locked_until(1_000 * COIN), Some(first));
    let second = position.locked_until(1_010 * COIN).unwrap();
    assert!(second >= first + 18);
    while world.now() < first + 1 {
        world.step();
    }
    // the last 10 are locked, the others are not
    let tree = world.unstake(&uma, &root, 1_001 * COIN);
    assert_eq!(refusals(tree.transactions()), [Reason::Locked.code()]);
    assert_eq!(world.position(&uma, &root), position);
    let tree = world.unstake(&uma, &root, 1_000 * COIN);
    assert!(refusals(tree.transactions()).is_empty());
    assert_eq!(world.position(&uma, &root).staked_nano(), 10 * COIN);
}

#[test]
fn unstake_of_more_than_is_staked_is_refused() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    world.deposit_and_stake(&uma, &root, 1_000 * COIN);
    world.pass(25);
    let wallet = world.wallet(&uma).address().clone();
    let tree = world.unstake(&uma, &root, 1_000 * COIN + 1);
    assert_eq!(tree.exit_code_at(&wallet), Some(423));
    let other = world.validator(0, 0).root;
    let tree = world.unstake(&uma, &other, COIN);
    assert_eq!(tree.exit_code_at(&wallet), Some(422));
    assert_eq!(world.position(&uma, &root).staked_nano(), 1_000 * COIN);
}
