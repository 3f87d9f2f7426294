//! The short test on real nodes: a network starts from nothing, its validator set changes once, all chains apply the change, and
//! the client reads it. The other files show it under load and with crashes, in `.ci/nightly`.
//!
//! Needs the engine's binary, in the path or named by `TYCHO_BIN`: `.ci/run tycho` runs it.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ddvs_client::{Backend, ChainId, DElector, Live, MASTERCHAIN};
use ddvs_drill::{Change, Crew, Kills, SwitchingOptions, Trial, connect, switching};
use ddvs_jrpc::JrpcNetwork;
use tycho_types::cell::HashBytes;

/// Timeout of the first blocks, and then of the blocks of all chains that contain the change.
const PATIENCE: Duration = Duration::from_secs(90);
/// Masterchain blocks before the change.
const BLOCKS: u32 = 3;

#[test]
#[ignore = "needs the engine's binary `tycho`: a network of real nodes and one change of its set"]
fn the_set_of_a_new_network_changes_once() {
    let dir = tempfile::tempdir().unwrap();
    let one_outside = |options: &mut ddvs_tycho::NetworkOptions| {
        (options.nodes, options.validators, options.set_size) = (5, 5, Some(4));
        options.workchains = 2;
        options.set_interval_s = 5;
    };
    let trial = Trial::begin(dir.path(), 26_601, one_outside).unwrap();
    let mut backend = connect(&trial.layout).unwrap();
    await_blocks(&mut backend, &BTreeMap::from([(MASTERCHAIN, BLOCKS)]));
    let before = members(&backend);
    assert_eq!(before.len(), 4);

    let once = SwitchingOptions {
        switches: 1,
        change: Change::Member,
        cold: false,
        kills: Kills::None,
        pause_s: 0,
        restart_after_s: None,
        load: None,
    };
    let report = switching(&trial.layout, &once, &mut |_| ()).unwrap();
    assert!(!report.halted && report.all_in_force, "{report:#?}");

    // nodes report a workchain's block only for events in it: the copy of the D'Elector there applies the change too
    await_blocks(
        &mut backend,
        &BTreeMap::from([(MASTERCHAIN, 1), (0, 1), (1, 1)]),
    );

    // a new reader finds the newcomer, in the nodes' set and counted with its stake
    let backend = connect(&trial.layout).unwrap();
    let after = members(&backend);
    assert_eq!(after.len(), 4, "{report:#?}");
    let crew = Crew::assemble(&trial.layout, &trial.network, &backend).unwrap();
    let joined = report.switches[0].joined[0];
    let pool = crew.pools.iter().find(|pool| pool.node == joined).unwrap();
    assert!(!before.contains(&pool.key) && after.contains(&pool.key));
    let delector = DElector::new(&crew.network, MASTERCHAIN).unwrap();
    let stakes: Vec<_> = crew
        .pools
        .iter()
        .map(|pool| delector.root_entry(&backend, pool.root.address()).unwrap())
        .map(|entry| entry.unwrap().stake)
        .collect();
    let counted = delector.root_entry(&backend, pool.root.address()).unwrap();
    assert_eq!(counted.unwrap().stake, *stakes.iter().max().unwrap());
}

fn members(backend: &JrpcNetwork) -> Vec<HashBytes> {
    let config = backend.config(MASTERCHAIN).unwrap();
    let set = config.get_current_validator_set().unwrap();
    set.list.iter().map(|member| member.public_key).collect()
}

/// Waits until a client has seen this many more blocks of each of these chains.
fn await_blocks(backend: &mut JrpcNetwork, wanted: &BTreeMap<ChainId, u32>) {
    let end = Instant::now() + PATIENCE;
    let mut made: BTreeMap<ChainId, u32> = BTreeMap::new();
    let is_short = |made: &BTreeMap<ChainId, u32>| {
        wanted
            .iter()
            .any(|(chain, blocks)| made.get(chain).unwrap_or(&0) < blocks)
    };
    while is_short(&made) {
        assert!(
            Instant::now() < end,
            "blocks by chain: {made:?}, wanted: {wanted:?}"
        );
        if let Some(block) = backend.next_block().unwrap() {
            *made.entry(block.chain).or_default() += 1;
        }
    }
}
