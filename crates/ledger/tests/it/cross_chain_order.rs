//! Messages between chains arrive exactly once and in order for each pair, whatever the delays and the order of
//! blocks; of the available ones, the one with the lowest logical time comes first.

use std::collections::BTreeMap;

use ddvs_ledger::{DelayPlan, Network};
use ddvs_test_kit::puppets::*;
use ddvs_types::{Block, COIN, ChainId, OutDestination};
use proptest::prelude::*;
use std::sync::Arc;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

type Pair = (ChainId, ChainId);

/// Messages between different chains: as sent, and as received.
fn traffic(
    blocks: &[Arc<Block>],
) -> (
    BTreeMap<Pair, Vec<HashBytes>>,
    BTreeMap<Pair, Vec<HashBytes>>,
) {
    let (mut sent, mut received) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
    for transaction in transactions(blocks) {
        let here = transaction.chain();
        for message in &transaction.out_messages {
            if let OutDestination::Account(to) = &message.destination
                && to.workchain != here
            {
                sent.entry((here, to.workchain))
                    .or_default()
                    .push(*message.hash());
            }
        }
        if let Some(StdAddr { workchain, .. }) = transaction.in_message.source
            && workchain != here
        {
            let hash = *transaction.in_message.hash();
            received.entry((workchain, here)).or_default().push(hash);
        }
    }
    (sent, received)
}

fn assert_lamport(blocks: &[Arc<Block>]) {
    for block in blocks {
        let mut last = block.start_lt;
        for transaction in &block.transactions {
            assert!(transaction.lt > last, "logical time does not grow");
            last = transaction.lt;
        }
        assert!(block.end_lt >= last);
    }
}

#[derive(Debug, Clone)]
enum Op {
    /// A batch of messages from a chain: (receiver's chain, then the chains to which it is forwarded).
    Send(ChainId, Vec<Vec<ChainId>>),
    Block(ChainId),
    Step,
    Silence(ChainId),
    Resume(ChainId),
}

fn chain_id() -> impl Strategy<Value = ChainId> {
    -1..=2i8
}

fn op() -> impl Strategy<Value = Op> {
    let paths = prop::collection::vec(prop::collection::vec(chain_id(), 1..4), 1..6);
    prop_oneof![
        3 => (chain_id(), paths).prop_map(|(from, paths)| Op::Send(from, paths)),
        4 => chain_id().prop_map(Op::Block),
        6 => Just(Op::Step),
        1 => chain_id().prop_map(Op::Silence),
        1 => chain_id().prop_map(Op::Resume),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None, // The failing input is printed in full.
        ..ProptestConfig::default()
    })]

    #[test]
    fn messages_arrive_exactly_once_and_in_order(
        ops in prop::collection::vec(op(), 1..40),
        seed in any::<u64>(),
        jitter_ms in prop_oneof![Just(0u64), 1..10_000u64],
        gas in prop_oneof![Just(10_000_000u64), Just(8_000u64)],
    ) {
        let plan = ConfigPlan { block_gas_limit: gas, ..Default::default() };
        let mut genesis = genesis(3, &plan);
        genesis.delays = DelayPlan { block_jitter_ms: 500, ..DelayPlan::random(seed, jitter_ms) };
        let mut network = Network::new(genesis).unwrap();
        let mut value_nano = 20 * COIN;
        for op in ops {
            match op {
                Op::Send(from, paths) => {
                    tell(&mut network, &addr(from, 1), puppet::send_along(&paths, value_nano));
                    value_nano += paths.len() as u128;
                }
                Op::Block(chain) => { network.produce_block(chain).unwrap(); }
                Op::Step => { network.step().unwrap(); }
                Op::Silence(chain) => network.silence(chain).unwrap(),
                Op::Resume(chain) => network.resume(chain).unwrap(),
            }
        }
        for chain in network.chain_ids().to_vec() {
            network.resume(chain).unwrap();
        }
        settle(&mut network);
        let blocks = network.blocks_since(0, usize::MAX);
        let (sent, received) = traffic(&blocks);
        prop_assert_eq!(sent, received);
        assert_lamport(&blocks);
        assert_conserved(&network);
    }
}

#[test]
fn of_the_messages_at_hand_the_lowest_logical_time_comes_first() {
    let mut network = network();
    // Chain 1 is ahead of chain 0 in logical time.
    for n in 0..5 {
        tell(&mut network, &addr(1, 1), puppet::burn(n));
    }
    network.produce_block(1).unwrap();
    for (chain, puppet) in [(1, 1), (0, 1), (2, 1)] {
        let message = internal(&addr(-1, 2), COIN, true, puppet::nothing());
        tell(
            &mut network,
            &addr(chain, puppet),
            puppet::send(&[(1, message)]),
        );
        network.produce_block(chain).unwrap();
    }
    network.run_until(network.now_ms() + BLOCK_MS).unwrap();
    let sources: Vec<_> = network
        .transactions(&addr(-1, 2), 0, 10)
        .iter()
        .map(|t| t.in_message.source.clone().unwrap().workchain)
        .collect();
    assert_eq!(sources, [0, 2, 1]);
}

#[test]
fn a_block_does_not_import_from_a_block_of_the_same_time() {
    let mut network = network();
    let message = internal(&addr(1, 1), COIN, true, puppet::nothing());
    tell(&mut network, &addr(0, 1), puppet::send(&[(1, message)]));
    network.run_until(START_MS + BLOCK_MS).unwrap();
    assert!(network.transactions(&addr(1, 1), 0, 1).is_empty());
    network.run_until(START_MS + 2 * BLOCK_MS).unwrap();
    assert_eq!(network.transactions(&addr(1, 1), 0, 1).len(), 1);
}

#[test]
fn without_delay_the_next_block_imports() {
    let mut network = network();
    network.set_delays(DelayPlan::IMMEDIATE);
    let message = internal(&addr(1, 1), COIN, true, puppet::nothing());
    tell(&mut network, &addr(0, 1), puppet::send(&[(1, message)]));
    network.produce_block(0).unwrap();
    assert_eq!(network.produce_block(1).unwrap().imported, 1);
}

#[test]
fn a_pair_can_be_slower_than_the_others() {
    let mut network = network();
    network.set_pair_delay(0, 1, 10 * BLOCK_MS);
    for to in [1, 2] {
        let message = internal(&addr(to, 1), COIN, true, puppet::nothing());
        tell(&mut network, &addr(0, 1), puppet::send(&[(1, message)]));
    }
    network.run_until(START_MS + 10 * BLOCK_MS).unwrap();
    assert_eq!(network.transactions(&addr(2, 1), 0, 1).len(), 1);
    assert!(network.transactions(&addr(1, 1), 0, 1).is_empty());
    network.run_until(START_MS + 11 * BLOCK_MS).unwrap();
    assert_eq!(network.transactions(&addr(1, 1), 0, 1).len(), 1);
}
