//! Same inputs, same result, bit for bit.

use ddvs_ledger::{DelayPlan, Network};
use ddvs_test_kit::puppets::*;
use ddvs_types::{COIN, MASTERCHAIN};
use tycho_types::cell::HashBytes;

fn run(seed: u64, delays: DelayPlan) -> (HashBytes, Vec<HashBytes>) {
    let mut genesis = genesis(4, &ConfigPlan::default());
    genesis.seed = seed;
    genesis.delays = delays;
    for (index, chain) in genesis.chains.iter_mut().enumerate() {
        chain.block_time_ms = 700 + 100 * index as u64;
    }
    let mut network = Network::new(genesis).unwrap();
    for round in 0..10u32 {
        for chain in [MASTERCHAIN, 0, 1, 2] {
            let to = addr((chain + 2) % 3, 1 + round % 4);
            let path = [addr(1, 2), addr(2, 3), addr(MASTERCHAIN, 1)];
            let message = internal(&to, 3 * COIN, true, puppet::forward(&path));
            tell(&mut network, &addr(chain, 1), puppet::send(&[(1, message)]));
        }
        if round == 3 {
            network.silence(1).unwrap();
        }
        if round == 6 {
            network.resume(1).unwrap();
            network.slow(2, 2).unwrap();
        }
        network
            .run_until(START_MS + u64::from(round + 1) * 2_000)
            .unwrap();
    }
    settle(&mut network);
    assert_conserved(&network);
    let blocks = network
        .blocks_since(0, usize::MAX)
        .iter()
        .map(|b| b.hash)
        .collect();
    (network.state_hash().unwrap(), blocks)
}

#[test]
fn two_runs_are_equal() {
    let delays = DelayPlan {
        block_jitter_ms: 300,
        ..DelayPlan::random(5, 4_000)
    };
    let first = run(1, delays.clone());
    assert!(first.1.len() > 50);
    assert_eq!(first, run(1, delays));
}

#[test]
fn another_seed_gives_another_interleaving() {
    let base = run(1, DelayPlan::random(5, 4_000));
    assert_ne!(base.0, run(1, DelayPlan::random(6, 4_000)).0);
}

#[test]
fn a_clone_goes_on_by_itself() {
    let mut network = network();
    tell(&mut network, &addr(0, 1), puppet::burn(5));
    let mut clone = network.clone();
    assert_eq!(network.state_hash().unwrap(), clone.state_hash().unwrap());
    network.step().unwrap();
    network.step().unwrap();
    assert_ne!(network.state_hash().unwrap(), clone.state_hash().unwrap());
    clone.step().unwrap();
    clone.step().unwrap();
    assert_eq!(network.state_hash().unwrap(), clone.state_hash().unwrap());
}

#[test]
fn the_hash_sees_every_kind_of_state() {
    let network = network();
    let base = network.state_hash().unwrap();
    let mut hashes = vec![base];
    for change in [
        |n: &mut Network| {
            tell(n, &addr(0, 1), puppet::nothing());
        },
        |n: &mut Network| {
            let message = injected(&addr(0, 1), &addr(1, 1), COIN, 5, puppet::nothing());
            n.inject_internal(0, message).unwrap();
        },
        |n: &mut Network| n.silence(2).unwrap(),
        |n: &mut Network| n.slow(2, 3).unwrap(),
        |n: &mut Network| {
            n.step().unwrap();
        },
    ] {
        let mut changed = network.clone();
        change(&mut changed);
        hashes.push(changed.state_hash().unwrap());
    }
    let count = hashes.len();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}
