//! The short test on real nodes: a network starts from nothing, makes blocks on all chains, its validator set changes once, and
//! the client reads the change. How it fares under load and in crashes is shown by the files beside, in `.ci/nightly`.
//!
//! Needs the engine's binary, in the path or named by `TYCHO_BIN`: `.ci/run tycho` runs it.
#![allow(clippy::unwrap_used)] // a failed helper is a failed test

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ddvs_client::{Backend, DElector, MASTERCHAIN};
use ddvs_drill::{Change, Crew, Kills, SwitchingOptions, Trial, connect, switching};
use ddvs_jrpc::JrpcNetwork;
use tycho_types::cell::HashBytes;

/// How long the first blocks of all chains may take.
const PATIENCE: Duration = Duration::from_secs(90);
/// Blocks that each chain makes before the change.
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
    await_blocks(&mut backend);
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

    // a reader that has seen nothing yet finds the newcomer, in the nodes' set and counted with its stake
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

/// Waits until the masterchain and both workchains have made blocks, as a client is told them.
fn await_blocks(backend: &mut JrpcNetwork) {
    let end = Instant::now() + PATIENCE;
    let mut made = BTreeMap::from([(MASTERCHAIN, 0), (0, 0), (1, 0)]);
    while made.values().any(|blocks| *blocks < BLOCKS) {
        assert!(Instant::now() < end, "blocks by chain: {made:?}");
        if let Some(block) = backend.next_block().unwrap() {
            *made.entry(block.chain).or_default() += 1;
        }
    }
}
