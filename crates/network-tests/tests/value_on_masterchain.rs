//! A wallet in the masterchain, where gas is dearer, stakes with a Root in a workchain and comes back out.

use ddvs_contracts::messages::Lock;
use ddvs_network_tests::check::{received, refusals};
use ddvs_network_tests::world::unlocking;
use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn the_whole_life_of_a_stake() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(-1, 0);
    let (root, wallet) = (world.validator(1, 0).root, world.wallet(&uma));
    assert_eq!(wallet.address().workchain, -1);
    assert!(world.change_value(-1) > world.change_value(0));
    world.deposit(&uma, 1_000 * COIN);
    // exactly the value that the masterchain's param 200 asks for
    let tree = world.stake(&uma, &root, 1_000 * COIN);
    assert!(tree.succeeded(), "{tree}");
    let locks: Vec<Lock> = received(tree.transactions_of(wallet.address()));
    assert_eq!(locks.len(), 1);
    let position = world.position(&uma, &root);
    assert_eq!(position.staked.into_inner(), 1_000 * COIN);
    assert_eq!(position.pending.into_inner(), 0);
    assert_eq!(world.counted(&root), 101_000 * COIN);

    world.pass(25);
    let tree = world.unstake(&uma, &root, 400 * COIN);
    assert!(tree.succeeded(), "{tree}");
    assert!(refusals(tree.transactions()).is_empty());
    assert_eq!(unlocking(&world.position(&uma, &root)), 400 * COIN);
    world.pass(75);
    let op = u128::from(world.params(-1).op_value_nano);
    let settle = wallet.settle(root.address(), op, 1).unwrap();
    let tree = world.act(&uma, &[settle]);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(unlocking(&world.position(&uma, &root)), 0);
    assert!(world.free(&uma) >= 400 * COIN);
    let purse = world.balance(uma.address());
    let withdraw = wallet.withdraw(Some(400 * COIN), 2 * COIN, 2).unwrap();
    world.must(&uma, &[withdraw]);
    assert!(world.balance(uma.address()) > purse + 399 * COIN);
    world.check_at_rest();
}

#[test]
fn one_nano_less_is_refused_there() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(-1, 0);
    let (root, wallet) = (world.validator(1, 0).root, world.wallet(&uma));
    world.deposit(&uma, 1_000 * COIN);
    let value = world.change_value(-1) - 1;
    let before = world.data_hash(wallet.address());
    let stake = wallet.stake(&root, 1_000 * COIN, value, 1).unwrap();
    let tree = world.act(&uma, &[stake]);
    assert_eq!(tree.exit_code_at(wallet.address()), Some(406));
    assert_eq!(world.data_hash(wallet.address()), before);
    world.check_at_rest();
}

#[test]
fn a_rejected_stake_comes_back_there() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(-1, 0);
    let root = world.validator(1, 0).root;
    world.deposit(&uma, 1_000 * COIN);
    let free = world.free(&uma);
    let tree = world.stake(&uma, &root, 5 * COIN);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(refusals(tree.transactions()), [32]);
    assert_eq!(world.position(&uma, &root), Default::default());
    assert!(world.free(&uma) + COIN / 10 >= free);
    // and one with a Root that does not exist
    let nobody = world.root_on(&world.person(1, 1), 1, 500);
    world.stake(&uma, &nobody, 100 * COIN);
    assert_eq!(world.position(&uma, &nobody), Default::default());
    world.check_at_rest();
}

#[test]
fn a_slash_is_settled_there() {
    let mut world = World::new(&Shape::default());
    let (uma, walter) = (world.person(-1, 0), world.person(2, 0));
    let nora = world.person(1, 0);
    let nora = world.join(&nora, 10_000 * COIN);
    world.deposit_and_stake(&uma, &nora.root, 30_000 * COIN);
    let evidence = world.double_vote(&nora.key, 1, 1);
    world.accuse(&walter, 1, &evidence);
    let tree = world.settle_position(&uma, &uma, &nora.root);
    assert!(tree.succeeded(), "{tree}");
    let position = world.position(&uma, &nora.root);
    // half of 40,000: 10,000 from Nora, 10,000 from Uma
    assert_eq!(position.staked.into_inner(), 20_000 * COIN);
    assert_eq!(world.storage(1).treasury.into_inner(), 10_000 * COIN);
    world.check_at_rest();
}
