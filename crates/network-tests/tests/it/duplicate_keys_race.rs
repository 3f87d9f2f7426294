//! Two chains register one key in the same round: both accept it, and the masterchain's set holds it once.

use ddvs_network_tests::{COIN, ConsensusKey, Shape, Validator, World};

/// One key on chain 0 with 20,000 and on chain 1 with 30,000.
fn race(world: &mut World) -> (ConsensusKey, [Validator; 2]) {
    let key = world.key("twice");
    let validators = [0, 1].map(|chain| {
        let owner = world.person(chain, 0);
        let root = world.root_of(&owner, 100);
        world.open_root(&owner, &root, &key);
        world.deposit(&owner, 40_000 * COIN);
        Validator {
            owner,
            key: key.clone(),
            root,
        }
    });
    for (validator, stake) in validators.iter().zip([20_000, 30_000]) {
        let stake = world.stake_message(&validator.owner, &validator.root, stake * COIN);
        world.send(&validator.owner, &[stake]);
    }
    world.settle();
    (key, validators)
}

/// The masterchain's set is what the getter computes from the registries.
#[track_caller]
fn check_main_set(world: &World) {
    world.check_set_computed(-1);
}

#[test]
fn both_registrations_are_accepted_and_the_lower_chain_holds_the_key() {
    let mut world = World::new(&Shape::default());
    let (key, [lower, higher]) = race(&mut world);
    assert_eq!(world.counted(&lower.root), 20_000 * COIN);
    assert_eq!(world.counted(&higher.root), 30_000 * COIN);
    assert_eq!(world.weight(0, &key), Some(20_000));
    assert_eq!(world.weight(1, &key), Some(30_000));
    assert_eq!(world.weight(-1, &key), Some(20_000));
    check_main_set(&world);
    world.check_at_rest();

    // stakes of the one that does not stand for it change nothing there
    world.deposit_and_stake(&higher.owner, &higher.root, 5_000 * COIN);
    assert_eq!(world.weight(-1, &key), Some(20_000));
    check_main_set(&world);
    // when the lower one leaves, the other takes over
    world.pass(25);
    world.unstake(&lower.owner, &lower.root, 20_000 * COIN);
    assert_eq!(world.counted(&lower.root), 0);
    assert_eq!(world.weight(-1, &key), Some(35_000));
    check_main_set(&world);
    // and gives way when it returns
    let tree = world.stake(&lower.owner, &lower.root, 15_000 * COIN);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.weight(-1, &key), Some(15_000));
    check_main_set(&world);
    world.check_at_rest();
}

#[test]
fn higher_chain_takes_over_when_the_lower_one_changes_its_key() {
    let mut world = World::new(&Shape::default());
    let (key, [lower, _]) = race(&mut world);
    let own = world.key("own");
    let register = world.register_message(&lower.root, &own);
    world.must(&lower.owner, &[register]);
    assert_eq!(world.weight(-1, &own), Some(20_000));
    assert_eq!(world.weight(-1, &key), Some(30_000));
    check_main_set(&world);
    world.check_at_rest();
}

#[test]
fn a_key_removed_on_one_chain_is_active_on_none() {
    let mut world = World::new(&Shape::default());
    let (key, [lower, higher]) = race(&mut world);
    let walter = world.person(2, 0);
    let evidence = world.double_vote(&key, -1, 9);
    world.accuse(&walter, 0, &evidence);
    assert_eq!(world.entry(&lower.root), None);
    assert_eq!(world.weight(-1, &key), None);
    check_main_set(&world);
    // each chain's own registry judges for itself: the evidence goes there too
    assert_eq!(world.counted(&higher.root), 30_000 * COIN);
    world.accuse(&walter, 1, &evidence);
    assert_eq!(world.entry(&higher.root), None);
    assert_eq!(world.weight(1, &key), None);
    assert!(world.root_state(&higher.root).is_removed());
    check_main_set(&world);
    world.check_at_rest();
}

#[test]
fn retired_key_removed_on_one_chain_is_active_on_none() {
    let mut world = World::new(&Shape::default());
    let (key, [lower, higher]) = race(&mut world);
    let (walter, own) = (world.person(2, 0), world.key("own"));
    let register = world.register_message(&lower.root, &own);
    world.must(&lower.owner, &[register]);
    assert_eq!(world.weight(-1, &key), Some(30_000));
    // the key that chain 0 retired is removed there: chain 1's Root must not validate with it either
    let evidence = world.double_vote(&key, -1, 9);
    world.accuse(&walter, 0, &evidence);
    let entry = world.registry(0, 0).keys.get(key.public()).unwrap();
    assert!(entry.unwrap().is_removed());
    assert_eq!(world.counted(&higher.root), 30_000 * COIN);
    assert_eq!(world.weight(-1, &key), None);
    check_main_set(&world);
    world.check_at_rest();
}
