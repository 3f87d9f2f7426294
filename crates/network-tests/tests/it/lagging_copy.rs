//! A chain that was silent for an hour catches up with everything that was agreed meanwhile.

use ddvs_network_tests::{COIN, Shape, World};

fn slow_blocks() -> Shape {
    Shape {
        block_time_ms: 5_000,
        ..Shape::default()
    }
}

/// An hour with `stakes` stakes on live chains, while `silent` makes no blocks.
fn an_hour_without(silent: i8, stakes: u32) -> World {
    let mut world = World::new(&slow_blocks());
    let live = [0, 1, 2]
        .into_iter()
        .find(|&chain| chain != silent)
        .unwrap();
    let uma = world.person(live, 0);
    let roots: Vec<_> = (0..3)
        .filter(|&chain| chain != silent)
        .map(|chain| world.validator(chain, 0).root)
        .collect();
    world.deposit(&uma, 2_000 * COIN);
    world.silence(silent);
    let start = world.now();
    let hour = 3_600;
    for index in 0..stakes {
        let root = &roots[index as usize % roots.len()];
        let stake = world.stake_message(&uma, root, 10 * COIN);
        world.send(&uma, &[stake]);
        while world.now() < start + (index + 1) * hour / stakes {
            world.step();
        }
    }
    assert!(world.now() >= start + hour);
    for copy in world.chains().into_iter().filter(|&c| c != silent) {
        let applied: u32 = (0..3).map(|chain| world.registry(copy, chain).seqno).sum();
        assert_eq!(applied, stakes, "copy {copy}");
    }
    let behind: u32 = (0..3)
        .map(|chain| world.registry(silent, chain).seqno)
        .sum();
    assert_eq!(behind, 0);
    world
}

#[test]
fn a_workchain_catches_up() {
    let mut world = an_hour_without(2, 30);
    let stale = world.set(2);
    world.resume(2);
    world.settle();
    assert_eq!(world.registry(2, 0).seqno, 15);
    assert_eq!(world.registry(2, 1).seqno, 15);
    // what happened elsewhere does not touch its own set
    assert_eq!(world.set(2), stale);
    world.check_at_rest();
    // and it takes part again
    let ivan = world.person(2, 0);
    let root = world.validator(2, 0).root;
    world.deposit_and_stake(&ivan, &root, 1_000 * COIN);
    assert_eq!(world.counted(&root), 101_000 * COIN);
    world.check_at_rest();
}

#[test]
fn the_masterchain_catches_up_with_its_set() {
    let mut world = an_hour_without(-1, 30);
    let key = world.validator(0, 0).key;
    assert_eq!(world.weight(-1, &key), Some(100_000));
    world.resume(-1);
    world.settle();
    assert_eq!(world.weight(-1, &key), world.weight(0, &key));
    assert_ne!(world.weight(-1, &key), Some(100_000));
    world.check_at_rest();
}

#[test]
fn a_chain_that_was_silent_with_its_own_batch_in_flight() {
    let mut world = World::new(&slow_blocks());
    let (uma, ivan) = (world.person(0, 0), world.person(2, 0));
    let (far, near) = (world.validator(2, 0).root, world.validator(0, 0).root);
    world.deposit(&uma, 1_000 * COIN);
    world.deposit(&ivan, 1_000 * COIN);
    let stake = world.stake_message(&ivan, &far, 1_000 * COIN);
    world.send(&ivan, &[stake]);
    // it proposes and falls silent before the votes come back
    assert!(world.wait_for(40, |world| world.local(2).in_flight));
    world.silence(2);
    for _ in 0..5 {
        let stake = world.stake_message(&uma, &near, 100 * COIN);
        world.send(&uma, &[stake]);
        world.pass(700);
    }
    // the others have agreed to it long ago
    assert_eq!(world.registry(0, 2).seqno, 1);
    assert_eq!(world.registry(2, 2).seqno, 0);
    assert_eq!(world.counted(&far), 100_000 * COIN);
    assert_eq!(world.counted(&near), 100_500 * COIN);
    world.resume(2);
    world.settle();
    assert_eq!(world.counted(&far), 101_000 * COIN);
    assert!(!world.local(2).in_flight);
    assert!(world.root_state(&far).flight.is_none());
    world.check_at_rest();
}

#[test]
fn a_slow_chain_is_no_obstacle() {
    let mut world = World::new(&Shape::default());
    ddvs_client::Operator::slow(&mut world.net, 2, 30).unwrap();
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    world.deposit(&uma, 2_000 * COIN);
    for index in 1..=5 {
        let stake = world.stake_message(&uma, &root, 100 * COIN);
        world.send(&uma, &[stake]);
        world.pass(12);
        assert_eq!(world.registry(1, 1).seqno, index);
    }
    ddvs_client::Operator::slow(&mut world.net, 2, 1).unwrap();
    world.settle();
    assert_eq!(world.registry(2, 1).seqno, 5);
    world.check_at_rest();
}
