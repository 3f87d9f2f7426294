//! With a least time between two sets, changes collect until it has passed.

use ddvs_client::Live;
use ddvs_network_tests::{COIN, Shape, World};

fn world() -> World {
    let mut shape = Shape::default();
    shape.limits.set_interval_s = 60;
    World::new(&shape)
}

/// `PublishSet` to the copy on chain 1; its exit code.
fn publish(world: &mut World) -> Option<i32> {
    let walter = world.person(1, 2);
    let delector = world.delector(1);
    let message = delector.publish_set(COIN, 1).unwrap();
    let tree = world.act(&walter, &[message]);
    tree.exit_code_at(delector.address())
}

#[test]
fn changes_collect_and_anyone_publishes_them() {
    let mut world = world();
    let genesis_set = world.set(1);
    assert_eq!(publish(&mut world), Some(472));
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    world.deposit(&uma, 3_000 * COIN);
    world.stake(&uma, &root, 1_000 * COIN);
    world.stake(&uma, &root, 1_000 * COIN);
    // applied and counted, but not in force
    assert_eq!(world.counted(&root), 102_000 * COIN);
    assert_eq!(world.set(1), genesis_set);
    let local = world.local(1);
    assert!(local.set_dirty);
    assert_eq!(local.published_at, 1_800_000_000);
    assert_eq!(publish(&mut world), Some(473));
    assert_eq!(world.set(1), genesis_set);
    world.check_at_rest();

    while world.now() < 1_800_000_000 + 60 {
        world.step();
    }
    assert_eq!(world.set(1), genesis_set, "nothing wakes it up by itself");
    assert_eq!(publish(&mut world), Some(0));
    let set = world.set(1);
    assert_eq!(set.total_weight, genesis_set.total_weight + 2_000);
    assert_eq!(world.weight(1, &world.validator(1, 0).key), Some(102_000));
    let local = world.local(1);
    assert!(!local.set_dirty);
    assert_eq!(local.published_at, set.utime_since);
    assert_eq!(publish(&mut world), Some(472));
    // param 32 skips nothing: the set before is that of the genesis
    let config = world.net.config(1).unwrap();
    let previous = config.get_previous_validator_set().unwrap().unwrap();
    assert_eq!(previous, genesis_set);
    world.check_at_rest();
}

#[test]
fn the_next_change_after_the_interval_writes_all() {
    let mut world = world();
    let uma = world.person(0, 0);
    let (one, other) = (world.validator(1, 0), world.validator(1, 1));
    world.deposit(&uma, 3_000 * COIN);
    world.stake(&uma, &one.root, 1_000 * COIN);
    world.pass(65);
    assert_eq!(world.weight(1, &one.key), Some(100_000));
    world.stake(&uma, &other.root, 500 * COIN);
    assert_eq!(world.weight(1, &one.key), Some(101_000));
    assert_eq!(world.weight(1, &other.key), Some(101_500));
    assert!(!world.local(1).set_dirty);
    let first = world.local(1).published_at;
    // and the interval restarts
    world.stake(&uma, &one.root, 100 * COIN);
    assert_eq!(world.weight(1, &one.key), Some(101_000));
    assert_eq!(world.local(1).published_at, first);
    assert!(world.local(1).set_dirty);
    world.check_at_rest();
}

/// Where an engine stops with fewer members, the last set stays in force until there are enough again.
#[test]
fn a_set_that_is_too_small_is_not_written() {
    let mut shape = Shape::with_stakes(vec![vec![100_000; 3]; 3]);
    shape.limits.min_validators = 1;
    shape.limits.least_set = 3;
    let mut world = World::new(&shape);
    let leaver = world.validator(1, 0);
    world.close(&leaver.owner, &leaver.root);
    // a third of the stake moves at a time: the least that validates stays for another one
    assert_eq!(world.counted(&leaver.root), 10_000 * COIN);
    let set = world.set(1);
    let value = world.change_value(1);
    world.sync(&leaver.owner, &leaver.root, value);
    assert_eq!(world.counted(&leaver.root), 0);
    assert_eq!(world.set(1), set);
    assert!(world.local(1).set_dirty);
    assert_eq!(publish(&mut world), Some(473));
    // the masterchain's set is large enough without it
    assert_eq!(world.weight(-1, &leaver.key), None);

    let who = world.person(1, 1);
    let key = world.key("new");
    let root = world.root_of(&who, 100);
    world.open_root(&who, &root, &key);
    world.deposit_and_stake(&who, &root, 20_000 * COIN);
    assert_eq!(world.weight(1, &leaver.key), None);
    assert_eq!(world.weight(1, &key), Some(20_000));
    assert!(!world.local(1).set_dirty);
    world.check_at_rest();
}
