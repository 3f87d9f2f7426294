//! The way out: lock, partial unstake, unlock period, release, withdrawal to the owner.

use ddvs_contracts::messages::{RefuseRelease, Unlock};
use ddvs_network_tests::check::received;
use ddvs_network_tests::world::unlocking;
use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn stake_is_unstaked_unlocked_released_and_withdrawn() {
    let mut world = World::new(&Shape::default());
    let (uma, walter) = (world.person(0, 0), world.person(0, 1));
    let root = world.validator(1, 0).root;
    world.deposit_and_stake(&uma, &root, 3_000 * COIN);
    let counted = world.counted(&root);
    world.pass(25);
    let tree = world.unstake(&uma, &root, 1_000 * COIN);
    let wallet = world.wallet(&uma);
    let unlocks: Vec<Unlock> = received(tree.transactions_of(wallet.address()));
    assert_eq!(unlocks.len(), 1);
    let position = world.position(&uma, &root);
    assert_eq!(position.staked_nano(), 2_000 * COIN);
    let times: Vec<_> = position.unlocking.iter().map(Result::unwrap).collect();
    assert_eq!(times.len(), 1);
    assert_eq!(times[0].0, unlocks[0].release_at);
    assert_eq!(world.counted(&root), counted - 1_000 * COIN);
    let state = world.root_state(&root);
    assert_eq!(state.users_active.into_inner(), 2_000 * COIN);
    assert_eq!(state.users_unlocking.into_inner(), 1_000 * COIN);

    // too early: nothing is due, and nothing can be withdrawn
    let free = world.free(&uma);
    world.settle_position(&walter, &uma, &root);
    assert_eq!(unlocking(&world.position(&uma, &root)), 1_000 * COIN);
    let early = wallet.withdraw(Some(1_000 * COIN), COIN, 1).unwrap();
    let tree = world.act(&uma, &[early]);
    assert_eq!(tree.exit_code_at(wallet.address()), Some(420));

    while world.now() < unlocks[0].release_at {
        world.step();
    }
    // the coins counted for some seconds more, and stay as long
    let tree = world.settle_position(&walter, &uma, &root);
    let refused: Vec<RefuseRelease> = received(tree.transactions_of(wallet.address()));
    let until = refused[0].until.expect("it tells the time");
    assert!((1..15).contains(&(until - unlocks[0].release_at)));
    assert_eq!(unlocking(&world.position(&uma, &root)), 1_000 * COIN);
    while world.now() < until {
        world.step();
    }
    // anyone may settle; who pays gets the leftover
    world.settle_position(&walter, &uma, &root);
    let position = world.position(&uma, &root);
    assert!(position.unlocking.is_empty());
    assert_eq!(position.releasing.into_inner(), 0);
    assert_eq!(position.staked_nano(), 2_000 * COIN);
    assert!(world.free(&uma) >= free + 999 * COIN);
    assert_eq!(world.root_state(&root).users_unlocking.into_inner(), 0);

    let before = world.balance(uma.address());
    let withdraw = wallet.withdraw(Some(1_000 * COIN), COIN, 2).unwrap();
    world.must(&uma, &[withdraw]);
    let received = world.balance(uma.address()) - before;
    assert!(
        received > 999 * COIN && received < 1_000 * COIN,
        "{received}"
    );
    world.check_at_rest();
}

#[test]
fn the_owner_may_live_on_another_chain_than_the_wallet() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    let wallet = world.wallet_on(&uma, 2);
    let deposit = wallet.deposit(1_001 * COIN).unwrap();
    world.must(&uma, &[deposit]);
    let value = world.change_value(2);
    let stake = wallet.stake(&root, 1_000 * COIN, value, 1).unwrap();
    world.must(&uma, &[stake]);
    let position = wallet.position(&world.net, root.address()).unwrap();
    assert_eq!(position.staked_nano(), 1_000 * COIN);
    world.pass(25);
    let out = wallet
        .unstake(root.address(), 1_000 * COIN, value, 2)
        .unwrap();
    world.must(&uma, &[out]);
    world.pass(90);
    let settle = wallet.settle(root.address(), value, 3).unwrap();
    world.must(&uma, &[settle]);
    let position = wallet.position(&world.net, root.address()).unwrap();
    assert_eq!(position, Default::default());
    let before = world.balance(uma.address());
    let withdraw = wallet.withdraw(None, COIN, 4).unwrap();
    world.must(&uma, &[withdraw]);
    assert!(world.balance(uma.address()) > before + 999 * COIN);
    world.check_at_rest();
}
