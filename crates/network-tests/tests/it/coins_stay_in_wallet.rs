//! At every block the staked coins are in the DePool Wallet's balance only.

use ddvs_network_tests::world::unlocking;
use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn coins_do_not_move_from_deposit_to_release() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    let wallet = world.wallet(&uma).address().clone();
    let amount = 5_000 * COIN;
    world.deposit(&uma, amount);
    let deposited = world.balance(&wallet);
    let root_before = world.balance(root.address());
    let delector_before = world.balance(world.delector(1).address());

    let stake = world.stake_message(&uma, &root, amount);
    let hash = world.send(&uma, &[stake]);
    let mut seen_pending = false;
    while !world.follow_within(hash, 1).is_settled() {
        world.check_wallet(&uma);
        assert!(world.balance(&wallet) >= amount);
        let position = world.position(&uma, &root);
        seen_pending |= position.pending.into_inner() == amount;
        let sum = position.pending.into_inner() + position.staked_nano();
        assert!(sum == 0 || sum == amount);
    }
    assert!(seen_pending, "it was seen on its way");
    // neither the Root nor the D'Elector has come to hold any of it
    assert!(world.balance(root.address()).abs_diff(root_before) < COIN);
    let delector = world.balance(world.delector(1).address());
    assert!(delector.abs_diff(delector_before) < 20 * COIN);
    assert!(world.balance(&wallet).abs_diff(deposited) < COIN / 10);
    assert!(world.free(&uma) < 2 * COIN);

    world.pass(25);
    world.unstake(&uma, &root, amount);
    assert_eq!(unlocking(&world.position(&uma, &root)), amount);
    assert!(world.balance(&wallet) >= amount);
    world.check_wallet(&uma);
    world.pass(75);
    world.settle_position(&uma, &uma, &root);
    assert!(world.free(&uma) >= amount);
    world.check_at_rest();
}

#[test]
fn held_coins_cannot_be_staked_twice_or_withdrawn() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let (one, other) = (world.validator(1, 0).root, world.validator(2, 0).root);
    world.deposit_and_stake(&uma, &one, 1_000 * COIN);
    let wallet = world.wallet(&uma);
    let tree = world.stake(&uma, &other, 1_000 * COIN);
    assert_eq!(tree.exit_code_at(wallet.address()), Some(420));
    let withdraw = wallet.withdraw(Some(1_000 * COIN), COIN, 1).unwrap();
    let tree = world.act(&uma, &[withdraw]);
    assert_eq!(tree.exit_code_at(wallet.address()), Some(420));
    // without an amount only what is free leaves
    let all = wallet.withdraw(None, COIN, 2).unwrap();
    world.must(&uma, &[all]);
    assert_eq!(world.position(&uma, &one).staked_nano(), 1_000 * COIN);
    assert!(world.balance(wallet.address()) >= 1_000 * COIN);
    assert_eq!(world.free(&uma), 0);
    // others cannot give orders
    let mallory = world.person(0, 1);
    let steal = wallet.withdraw(Some(1), COIN, 3).unwrap();
    let tree = world.act(&mallory, &[steal]);
    assert_eq!(tree.exit_code_at(wallet.address()), Some(401));
    world.check_at_rest();
}
