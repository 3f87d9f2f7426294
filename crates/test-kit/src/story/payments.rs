//! Payments between owners, and values that do not reach their aim.

use ddvs_client::{Live, MessageStatus, Outgoing};
use ddvs_contracts::ExitCode;
use ddvs_types::COIN;

use super::refused;
use crate::{Validator, World};

/// Uma pays Ivan on another chain, and then signs two payments with one number: one of them is dropped.
pub(super) fn owners_pay(world: &mut World) {
    let (uma, ivan) = (world.person(0, 0), world.person(1, 1));
    let pay = |coins: u128| Outgoing::transfer(ivan.address().clone(), coins * COIN);
    let purse = world.balance(ivan.address());
    world.must(&uma, &[pay(3)]);
    let first = world.send(&uma, &[pay(4)]);
    let second = world.send(&uma, &[pay(5)]);
    world.follow(first);
    world.settle();
    let status = world.net.message_status(&second);
    let status = status.expect("the network answers");
    assert!(matches!(status, MessageStatus::Dropped(_)), "{status:?}");
    assert!(world.balance(ivan.address()) > purse + 6 * COIN);
}

/// Olga opens a wallet, and takes all coins out of it.
pub(super) fn wallet_is_emptied(world: &mut World) {
    let olga = world.person(2, 2);
    world.deposit(&olga, 50 * COIN);
    let (wallet, id) = (world.wallet(&olga), world.query_id());
    let withdraw = wallet.withdraw(None, COIN, id);
    world.must(&olga, &[withdraw.expect("a withdrawal can be encoded")]);
    assert_eq!(world.balance(wallet.address()), 0);
}

/// Uma stakes with one nano too little attached, and then with a Root that was never deployed: the request bounces.
pub(super) fn too_little_and_in_vain(world: &mut World, nora: &Validator) {
    let uma = world.person(0, 0);
    let (wallet, id) = (world.wallet(&uma), world.query_id());
    let value = world.change_value(0) - 1;
    let poor = wallet.stake(&nora.root, 20 * COIN, value, id);
    let poor = poor.expect("a stake can be encoded");
    refused(world, &uma, poor, ExitCode::TooLittleValue);

    let nobody = world.root_on(&uma, 1, 4_711);
    let tree = world.stake(&uma, &nobody, 20 * COIN);
    let mut own = tree.transactions_of(wallet.address());
    let has_bounced = own.any(|transaction| transaction.in_message.is_bounced);
    assert!(has_bounced, "{tree}");
    assert_eq!(world.position(&uma, &nobody), Default::default());
}
