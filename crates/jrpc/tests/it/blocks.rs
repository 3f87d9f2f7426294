//! Whole blocks, where nodes give them out.

use crate::common;

use std::collections::BTreeMap;

use common::{connect, nodes};
use ddvs_client::{Backend, ChainId, Outgoing};
use ddvs_test_kit::wallets;
use ddvs_types::COIN;

#[test]
fn blocks_come_whole_and_without_a_gap() {
    let (world, nodes) = nodes(1);
    nodes[0].set(|faults| faults.gives_blocks = true);
    let mut network = connect(&nodes);
    let (alice, carol) = (wallets::wallet(0, 1), wallets::wallet(1, 3));
    let main = wallets::wallet(-1, 1);
    let pay = |to: &ddvs_client::OwnerWallet| {
        Outgoing::new(to.address().clone(), COIN, Default::default())
    };
    let mut seen: BTreeMap<ChainId, Vec<u32>> = BTreeMap::new();
    let mut accounts = Vec::new();
    for round in 0..4 {
        alice.send(&network, &[pay(&carol)]).unwrap();
        if round == 2 {
            main.send(&network, &[pay(&carol)]).unwrap();
        }
        for _ in 0..12 {
            let block = network.next_block().unwrap().unwrap();
            seen.entry(block.chain).or_default().push(block.seqno);
            let truth = world.0.lock().unwrap().clone();
            let all = truth.blocks_since(0, usize::MAX).unwrap();
            let at = |b: &&std::sync::Arc<ddvs_client::Block>| {
                (b.chain, b.seqno) == (block.chain, block.seqno)
            };
            let expected = all.iter().find(at).unwrap();
            if block.hash.is_zero() {
                continue;
            }
            assert_eq!(block.gen_time_ms, expected.gen_time_ms);
            assert_eq!(
                (block.start_lt, block.end_lt),
                (expected.start_lt, expected.end_lt)
            );
            let hashes =
                |b: &ddvs_client::Block| b.transactions.iter().map(|t| t.hash).collect::<Vec<_>>();
            assert_eq!(hashes(&block), hashes(expected));
            accounts.extend(block.transactions.iter().map(|t| t.account.clone()));
        }
    }
    for (chain, numbers) in &seen {
        assert!(
            numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]),
            "{chain}: {numbers:?}"
        );
    }
    assert!(seen[&0].len() > 4, "empty blocks between: {seen:?}");
    assert!(
        seen.contains_key(&1),
        "the masterchain names its blocks: {seen:?}"
    );
    assert!(accounts.contains(carol.address()), "nobody asked about it");
}
