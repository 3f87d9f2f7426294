//! A silenced chain makes no blocks, and loses nothing; a slow one makes fewer.

use ddvs_test_kit::puppets::*;
use ddvs_types::{COIN, MASTERCHAIN, MessageStatus};

#[test]
fn a_silenced_chain_makes_no_block_and_what_is_sent_to_it_waits() {
    let mut network = network();
    network.silence(1).unwrap();
    let path = [addr(1, 1), addr(2, 1)];
    let message = internal(&addr(2, 2), 5 * COIN, true, puppet::forward(&path));
    tell(&mut network, &addr(0, 1), puppet::send(&[(1, message)]));

    network.run_until(START_MS + 60 * BLOCK_MS).unwrap();
    let status = network.chain_status(1).unwrap();
    assert_eq!((status.seqno, status.is_silenced), (0, true));
    assert_eq!(network.chain_status(0).unwrap().seqno, 60);
    let sent = network.transactions(&addr(2, 2), 0, 10)[0].out_messages[0].clone();
    assert!(matches!(
        network.message_status(sent.hash()),
        MessageStatus::InTransit {
            source: 2,
            destination: 1,
            ..
        }
    ));
    assert_conserved(&network);

    network.resume(1).unwrap();
    let block = network.step().unwrap().unwrap();
    assert_eq!((block.chain, block.seqno, block.imported), (1, 1, 1));
    settle(&mut network);
    assert!(network.account(&addr(2, 1)).unwrap().balance_nano > 1_004 * COIN);
    assert_conserved(&network);
}

#[test]
fn what_a_chain_sent_stays_deliverable_after_it_stopped() {
    let mut network = network();
    let message = internal(&addr(1, 1), 5 * COIN, true, puppet::nothing());
    tell(&mut network, &addr(0, 1), puppet::send(&[(1, message)]));
    network.produce_block(0).unwrap();
    network.silence(0).unwrap();
    network.run_until(START_MS + 3 * BLOCK_MS).unwrap();
    assert!(network.account(&addr(1, 1)).unwrap().balance_nano > 1_004 * COIN);
}

#[test]
fn a_slow_chain_makes_a_block_for_every_five_of_the_others() {
    let mut network = network();
    network.slow(MASTERCHAIN, 5).unwrap();
    network.run_until(START_MS + 50 * BLOCK_MS).unwrap();
    assert_eq!(network.chain_status(MASTERCHAIN).unwrap().seqno, 10);
    assert_eq!(network.chain_status(0).unwrap().seqno, 50);
    network.slow(MASTERCHAIN, 1).unwrap();
    network.run_until(START_MS + 60 * BLOCK_MS).unwrap();
    assert_eq!(network.chain_status(MASTERCHAIN).unwrap().seqno, 20);
}

#[test]
fn with_all_chains_silent_nothing_is_due() {
    let mut network = network();
    for id in network.chain_ids().to_vec() {
        network.silence(id).unwrap();
    }
    assert!(network.step().unwrap().is_none());
    assert_eq!(network.now_ms(), START_MS);
}
