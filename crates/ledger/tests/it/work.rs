//! A block ends where the callback decides; nothing is lost by that, and the same decision gives the same block.

use ddvs_ledger::{DelayPlan, Network, Work};
use ddvs_test_kit::puppets::*;
use ddvs_types::{Block, COIN, ChainId, MASTERCHAIN, ReturnReason};
use tycho_types::cell::{Cell, CellFamily, HashBytes};
use tycho_types::models::{IntAddr, VarAddr};
use tycho_types::num::Uint9;

const CHAINS: [ChainId; 4] = [MASTERCHAIN, 0, 1, 2];
const ROUNDS: u32 = 12;

/// A busy network: each round sends external messages on all chains, which are forwarded from chain to chain. With
/// faults, some have no valid destination and the engine fails on some: each is a step too, or a part of one.
fn run(
    with_faults: bool,
    mut decide: impl FnMut(&mut Network, ChainId) -> std::sync::Arc<Block>,
) -> (Network, usize) {
    let mut genesis = genesis(4, &ConfigPlan::default());
    genesis.delays = DelayPlan::random(5, 2_000);
    let mut network = Network::new(genesis).unwrap();
    let mut longest = 0;
    for round in 0..3 * ROUNDS {
        if round < ROUNDS {
            if with_faults {
                let message = broken(0, true, 1 + u64::from(round));
                network.inject_internal(0, message).unwrap();
            }
            for chain in CHAINS {
                for sender in 1..4 {
                    let path = [addr(1, 2), addr(chain, 3), addr(MASTERCHAIN, 1)];
                    let first = addr((chain + 2) % 3, 1 + round % 4);
                    // no two are equal: earlier ones may still wait
                    let value_nano = 3 * COIN + u128::from(4 * round + sender);
                    let message = internal(&first, value_nano, true, puppet::forward(&path));
                    let mut messages = vec![(1, message)];
                    if with_faults {
                        let nowhere = IntAddr::Var(VarAddr {
                            anycast: None,
                            address_len: Uint9::new(8),
                            workchain: -1,
                            address: vec![0],
                        });
                        let message = internal_to(nowhere, value_nano, true, Cell::empty_cell());
                        messages.push((1, message));
                    }
                    tell(&mut network, &addr(chain, sender), puppet::send(&messages));
                }
            }
        }
        for chain in CHAINS {
            let block = decide(&mut network, chain);
            longest = longest.max(Work::of(&block).steps);
        }
    }
    settle(&mut network);
    assert_conserved(&network);
    (network, longest)
}

fn hashes(network: &Network) -> (HashBytes, Vec<HashBytes>) {
    let blocks = network.blocks_since(0, usize::MAX);
    let hashes = blocks.iter().map(|block| block.hash).collect();
    (network.state_hash().unwrap(), hashes)
}

/// Transactions by the messages that caused them, in any order.
fn executed(network: &Network) -> usize {
    let blocks = network.blocks_since(0, usize::MAX);
    blocks.iter().map(|block| block.transactions.len()).sum()
}

#[test]
fn block_ended_early_is_reproduced_from_its_number_of_steps() {
    // an unpredictable clock: sometimes there is little time, and it may change its mind
    let mut state = 7_u64;
    let mut clock = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        !(state >> 33).is_multiple_of(4)
    };
    let mut steps = Vec::new();
    let (first, _) = run(true, |network, chain| {
        let block = network
            .produce_block_while(chain, &mut |_| clock())
            .unwrap();
        steps.push(Work::of(&block).steps);
        block
    });
    let (whole, _) = run(true, |network, chain| network.produce_block(chain).unwrap());
    assert_ne!(hashes(&first), hashes(&whole), "the clock ended no block");
    let mut told = steps.iter();
    let (again, _) = run(true, |network, chain| {
        let most = *told.next().unwrap();
        let goes_on = &mut |work: Work| work.steps < most;
        network.produce_block_while(chain, goes_on).unwrap()
    });
    assert!(hashes(&first) == hashes(&again));
    let blocks = first.blocks_since(0, usize::MAX);
    let reasons: Vec<_> = blocks
        .iter()
        .flat_map(|block| &block.returned)
        .map(|r| r.reason)
        .collect();
    for reason in [ReturnReason::Fault, ReturnReason::NoSuchAddress] {
        assert!(reasons.contains(&reason), "{reasons:?}");
    }
}

#[test]
fn messages_left_by_an_early_end_run_in_later_blocks() {
    let (whole, longest) = run(false, |network, chain| {
        network.produce_block(chain).unwrap()
    });
    assert!(longest > 6, "{longest}");
    // with no time at all each block does one step
    let (slow, longest) = run(false, |network, chain| {
        network.produce_block_while(chain, &mut |_| false).unwrap()
    });
    assert_eq!(executed(&slow), executed(&whole));
    // `settle` makes whole blocks at the end; until then each had one step
    assert_eq!(longest, 1);
    for network in [&slow, &whole] {
        assert!(network.is_idle());
        let blocks = network.blocks_since(0, usize::MAX);
        assert!(blocks.iter().all(|block| block.dropped.is_empty()));
    }
}

#[test]
fn callback_is_told_the_work_done_so_far() {
    let mut heard = Vec::new();
    let mut genesis = genesis(4, &ConfigPlan::default());
    genesis.delays = DelayPlan::default();
    let mut network = Network::new(genesis).unwrap();
    for sender in 1..4 {
        let message = internal(&addr(0, 1), COIN, true, puppet::forward(&[]));
        tell(
            &mut network,
            &addr(0, sender),
            puppet::send(&[(1, message)]),
        );
    }
    let block = network.produce_block_while(0, &mut |work| {
        heard.push(work);
        true
    });
    let block = block.unwrap();
    let steps: Vec<_> = heard.iter().map(|work| work.steps).collect();
    assert!(steps.len() >= 3, "{steps:?}");
    assert!(steps.is_sorted() && steps[0] == 1 && heard.last() == Some(&Work::of(&block)));
}
