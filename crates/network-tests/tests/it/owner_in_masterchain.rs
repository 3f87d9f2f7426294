//! Wallets on the masterchain hold no stakes, since gas and storage cost more there. Owners may live there, with a
//! wallet on a workchain.

use ddvs_contracts::{ExitCode, Reason};
use ddvs_network_tests::check::refusals;
use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn masterchain_owner_stakes_unstakes_and_withdraws() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(-1, 0);
    let (root, wallet) = (world.validator(1, 0).root, world.wallet_on(&uma, 0));
    let deposit = wallet.deposit(1_002 * COIN).unwrap();
    world.must(&uma, &[deposit]);
    // exactly the value that the wallet's chain asks for: it comes from the masterchain, which takes its fees on top
    let value = world.change_value(0);
    let stake = wallet.stake(&root, 1_000 * COIN, value, 1).unwrap();
    let tree = world.must(&uma, &[stake]);
    assert!(refusals(tree.transactions()).is_empty());
    let counted = world.counted(&root);
    world.pass(25);
    let unstake = wallet
        .unstake(root.address(), 1_000 * COIN, value, 2)
        .unwrap();
    world.must(&uma, &[unstake]);
    assert_eq!(world.counted(&root), counted - 1_000 * COIN);
    world.pass(90);
    let settle = wallet.settle(root.address(), value, 3).unwrap();
    world.must(&uma, &[settle]);
    let position = wallet.position(&world.net, root.address()).unwrap();
    assert_eq!(position, Default::default());
    let purse = world.balance(uma.address());
    let withdraw = wallet.withdraw(None, COIN, 4).unwrap();
    world.must(&uma, &[withdraw]);
    assert!(world.balance(uma.address()) > purse + 1_000 * COIN);
    assert_eq!(world.balance(wallet.address()), 0);
    world.check_at_rest();
}

#[test]
fn masterchain_wallet_cannot_stake_and_pays_out_its_coins() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(-1, 0);
    let (root, wallet) = (world.validator(1, 0).root, world.wallet(&uma));
    assert_eq!(wallet.address().workchain, -1);
    let deploy = root.deploy_wallet(uma.address(), -1, 10 * COIN, 1).unwrap();
    let tree = world.act(&uma, &[deploy]);
    let refused = Some(ExitCode::WalletInMasterchain.code());
    assert_eq!(tree.exit_code_at(root.address()), refused);
    world.deposit(&uma, 1_000 * COIN);
    let tree = world.stake(&uma, &root, 100 * COIN);
    assert_eq!(tree.exit_code_at(wallet.address()), refused);
    assert_eq!(world.position(&uma, &root), Default::default());
    let purse = world.balance(uma.address());
    let withdraw = wallet.withdraw(None, COIN, 2).unwrap();
    world.must(&uma, &[withdraw]);
    assert!(world.balance(uma.address()) > purse + 1_000 * COIN);
    world.check_at_rest();
}

#[test]
fn rejected_stake_of_a_masterchain_owner_is_released() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(-1, 0);
    let (root, wallet) = (world.validator(1, 0).root, world.wallet_on(&uma, 2));
    let deposit = wallet.deposit(1_002 * COIN).unwrap();
    world.must(&uma, &[deposit]);
    let value = world.change_value(2);
    let stake = wallet.stake(&root, 5 * COIN, value, 1).unwrap();
    let tree = world.act(&uma, &[stake]);
    assert_eq!(
        refusals(tree.transactions()),
        [Reason::BelowMinStake.code()]
    );
    // and one with a Root that does not exist
    let nobody = world.root_on(&world.person(1, 1), 1, 500);
    let stake = wallet.stake(&nobody, 100 * COIN, value, 2).unwrap();
    world.act(&uma, &[stake]);
    let storage = wallet.storage(&world.net).unwrap().unwrap();
    assert!(storage.positions.is_empty() && storage.count == 0);
    world.check_at_rest();
}
