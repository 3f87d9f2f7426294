//! Limits of one wallet: 16 positions, 8 unlocking amounts with one Root, and no amounts of zero.

use ddvs_client::DePoolRoot;
use ddvs_network_tests::world::unlocking;
use ddvs_network_tests::{COIN, Shape, World};

/// The Roots of three chains with six validators each.
fn genesis_roots(world: &World) -> Vec<DePoolRoot> {
    (0..3)
        .flat_map(|chain| (0..6).map(move |index| (chain, index)))
        .map(|(chain, index)| world.validator(chain, index).root)
        .collect()
}

#[test]
fn seventeenth_position_is_refused() {
    let mut world = World::new(&Shape::with_stakes(vec![vec![50_000; 6]; 3]));
    let uma = world.person(0, 0);
    world.deposit(&uma, 1_000 * COIN);
    let wallet = world.wallet(&uma).address().clone();
    let roots = genesis_roots(&world);
    for root in &roots[..16] {
        let tree = world.stake(&uma, root, 10 * COIN);
        assert!(tree.succeeded(), "{tree}");
    }
    let before = world.data_hash(&wallet);
    let tree = world.stake(&uma, &roots[16], 10 * COIN);
    assert_eq!(tree.exit_code_at(&wallet), Some(421));
    assert_eq!(world.data_hash(&wallet), before);
    // more with one of the sixteen is no new position
    let tree = world.stake(&uma, &roots[3], 10 * COIN);
    assert!(tree.succeeded(), "{tree}");
    // leaving one makes room
    world.pass(25);
    world.unstake(&uma, &roots[0], 10 * COIN);
    world.pass(90);
    world.settle_position(&uma, &uma, &roots[0]);
    let tree = world.stake(&uma, &roots[16], 10 * COIN);
    assert!(tree.succeeded(), "{tree}");
    let storage = world.wallet(&uma).storage(&world.net).unwrap().unwrap();
    assert_eq!(storage.positions.iter().count(), 16);
    assert_eq!(storage.held.into_inner(), 170 * COIN);
    world.check_at_rest();
}

#[test]
fn ninth_unlock_with_one_root_is_refused() {
    let mut shape = Shape::default();
    shape.terms.unlock_period = 200;
    let mut world = World::new(&shape);
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    world.deposit_and_stake(&uma, &root, 100 * COIN);
    world.pass(25);
    for count in 1..=8 {
        let tree = world.unstake(&uma, &root, COIN);
        assert!(tree.succeeded(), "{tree}");
        let position = world.position(&uma, &root);
        assert_eq!(position.unlocking.iter().count(), count);
    }
    let wallet = world.wallet(&uma).address().clone();
    let before = world.data_hash(&wallet);
    let tree = world.unstake(&uma, &root, COIN);
    assert_eq!(tree.exit_code_at(&wallet), Some(424));
    assert_eq!(world.data_hash(&wallet), before);
    // once the first is due, a settle makes room
    let first = world.position(&uma, &root).unlocking.keys().next();
    let first = first.unwrap().unwrap();
    // it counted for some seconds more
    while world.now() < first + 10 {
        world.step();
    }
    world.settle_position(&uma, &uma, &root);
    assert_eq!(unlocking(&world.position(&uma, &root)), 7 * COIN);
    let tree = world.unstake(&uma, &root, COIN);
    assert!(tree.succeeded(), "{tree}");
    world.check_at_rest();
}

/// The fullest wallet that there can be, with the least value that is taken, whatever its positions are.
#[test]
fn the_least_value_pays_for_the_fullest_wallet() {
    for chain in [0, 2] {
        let mut shape = Shape::with_stakes(vec![vec![50_000; 6]; 3]);
        shape.terms.unlock_period = 100_000;
        let mut world = World::new(&shape);
        let (uma, bob) = (world.person(chain, 0), world.person(1, 1));
        world.deposit(&uma, 2_000 * COIN);
        world.deposit(&bob, 1_000 * COIN);
        let roots = genesis_roots(&world);
        for root in &roots[..16] {
            let tree = world.stake(&uma, root, 100 * COIN);
            assert!(tree.succeeded(), "{tree}");
        }
        world.pass(25);
        let root = &world.validator(1, 1).root;
        for count in 1..=8 {
            // with every other one the Root is busy with another's stake
            if count % 2 == 0 {
                let stake = world.stake_message(&bob, root, 50 * COIN);
                world.send(&bob, &[stake]);
            }
            let tree = world.unstake(&uma, root, COIN);
            assert!(tree.succeeded(), "{count}: {tree}");
            let position = world.position(&uma, root);
            assert_eq!(position.unlocking.iter().count(), count);
            world.settle();
        }
        // each amount is settled when the Root is slashed
        let evidence = world.double_vote(&world.validator(1, 1).key, 1, 5);
        world.accuse(&bob, 1, &evidence);
        let op_value = world.params(chain).op_value_nano;
        let settle = world
            .wallet(&uma)
            .settle(root.address(), op_value.into(), 9);
        let tree = world.act(&uma, &[settle.unwrap()]);
        assert!(tree.succeeded(), "{tree}");
        let position = world.position(&uma, root);
        assert!(position.settled && position.unlocking.iter().count() == 8);
        world.check_at_rest();
    }
}

#[test]
fn amounts_of_zero_are_refused() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    world.deposit_and_stake(&uma, &root, 100 * COIN);
    let wallet = world.wallet(&uma);
    let before = world.data_hash(wallet.address());
    let tree = world.stake(&uma, &root, 0);
    assert_eq!(tree.exit_code_at(wallet.address()), Some(425));
    let tree = world.unstake(&uma, &root, 0);
    assert_eq!(tree.exit_code_at(wallet.address()), Some(425));
    let none = wallet.withdraw(Some(0), COIN, 1).unwrap();
    let tree = world.act(&uma, &[none]);
    assert_eq!(tree.exit_code_at(wallet.address()), Some(425));
    assert_eq!(world.data_hash(wallet.address()), before);
    // nor can more be staked than is free
    let free = world.free(&uma);
    let tree = world.stake(&uma, &root, free + 1);
    assert_eq!(tree.exit_code_at(wallet.address()), Some(420));
    let tree = world.stake(&uma, &root, free - COIN / 100);
    assert_eq!(tree.exit_code_at(wallet.address()), Some(0));
    world.check_at_rest();
}
