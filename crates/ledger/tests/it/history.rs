//! History is kept up to its limits, and its indexes agree with it.

use ddvs_ledger::{HistoryLimits, Network};
use ddvs_test_kit::puppets::*;
use ddvs_types::MessageStatus;

#[test]
fn the_oldest_blocks_go_first_with_their_transactions() {
    let mut genesis = genesis(2, &ConfigPlan::default());
    genesis.history = HistoryLimits {
        max_blocks: 6,
        max_transactions: usize::MAX,
    };
    let mut network = Network::new(genesis).unwrap();
    let first = tell(&mut network, &addr(0, 1), puppet::burn(1));
    network.run_until(START_MS + BLOCK_MS).unwrap();
    assert!(matches!(
        network.message_status(&first),
        MessageStatus::Executed(_)
    ));
    let last = tell(&mut network, &addr(0, 1), puppet::burn(2));
    network.run_until(START_MS + 2 * BLOCK_MS).unwrap();

    assert_eq!(network.cursor(), 8);
    let kept = network.blocks_since(0, 100);
    assert_eq!(kept.len(), 6);
    assert_eq!((kept[0].chain, kept[0].seqno), (1, 1));
    assert!(network.block(0, 1).is_none());
    assert_eq!(network.block(0, 2).unwrap().transactions.len(), 1);
    assert!(matches!(
        network.message_status(&first),
        MessageStatus::Unknown
    ));
    assert!(matches!(
        network.message_status(&last),
        MessageStatus::Executed(_)
    ));
    assert_eq!(network.transactions(&addr(0, 1), 0, 10).len(), 1);
    assert_eq!(network.blocks_since(7, 100).len(), 1);
    assert!(network.blocks_since(8, 100).is_empty());
}

#[test]
fn transactions_are_limited_too() {
    let mut genesis = genesis(2, &ConfigPlan::default());
    genesis.history = HistoryLimits {
        max_blocks: usize::MAX,
        max_transactions: 3,
    };
    let mut network = Network::new(genesis).unwrap();
    for n in 0..6 {
        tell(&mut network, &addr(0, 1), puppet::burn(n));
        network.produce_block(0).unwrap();
    }
    assert_eq!(network.transactions(&addr(0, 1), 0, 10).len(), 3);
}

#[test]
fn transactions_page_by_logical_time() {
    let mut network = network();
    for n in 0..5 {
        tell(&mut network, &addr(0, 1), puppet::burn(n));
    }
    network.produce_block(0).unwrap();
    let page = network.transactions(&addr(0, 1), 0, 2);
    let rest = network.transactions(&addr(0, 1), page[1].lt, 10);
    assert_eq!((page.len(), rest.len()), (2, 3));
    assert!(rest[0].lt > page[1].lt);
}

#[test]
fn blocks_are_chained_by_hash() {
    let mut network = network();
    network.run_until(START_MS + 3 * BLOCK_MS).unwrap();
    for chain in network.chain_ids() {
        for seqno in 2..=3 {
            let block = network.block(*chain, seqno).unwrap();
            assert_eq!(
                block.previous_hash,
                network.block(*chain, seqno - 1).unwrap().hash
            );
        }
    }
}
