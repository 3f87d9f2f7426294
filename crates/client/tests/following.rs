//! A message is followed across chains to the end of all it caused.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use ddvs_client::{
    Backend, ComputeResult, FollowLimits, Live, MASTERCHAIN, NodeStatus, Outgoing, follow,
};
use ddvs_test_kit::puppets::{addr, assert_conserved, delector, puppet};
use ddvs_test_kit::wallets::*;
use ddvs_types::COIN;
use tycho_types::cell::HashBytes;

#[test]
fn a_tree_over_three_chains_comes_to_its_end() {
    let mut network = network();
    let alice = wallet(0, 1);
    let path = [addr(MASTERCHAIN, 1), addr(0, 2), alice.address().clone()];
    let messages = [
        Outgoing::new(addr(1, 1), 10 * COIN, puppet::forward(&path)),
        Outgoing::transfer(addr(1, 2), COIN),
    ];
    let tree = alice
        .send_and_follow(&mut network, &messages, FollowLimits::default())
        .unwrap();
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(tree.nodes.len(), 6);
    let root = tree.root();
    assert_eq!(root.children.len(), 2);
    let mut node = &tree.nodes[root.children[0]];
    let mut chains = vec![];
    while let Some(&child) = node.children.first() {
        chains.push(node.transaction().unwrap().chain());
        node = &tree.nodes[child];
    }
    assert_eq!(chains, [1, MASTERCHAIN, 0]);
    assert_eq!(node.transaction().unwrap().account, *alice.address());
    let text = tree.to_string();
    assert_eq!(text.lines().count(), 6);
    assert!(text.lines().nth(2).unwrap().starts_with("    "), "{text}");
    assert_conserved(&network.network());
}

#[test]
fn a_refusal_and_its_bounce_can_be_read_off() {
    let mut network = network();
    let alice = wallet(0, 1);
    let message = Outgoing::new(addr(1, 1), 5 * COIN, puppet::throw());
    let tree = alice
        .send_and_follow(&mut network, &[message], FollowLimits::default())
        .unwrap();
    assert!(tree.is_settled() && !tree.succeeded(), "{tree}");
    assert_eq!(tree.exit_code_at(&addr(1, 1)), Some(77));
    let failed: Vec<_> = tree.failures().collect();
    assert_eq!(failed.len(), 1);
    assert!(failed[0].transaction().unwrap().bounced);
    let bounce = &tree.nodes[failed[0].children[0]];
    let transaction = bounce.transaction().unwrap();
    assert!(transaction.in_message.is_bounced);
    assert_eq!(transaction.account, *alice.address());
    assert!(network.account(alice.address()).unwrap().balance_nano > 99 * COIN);
    assert_conserved(&network.network());
}

#[test]
fn a_transfer_to_an_account_without_code_is_no_failure() {
    let mut network = network();
    let (alice, nobody) = (wallet(0, 1), addr(1, 50));
    let transfer = [Outgoing::transfer(nobody.clone(), COIN)];
    let tree = alice
        .send_and_follow(&mut network, &transfer, FollowLimits::default())
        .unwrap();
    assert!(tree.succeeded(), "{tree}");
    let transaction = tree.transactions_of(&nobody).next().unwrap();
    assert!(matches!(transaction.compute, ComputeResult::Skipped(_)));
}

#[test]
fn a_pending_message_says_where_it_is() {
    let mut network = network();
    let alice = wallet(0, 1);
    network.operator().unwrap().silence(1).unwrap();
    let transfer = [Outgoing::transfer(addr(1, 1), COIN)];
    let hash = alice.send(&network, &transfer).unwrap();
    let now = follow(&mut network, hash, FollowLimits::NO_WAIT).unwrap();
    assert!(matches!(now.root().status, NodeStatus::InMempool(0)));
    assert_eq!(now.blocks_waited, 0);

    let limits = FollowLimits {
        max_blocks: 30,
        ..FollowLimits::default()
    };
    let tree = follow(&mut network, hash, limits).unwrap();
    assert!(!tree.is_settled());
    assert_eq!(tree.blocks_waited, 30);
    let pending: Vec<_> = tree.pending().collect();
    assert_eq!(pending.len(), 1);
    assert!(matches!(
        pending[0].status,
        NodeStatus::InTransit {
            source: 0,
            destination: 1
        }
    ));

    network.operator().unwrap().resume(1).unwrap();
    assert!(follow(&mut network, hash, limits).unwrap().succeeded());
}

#[test]
fn following_stops_at_limits_and_reports_unknown_messages() {
    let mut network = network();
    let alice = wallet(0, 1);
    let messages = vec![Outgoing::transfer(addr(1, 1), COIN); 20];
    let limits = FollowLimits {
        max_nodes: 10,
        max_blocks: 50,
    };
    let tree = alice
        .send_and_follow(&mut network, &messages, limits)
        .unwrap();
    assert!(tree.is_cut && !tree.is_settled());
    assert_eq!(tree.nodes.len(), 10);

    let unknown = follow(&mut network, HashBytes([1; 32]), FollowLimits::NO_WAIT).unwrap();
    assert!(matches!(unknown.root().status, NodeStatus::Unknown));
}

#[test]
fn the_seam_works_through_a_reference_to_any_backend() {
    let mut network = network();
    let backend: &mut dyn Backend = &mut network;
    let chains = backend.chains().unwrap();
    assert_eq!(
        chains.iter().map(|c| c.id).collect::<Vec<_>>(),
        [MASTERCHAIN, 0, 1]
    );
    assert_eq!(chains[1].delector, delector(0));
    let cursor = backend.cursor().unwrap();
    let block = backend.next_block().unwrap().unwrap();
    let since = backend.blocks_since(cursor, 10).unwrap();
    assert_eq!(since.len(), 1);
    assert_eq!(since[0].hash, block.hash);
    assert!(backend.config(0).unwrap().get_gas_prices(false).is_ok());
    assert!(backend.config(7).unwrap_err().refusal().is_some());
    assert!(
        backend
            .account(&addr(7, 1))
            .unwrap_err()
            .refusal()
            .is_some()
    );
}
