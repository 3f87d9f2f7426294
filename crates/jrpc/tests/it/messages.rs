//! Externals until their end, transactions and blocks.

use crate::common;

use std::thread;
use std::time::Duration;

use common::{connect, nodes};
use ddvs_client::{Backend, FollowLimits, Live, MessageStatus, Outgoing, Refusal, follow};
use ddvs_jrpc::JrpcNetwork;
use ddvs_test_kit::wallets;
use ddvs_types::COIN;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

fn pay(address: &StdAddr) -> Outgoing {
    Outgoing::new(address.clone(), COIN, Default::default())
}

fn wait(network: &mut JrpcNetwork, hash: &HashBytes, blocks: usize) -> MessageStatus {
    for _ in 0..blocks {
        let status = network.message_status(hash).unwrap();
        if matches!(
            status,
            MessageStatus::Executed(_) | MessageStatus::Dropped(_)
        ) {
            return status;
        }
        network.next_block().unwrap().unwrap();
        thread::sleep(Duration::from_millis(5));
    }
    network.message_status(hash).unwrap()
}

#[test]
fn a_message_is_followed_across_chains() {
    let (world, nodes) = nodes(2);
    let mut network = connect(&nodes);
    let (alice, carol) = (wallets::wallet(0, 1), wallets::wallet(1, 3));
    let hash = alice.send(&network, &[pay(carol.address())]).unwrap();
    let tree = follow(&mut network, hash, FollowLimits::default()).unwrap();
    assert!(tree.is_settled(), "{tree}");
    assert_eq!(tree.nodes.len(), 3, "sent, bounced, returned: {tree}");

    let mut truth = world.0.lock().unwrap().clone();
    let expected = follow(&mut truth, hash, FollowLimits::NO_WAIT).unwrap();
    for (found, expected) in tree.transactions().zip(expected.transactions()) {
        assert_eq!(found.balance_nano, None);
        assert_eq!(found.gen_time_ms, expected.gen_time_ms / 1_000 * 1_000);
        let mut found = (**found).clone();
        found.balance_nano = expected.balance_nano;
        found.gen_time_ms = expected.gen_time_ms;
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }
}

#[test]
fn a_lost_message_is_sent_again_and_runs_once() {
    let (_, nodes) = nodes(2);
    let mut network = connect(&nodes);
    nodes[0].set(|faults| faults.loses = 2);
    nodes[1].set(|faults| faults.loses = 1);
    let (alice, bob) = (wallets::wallet(0, 1), wallets::wallet(0, 2));
    let hash = alice.send(&network, &[pay(bob.address())]).unwrap();
    let status = network.message_status(&hash).unwrap();
    assert!(matches!(status, MessageStatus::InMempool { chain: 0 }));
    assert_eq!(network.pending_messages(), [(hash, 1)]);
    let status = wait(&mut network, &hash, 200);
    assert!(matches!(status, MessageStatus::Executed(_)), "{status:?}");
    let sent = nodes[0].count("sendMessage") + nodes[1].count("sendMessage");
    assert!(sent >= 4, "sent {sent} times");
    assert!(network.pending_messages().is_empty());
    let all = network.transactions(bob.address(), 0, 100).unwrap();
    assert_eq!(all.len(), 1);
}

#[test]
fn a_message_that_never_arrives_expires() {
    let (_, nodes) = nodes(1);
    let mut network = connect(&nodes);
    nodes[0].set(|faults| faults.loses = usize::MAX);
    let (alice, bob) = (wallets::wallet(0, 1).with_ttl_s(20), wallets::wallet(0, 2));
    let hash = alice.send(&network, &[pay(bob.address())]).unwrap();
    let status = wait(&mut network, &hash, 500);
    let MessageStatus::Dropped(dropped) = status else {
        panic!("{status:?}");
    };
    assert_eq!((dropped.hash, &dropped.account), (hash, alice.address()));
    assert!(network.pending_messages().is_empty());
}

#[test]
fn of_two_messages_with_one_number_the_second_is_given_up() {
    let (_, nodes) = nodes(1);
    let mut network = connect(&nodes);
    let (alice, bob) = (wallets::wallet(0, 1), wallets::wallet(0, 2));
    let until = u32::try_from(network.now_ms().unwrap() / 1_000).unwrap() + 5_000;
    let first = alice.build_external(0, until, true, &[pay(bob.address())]);
    let second = alice.build_external(0, until + 1, true, &[pay(bob.address())]);
    nodes[0].set(|faults| faults.is_still = true);
    let first = network.send(first.unwrap()).unwrap();
    let second = network.send(second.unwrap()).unwrap();
    nodes[0].set(|faults| faults.is_still = false);
    assert!(matches!(
        wait(&mut network, &first, 50),
        MessageStatus::Executed(_)
    ));
    let status = wait(&mut network, &second, 200);
    let MessageStatus::Dropped(dropped) = status else {
        panic!("{status:?}");
    };
    assert!(dropped.exit_code.is_some_and(|code| code != 0));
}

#[test]
fn message_that_a_contract_would_reject_is_refused_at_once() {
    let (_, nodes) = nodes(1);
    let network = connect(&nodes);
    let (alice, bob) = (wallets::wallet(0, 1), wallets::wallet(0, 2));
    let wrong = alice.build_external(7, u32::MAX, true, &[pay(bob.address())]);
    let error = network.send(wrong.unwrap()).unwrap_err();
    let Some(Refusal::NotAccepted { account, exit_code }) = error.refusal() else {
        panic!("{error}");
    };
    assert_eq!(account, alice.address());
    assert!(exit_code.is_some());
    assert_eq!(nodes[0].count("sendMessage"), 0);
    let internal = ddvs_test_kit::puppets::internal(bob.address(), COIN, true, Default::default());
    let error = network.send(internal).unwrap_err();
    assert!(
        matches!(error.refusal(), Some(Refusal::Message(_))),
        "{error}"
    );
}

#[test]
fn all_transactions_are_listed_from_page_to_page() {
    let (world, nodes) = nodes(1);
    let mut network = connect(&nodes);
    let (alice, bob) = (wallets::wallet(0, 1), wallets::wallet(0, 2));
    {
        let mut truth = world.0.lock().unwrap();
        for _ in 0..30 {
            alice.send(&*truth, &vec![pay(bob.address()); 10]).unwrap();
            for _ in 0..6 {
                truth.next_block().unwrap();
            }
        }
    }
    let truth = world.0.lock().unwrap().clone();
    let lts = |list: Vec<std::sync::Arc<ddvs_client::TransactionRecord>>| {
        list.iter().map(|t| t.lt).collect::<Vec<_>>()
    };
    let all = lts(truth.transactions(bob.address(), 0, usize::MAX).unwrap());
    assert_eq!(all.len(), 300);
    assert_eq!(
        lts(network.transactions(bob.address(), 0, usize::MAX).unwrap()),
        all
    );
    assert_eq!(
        lts(network.transactions(bob.address(), all[150], 7).unwrap()),
        all[151..158]
    );
    assert_eq!(
        lts(network.transactions(bob.address(), all[299], 7).unwrap()),
        [0; 0]
    );
    network.next_block().unwrap();
}

#[test]
fn blocks_have_the_transactions_of_watched_accounts_in_order() {
    let (world, nodes) = nodes(1);
    let mut network = connect(&nodes);
    let (alice, carol) = (wallets::wallet(0, 1), wallets::wallet(1, 3));
    network.watch(carol.address()).unwrap();
    let cursor = network.cursor().unwrap();
    let hash = alice.send(&network, &[pay(carol.address())]).unwrap();
    let mut seen = Vec::new();
    let mut main = Vec::new();
    for _ in 0..20 {
        let block = network.next_block().unwrap().unwrap();
        if block.chain == -1 {
            main.push(block.seqno);
        }
        seen.extend(
            block
                .transactions
                .iter()
                .map(|t| (t.chain(), t.block_seqno, t.lt)),
        );
    }
    assert!(
        main.windows(2).all(|pair| pair[0] + 1 == pair[1]),
        "{main:?}"
    );
    let mut truth = world.0.lock().unwrap().clone();
    let tree = follow(&mut truth, hash, FollowLimits::NO_WAIT).unwrap();
    let expected: Vec<_> = tree
        .transactions()
        .map(|t| (t.chain(), t.block_seqno, t.lt))
        .collect();
    assert_eq!(seen, expected);
    let blocks = network.blocks_since(cursor, 5).unwrap();
    assert_eq!(blocks.len(), 5);
}

#[test]
fn a_network_that_stands_still_is_a_fault() {
    let (_, nodes) = nodes(1);
    let mut network = connect(&nodes);
    nodes[0].set(|faults| faults.is_still = true);
    let error = network.next_block().unwrap_err();
    assert!(error.refusal().is_none());
    assert!(
        error.to_string().contains("the network has stopped"),
        "{error}"
    );
}
