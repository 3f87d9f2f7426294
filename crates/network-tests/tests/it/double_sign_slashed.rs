//! Two conflicting votes remove and slash a validator: the owner's stake first, then the users'.

use ddvs_contracts::storage::KeyEntry;
use ddvs_network_tests::world::unlocking;
use ddvs_network_tests::{COIN, ConsensusKey, Shape, Validator, World};

fn shape(slash_bp: u16) -> Shape {
    let mut shape = Shape::default();
    shape.limits.slash_bp = slash_bp;
    shape
}

fn key_entry(world: &World, chain: i8, key: &ConsensusKey) -> Option<KeyEntry> {
    world.registry(chain, chain).keys.get(key.public()).unwrap()
}

fn treasury(world: &World, chain: i8) -> u128 {
    world.storage(chain).treasury.into_inner()
}

/// Nora with 10,000 of her own and Uma, on another chain, with 30,000 of which 6,000 unlock.
fn pool(world: &mut World) -> Validator {
    let (nora, uma) = (world.person(1, 0), world.person(0, 0));
    let nora = world.join(&nora, 10_000 * COIN);
    world.deposit_and_stake(&uma, &nora.root, 30_000 * COIN);
    world.pass(25);
    world.unstake(&uma, &nora.root, 6_000 * COIN);
    nora
}

#[test]
fn the_owner_pays_first_and_alone_if_that_is_enough() {
    let mut world = World::new(&shape(2_000));
    let nora = pool(&mut world);
    let (uma, walter) = (world.person(0, 0), world.person(2, 0));
    assert!(world.in_set(1, &nora.key) && world.in_set(-1, &nora.key));
    let evidence = world.double_vote(&nora.key, -1, 1_000);
    let tree = world.accuse(&walter, 1, &evidence);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.entry(&nora.root), None);
    for chain in world.chains() {
        assert!(!world.in_set(chain, &nora.key), "chain {chain}");
    }
    assert!(key_entry(&world, 1, &nora.key).unwrap().is_removed());

    // 20 % of 40,000 are 8,000: Nora has 10,000
    let state = world.root_state(&nora.root);
    assert_eq!(state.owner_active.into_inner(), 2_000 * COIN);
    assert_eq!(state.users_active.into_inner(), 24_000 * COIN);
    assert_eq!(state.users_unlocking.into_inner(), 6_000 * COIN);
    assert_eq!(state.counted.into_inner(), 0);

    // the treasury gets what wallets settle, to the nano
    assert_eq!(treasury(&world, 1), 0);
    world.settle_position(&walter, &nora.owner, &nora.root);
    assert_eq!(treasury(&world, 1), 8_000 * COIN);
    world.settle_position(&walter, &uma, &nora.root);
    assert_eq!(treasury(&world, 1), 8_000 * COIN);
    let position = world.position(&nora.owner, &nora.root);
    assert_eq!(position.staked_nano(), 2_000 * COIN);
    assert_eq!(
        world.position(&uma, &nora.root).staked_nano(),
        24_000 * COIN
    );
    // once
    world.settle_position(&walter, &nora.owner, &nora.root);
    assert_eq!(treasury(&world, 1), 8_000 * COIN);
    world.check_at_rest();
}

#[test]
fn users_pay_the_rest_and_unlocking_coins_are_slashed_too() {
    let mut world = World::new(&shape(5_000));
    let nora = pool(&mut world);
    let (uma, walter) = (world.person(0, 0), world.person(2, 0));
    let evidence = world.double_vote(&nora.key, -1, 1_000);
    world.accuse(&walter, 1, &evidence);
    // 50 % of 40,000 are 20,000: 10,000 from Nora, 10,000 of Uma's 30,000
    let state = world.root_state(&nora.root);
    assert_eq!(state.owner_active.into_inner(), 0);
    assert_eq!(state.users_active.into_inner(), 16_000 * COIN);
    assert_eq!(state.users_unlocking.into_inner(), 4_000 * COIN);
    world.settle_position(&walter, &nora.owner, &nora.root);
    assert_eq!(treasury(&world, 1), 10_000 * COIN);
    world.settle_position(&walter, &uma, &nora.root);
    assert_eq!(treasury(&world, 1), 20_000 * COIN);
    let position = world.position(&uma, &nora.root);
    assert_eq!(position.staked_nano(), 16_000 * COIN);
    assert_eq!(unlocking(&position), 4_000 * COIN);
    // a removed pool lets all go, whatever the lock
    world.unstake(&uma, &nora.root, 16_000 * COIN);
    world.pass(75);
    world.settle_position(&uma, &uma, &nora.root);
    assert!(world.free(&uma) >= 20_000 * COIN);
    assert_eq!(world.position(&uma, &nora.root), Default::default());
    assert_eq!(treasury(&world, 1), 20_000 * COIN);
    world.check_at_rest();
}

/// Nora leaves with all of her stake; returns when.
fn leave(world: &mut World, nora: &Validator) -> u32 {
    world.pass(25);
    let tree = world.unstake(&nora.owner, &nora.root, 10_000 * COIN);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.counted(&nora.root), 0);
    assert!(!world.in_set(1, &nora.key));
    world
        .entry(&nora.root)
        .expect("it can still be blamed")
        .since
}

#[test]
fn a_key_that_left_inside_the_window_is_slashed() {
    let mut world = World::new(&shape(5_000));
    let (nora, walter) = (world.person(1, 0), world.person(2, 0));
    let nora = world.join(&nora, 10_000 * COIN);
    let left_at = leave(&mut world, &nora);
    while world.now() < left_at + 50 {
        world.step();
    }
    let evidence = world.double_vote(&nora.key, 1, 7);
    let tree = world.accuse(&walter, 1, &evidence);
    assert!(tree.succeeded(), "{tree}");
    assert!(key_entry(&world, 1, &nora.key).unwrap().is_removed());
    let state = world.root_state(&nora.root);
    assert_eq!(state.owner_unlocking.into_inner(), 5_000 * COIN);
    // the coins were still there: the unlock period is longer than the window
    assert_eq!(
        unlocking(&world.position(&nora.owner, &nora.root)),
        10_000 * COIN
    );
    world.pass(30);
    let free = world.free(&nora.owner);
    world.settle_position(&nora.owner, &nora.owner, &nora.root);
    assert!(world.free(&nora.owner) - free <= 5_000 * COIN + COIN);
    assert_eq!(treasury(&world, 1), 5_000 * COIN);
    world.check_at_rest();
}

#[test]
fn key_that_left_before_the_evidence_window_is_not_slashed() {
    let mut world = World::new(&shape(5_000));
    let (nora, walter) = (world.person(1, 0), world.person(2, 0));
    let nora = world.join(&nora, 10_000 * COIN);
    let left_at = leave(&mut world, &nora);
    while world.now() <= left_at + 60 {
        world.step();
    }
    let evidence = world.double_vote(&nora.key, 1, 7);
    let tree = world.accuse(&walter, 1, &evidence);
    let delector = world.delector(1).address().clone();
    assert_eq!(tree.exit_code_at(&delector), Some(465));
    assert!(!world.root_state(&nora.root).is_removed());
    world.pass(20);
    world.settle_position(&nora.owner, &nora.owner, &nora.root);
    assert!(world.free(&nora.owner) >= 10_000 * COIN);
    assert_eq!(treasury(&world, 1), 0);
    world.check_at_rest();
}
