//! Blocks made on several threads are those that one thread makes.

use std::num::NonZeroUsize;

use ddvs_ledger::{DelayPlan, Network};
use ddvs_test_kit::puppets::*;
use ddvs_types::{COIN, ChainId};
use proptest::prelude::*;
use tycho_types::cell::HashBytes;

#[derive(Debug, Clone)]
enum Op {
    /// So many messages on a path of chains.
    Send(ChainId, Vec<ChainId>, usize),
    RunFor(u64),
    Silence(ChainId),
    Resume(ChainId),
    Slow(ChainId, u32),
}

fn chain_id() -> impl Strategy<Value = ChainId> {
    -1..=2i8
}

fn op() -> impl Strategy<Value = Op> {
    let path = prop::collection::vec(chain_id(), 1..5);
    prop_oneof![
        8 => (chain_id(), path, 10..60usize).prop_map(|(from, path, many)| Op::Send(from, path, many)),
        4 => (100..5_000u64).prop_map(Op::RunFor),
        1 => chain_id().prop_map(Op::Silence),
        1 => chain_id().prop_map(Op::Resume),
        1 => (chain_id(), 1..3u32).prop_map(|(chain, factor)| Op::Slow(chain, factor)),
    ]
}

fn run(ops: &[Op], delays: &DelayPlan, gas: u64, workers: usize) -> (Vec<HashBytes>, HashBytes) {
    let plan = ConfigPlan {
        block_gas_limit: gas,
        ..Default::default()
    };
    let mut genesis = genesis(3, &plan);
    genesis.delays = delays.clone();
    let mut network = Network::new(genesis).unwrap();
    network.set_workers(NonZeroUsize::new(workers).unwrap());
    let mut value_nano = COIN;
    for op in ops {
        match op {
            Op::Send(from, path, many) => {
                for _ in 0..*many {
                    let body = puppet::send_along(std::slice::from_ref(path), value_nano);
                    tell(&mut network, &addr(*from, 1), body);
                    value_nano += 1;
                }
            }
            Op::RunFor(ms) => {
                let until_ms = network.now_ms() + ms;
                network.run_until(until_ms).unwrap();
                network.pass_until(until_ms);
            }
            Op::Silence(chain) => network.silence(*chain).unwrap(),
            Op::Resume(chain) => network.resume(*chain).unwrap(),
            Op::Slow(chain, factor) => network.slow(*chain, *factor).unwrap(),
        }
    }
    network.run_until(network.now_ms() + 10_000).unwrap();
    assert_conserved(&network);
    let blocks = network.blocks_since(0, usize::MAX);
    let hashes = blocks.iter().map(|block| block.hash).collect();
    (hashes, network.state_hash().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None, // The failing input is printed in full.
        ..ProptestConfig::default()
    })]

    #[test]
    fn number_of_threads_changes_no_block(
        ops in prop::collection::vec(op(), 4..20),
        seed in any::<u64>(),
        jitter_ms in prop_oneof![Just(0u64), 1..3_000u64],
        base_ms in 0..2u64,
        gas in prop_oneof![Just(10_000_000u64), Just(30_000u64)],
    ) {
        let delays = DelayPlan { base_ms, ..DelayPlan::random(seed, jitter_ms) };
        let one = run(&ops, &delays, gas, 1);
        prop_assert_eq!(&run(&ops, &delays, gas, 3), &one);
    }
}
