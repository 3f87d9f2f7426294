//! A Root accepts only wallets whose address follows from the owner that they name.

use ddvs_client::DePoolWallet;
use ddvs_contracts::ExitCode;
use ddvs_contracts::messages::{ConfirmStake, Lock, Release, RequestRelease, RequestUnstake};
use ddvs_network_tests::{COIN, Person, Shape, World};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

const VALUE: u128 = 20 * COIN;

#[track_caller]
fn refused(
    world: &mut World,
    who: &Person,
    to: &StdAddr,
    body: &impl ddvs_contracts::Message,
    code: ExitCode,
) {
    let before = world.data_hash(to);
    let tree = world.act(who, &[World::message(to, body, VALUE)]);
    assert_eq!(tree.exit_code_at(to), Some(code.code()), "{tree}");
    assert_eq!(world.data_hash(to), before);
}

#[test]
fn confirm_unstake_and_release_are_refused_from_strangers() {
    let mut world = World::new(&Shape::default());
    let (mallory, uma) = (world.person(1, 0), world.person(1, 1));
    let root = world.validator(1, 0).root;
    world.deposit_and_stake(&uma, &root, 1_000 * COIN);
    let to = root.address().clone();
    for owner in [mallory.address(), uma.address()] {
        let confirm = ConfirmStake {
            query_id: 1,
            amount: Tokens::new(1_000_000 * COIN),
            owner: owner.clone(),
        };
        refused(
            &mut world,
            &mallory,
            &to,
            &confirm,
            ExitCode::NotAuthenticWallet,
        );
        let unstake = RequestUnstake {
            query_id: 1,
            amount: Tokens::new(COIN),
            owner: owner.clone(),
            lock_until: 0,
            settled: false,
        };
        refused(
            &mut world,
            &mallory,
            &to,
            &unstake,
            ExitCode::NotAuthenticWallet,
        );
        let release = RequestRelease {
            query_id: 1,
            amount: Tokens::new(COIN),
            owner: owner.clone(),
            settled: false,
            payer: mallory.address().clone(),
        };
        refused(
            &mut world,
            &mallory,
            &to,
            &release,
            ExitCode::NotAuthenticWallet,
        );
    }
    world.check_at_rest();
}

#[test]
fn a_wallet_of_another_network_is_not_believed() {
    let mut world = World::new(&Shape::default());
    let mallory = world.person(1, 0);
    let root = world.validator(1, 0).root.address().clone();
    let mut network = world.network.clone();
    network.genesis.0[0] ^= 1;
    let wallet = DePoolWallet::new(&network, 1, mallory.address()).unwrap();
    world.must(&mallory, &[wallet.deposit(10 * COIN).unwrap()]);
    let before = world.data_hash(&root);
    let confirm = ConfirmStake {
        query_id: 1,
        amount: Tokens::new(1_000 * COIN),
        owner: mallory.address().clone(),
    };
    world.inject(wallet.address(), &root, &confirm);
    world.settle();
    assert_eq!(world.data_hash(&root), before);
}

#[test]
fn a_wallet_believes_only_roots_that_it_asked() {
    let mut world = World::new(&Shape::default());
    let (mallory, uma) = (world.person(1, 0), world.person(1, 1));
    let (root, other) = (world.validator(1, 0).root, world.validator(1, 1).root);
    world.deposit_and_stake(&uma, &root, 1_000 * COIN);
    let wallet = world.wallet(&uma).address().clone();
    let release = Release {
        query_id: 1,
        amount: Tokens::new(1_000 * COIN),
        price: None,
        payer: mallory.address().clone(),
    };
    refused(
        &mut world,
        &mallory,
        &wallet,
        &release,
        ExitCode::UnexpectedAnswer,
    );
    let lock = Lock {
        query_id: 1,
        amount: Tokens::new(COIN),
        lock_until: 0,
    };
    refused(
        &mut world,
        &mallory,
        &wallet,
        &lock,
        ExitCode::UnexpectedAnswer,
    );
    // another Root has no position here, and the one that has was not asked
    let before = world.data_hash(&wallet);
    world.inject(other.address(), &wallet, &release);
    world.inject(root.address(), &wallet, &release);
    world.inject(root.address(), &wallet, &lock);
    world.settle();
    assert_eq!(world.data_hash(&wallet), before);
}
