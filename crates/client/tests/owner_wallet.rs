//! The standard wallet: deployed by its first message, guarded against replay, expiry, other keys
//! and other chains.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use ddvs_client::owner::{MAX_MESSAGES, exit};
use ddvs_client::{
    Backend, ClientError, FollowLimits, Live, MASTERCHAIN, Outgoing, OwnerWallet, Refusal, SendMode,
};
use ddvs_test_kit::puppets::{addr, assert_conserved};
use ddvs_test_kit::wallets::*;
use ddvs_types::COIN;
use tycho_types::cell::Cell;
use tycho_types::models::AccountStatus;

fn later(network: &impl Backend) -> u32 {
    (network.now_ms().unwrap() / 1000) as u32 + 600
}

#[test]
fn one_key_has_another_address_on_each_chain_and_network() {
    let addresses = [
        wallet(0, 1),
        wallet(1, 1),
        wallet(MASTERCHAIN, 1),
        wallet(0, 2),
    ]
    .map(|wallet| wallet.address().address);
    let other_network = OwnerWallet::new([1; 32], 0, NETWORK_ID + 1).unwrap();
    let mut all = addresses.to_vec();
    all.push(other_network.address().address);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 5);
}

#[test]
fn the_wallet_id_of_the_public_network_is_the_published_one() {
    // Published for W5R1, number 0: workchain 0 of mainnet (-239) and testnet (-3).
    assert_eq!(ddvs_client::owner::wallet_id(-239, 0), 2_147_483_409);
    assert_eq!(ddvs_client::owner::wallet_id(-3, 0), 2_147_483_645);
}

#[test]
fn first_message_deploys_the_wallet_and_reaches_another_chain() {
    let mut network = network();
    let (alice, bob) = (wallet(0, 1), wallet(1, 2));
    let before = network.account(alice.address()).unwrap();
    assert_eq!(before.status(), AccountStatus::Uninit);

    let transfer = Outgoing::transfer(bob.address().clone(), 7 * COIN);
    let tree = alice
        .send_and_follow(&mut network, &[transfer], FollowLimits::default())
        .unwrap();
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(tree.nodes.len(), 2);
    assert_eq!(
        network.account(alice.address()).unwrap().status(),
        AccountStatus::Active
    );
    let arrived = tree.transactions_of(bob.address()).next().unwrap();
    assert_eq!(arrived.in_message.value_nano, 7 * COIN);
    // Less a little for storage.
    let balance_nano = network.account(bob.address()).unwrap().balance_nano;
    assert!(
        (107 * COIN - 100..=107 * COIN).contains(&balance_nano),
        "{balance_nano}"
    );
    assert_conserved(&network.network());

    // The second one needs no state.
    let back = Outgoing::transfer(alice.address().clone(), COIN);
    let tree = bob
        .send_and_follow(&mut network, &[back], FollowLimits::default())
        .unwrap();
    assert!(tree.succeeded(), "{tree}");
    let account = network.account(bob.address()).unwrap();
    assert_eq!(bob.next_seqno(&account).unwrap(), (1, false));
}

#[test]
fn getters_run_on_fetched_state() {
    let mut network = network();
    let alice = wallet(0, 1);
    let seqno = |network: &dyn Backend| {
        let output = network
            .get_method(alice.address(), "seqno", vec![])
            .unwrap();
        assert_eq!(output.stack.len(), 1);
        u32::try_from(output.stack[0].as_int().unwrap()).unwrap()
    };
    let refused = network
        .get_method(alice.address(), "seqno", vec![])
        .unwrap_err();
    assert_eq!(
        refused.refusal(),
        Some(&Refusal::NotActive(alice.address().clone()))
    );

    for expected in 1..=3 {
        let nothing = Outgoing::transfer(alice.address().clone(), COIN);
        alice
            .send_and_follow(&mut network, &[nothing], FollowLimits::default())
            .unwrap();
        assert_eq!(seqno(&network), expected);
    }
    let key = network
        .get_method(alice.address(), "get_public_key", vec![])
        .unwrap();
    let expected =
        num_bigint::BigInt::from_bytes_be(num_bigint::Sign::Plus, alice.public_key().as_slice());
    assert_eq!(key.stack[0].as_int(), Some(&expected));
    let unknown = network
        .get_method(alice.address(), "no_such_method", vec![])
        .unwrap_err();
    assert_eq!(unknown.exit_code(), Some(11));
}

fn refused_with(result: Result<impl std::fmt::Debug, ClientError>) -> i32 {
    let error = result.unwrap_err();
    assert!(
        matches!(error.refusal(), Some(Refusal::NotAccepted { .. })),
        "{error}"
    );
    error.exit_code().unwrap()
}

#[test]
fn replayed_expired_early_and_misplaced_messages_are_refused() {
    let mut network = network();
    let alice = wallet(0, 1);
    let transfer = [Outgoing::transfer(wallet(0, 2).address().clone(), COIN)];
    let valid_until = later(&network);
    let first = alice
        .build_external(0, valid_until, true, &transfer)
        .unwrap();
    network.send(first.clone()).unwrap();
    while network.account(alice.address()).unwrap().code().is_none() {
        network.next_block().unwrap();
    }
    assert_eq!(refused_with(network.send(first)), exit::SEQNO);
    let early = alice
        .build_external(2, valid_until, false, &transfer)
        .unwrap();
    assert_eq!(refused_with(network.send(early)), exit::SEQNO);
    let now = (network.now_ms().unwrap() / 1000) as u32;
    let expired = alice.build_external(1, now - 1, false, &transfer).unwrap();
    assert_eq!(refused_with(network.send(expired)), exit::EXPIRED);

    // A request for the same key's wallet on another chain, and one by another key: both are put
    // into an envelope for this wallet.
    for (signer, code) in [
        (wallet(1, 1), exit::WALLET_ID),
        (wallet(0, 2), exit::SIGNATURE),
    ] {
        let foreign = signer
            .build_external(1, valid_until, false, &transfer)
            .unwrap();
        let misplaced = readdress(&foreign, &alice);
        assert_eq!(refused_with(network.send(misplaced)), code);
    }
    assert_conserved(&network.network());
}

/// The same body in an external message to another wallet.
fn readdress(message: &Cell, to: &OwnerWallet) -> Cell {
    use tycho_types::cell::{CellBuilder, Load};
    use tycho_types::models::{MsgInfo, OwnedMessage};
    let mut message = OwnedMessage::load_from(&mut message.as_slice().unwrap()).unwrap();
    let MsgInfo::ExtIn(info) = &mut message.info else {
        panic!("not an external message")
    };
    info.dst = to.address().clone().into();
    message.layout = None;
    CellBuilder::build_from(message).unwrap()
}

#[test]
fn a_request_carries_up_to_255_messages_in_order() {
    let mut network = network();
    let alice = wallet(0, 1);
    let to = addr(0, 1);
    let messages: Vec<_> = (0..MAX_MESSAGES as u128)
        .map(|n| Outgoing::transfer(to.clone(), COIN / 100 + n))
        .collect();
    let tree = alice
        .send_and_follow(&mut network, &messages, FollowLimits::default())
        .unwrap();
    assert!(tree.succeeded(), "{tree}");
    let values: Vec<_> = tree
        .transactions_of(&to)
        .map(|t| t.in_message.value_nano)
        .collect();
    assert_eq!(values, (0..255).map(|n| COIN / 100 + n).collect::<Vec<_>>());

    let more = vec![messages[0].clone(); MAX_MESSAGES + 1];
    let refused = alice.send(&network, &more).unwrap_err();
    assert_eq!(
        refused.refusal(),
        Some(&Refusal::TooManyMessages {
            found: 256,
            limit: 255
        })
    );
}

#[test]
fn message_beyond_the_balance_is_skipped_and_uses_up_the_seqno() {
    let mut network = network();
    let alice = wallet(0, 1);
    let much = Outgoing::transfer(addr(0, 1), 1_000 * COIN);
    let tree = alice
        .send_and_follow(&mut network, &[much], FollowLimits::default())
        .unwrap();
    assert_eq!(tree.nodes.len(), 1);
    let account = network.account(alice.address()).unwrap();
    assert_eq!(alice.next_seqno(&account).unwrap(), (1, false));

    let rest = Outgoing {
        mode: SendMode::ALL_BALANCE,
        ..Outgoing::transfer(addr(0, 1), 0)
    };
    let tree = alice
        .send_and_follow(&mut network, &[rest], FollowLimits::default())
        .unwrap();
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(network.account(alice.address()).unwrap().balance_nano, 0);
    assert_conserved(&network.network());
}

#[test]
fn wallet_without_coins_cannot_be_deployed() {
    let network = network();
    let poor = wallet(0, 99);
    let refused = poor.send(&network, &[]).unwrap_err();
    let expected = Refusal::NotAccepted {
        account: poor.address().clone(),
        exit_code: None,
    };
    assert_eq!(refused.refusal(), Some(&expected));
}
