//! Real nodes whose validator set changes: under load, while they crash, and by evidence that is signed by hand.
//!
//! Needs the engine's binary, in the path or named by `TYCHO_BIN`: `.ci/nightly` runs it.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::sync::Mutex;
use std::time::{Duration, Instant};

use ddvs_client::{Backend, DElector, Live, MASTERCHAIN};
use ddvs_contracts::signing;
use ddvs_drill::{Change, Crew, Kills, LoadOptions, SwitchingOptions, Trial, connect, switching};
use ddvs_jrpc::JrpcNetwork;
use ddvs_tycho::StoredKey;
use ddvs_types::COIN;
use tycho_types::cell::HashBytes;

/// Networks share the machine, so one at a time.
static TURN: Mutex<()> = Mutex::new(());

fn options(switches: u32, kills: Kills) -> SwitchingOptions {
    SwitchingOptions {
        switches,
        change: Change::Member,
        cold: false,
        kills,
        pause_s: 0,
        restart_after_s: None,
        load: Some(LoadOptions {
            wallets: 8,
            rate_per_s: 3.0,
            stake_every: 4,
            seed: 1,
        }),
    }
}

/// Members join and leave as fast as the D'Elector allows, during payments and stakes: no halt of more than 10 s,
/// every change in force, everything executed once. Then the same while nodes crash, in the end all at once.
#[test]
#[ignore = "needs the engine's binary `tycho`: changes of the set on real nodes"]
fn the_set_changes_under_load_and_in_crashes() {
    let _turn = TURN.lock();
    let dir = tempfile::tempdir().unwrap();
    let five = |options: &mut ddvs_tycho::NetworkOptions| {
        options.validators = 5;
        options.set_size = Some(4);
    };
    let trial = Trial::begin(dir.path(), 26_001, five).unwrap();
    await_blocks(&trial);
    let report = switching(&trial.layout, &options(3, Kills::None), &mut |_| ()).unwrap();
    assert!(report.is_clean(10.0), "{report:#?}");
    assert_eq!(report.switches.len(), 3);
    assert!(
        report.sessions >= 3,
        "no block was made by a new set: {report:#?}"
    );
    assert!(report.load.is_some_and(|load| load.stakes > 0));

    let mut crashes = options(5, Kills::All);
    if let Some(load) = &mut crashes.load {
        load.seed = 2; // other wallets
    }
    crashes.restart_after_s = Some(60);
    let report = switching(&trial.layout, &crashes, &mut |_| ()).unwrap();
    // a member that is killed while consensus restarts is awaited for about 25 s; if nothing moves for a minute, all
    // are restarted, as an operator would do, and nothing may be lost by that
    let max_halt_s = if report.restarts == 0 { 60.0 } else { 140.0 };
    assert!(report.is_clean(max_halt_s), "{report:#?}");
    assert!(report.restarts <= 1, "{report:#?}");
    assert_eq!(report.switches[4].killed.len(), 5);
}

/// Two conflicting votes with a validator's key remove it from the set of the running network. They are signed here,
/// by hand: no node of this engine ever signs such votes, so double signing is not punished on it.
#[test]
#[ignore = "needs the engine's binary `tycho`: changes of the set on real nodes"]
fn votes_signed_by_hand_remove_a_validator() {
    let _turn = TURN.lock();
    let dir = tempfile::tempdir().unwrap();
    let one_workchain = |options: &mut ddvs_tycho::NetworkOptions| options.workchains = 1;
    let trial = Trial::begin(dir.path(), 26_201, one_workchain).unwrap();
    await_blocks(&trial);
    let mut backend = connect(&trial.layout).unwrap();
    let crew = Crew::assemble(&trial.layout, &trial.network, &backend).unwrap();
    let node = crew.pools[3].node;
    let key = StoredKey::read(&trial.layout.node_key(node)).unwrap();
    assert!(members(&backend).contains(&key.public));

    let genesis = &crew.network.genesis;
    let evidence = signing::double_vote(&key.pair(), genesis, MASTERCHAIN, 1_000).unwrap();

    let home = DElector::new(&crew.network, 0).unwrap();
    let main = DElector::new(&crew.network, MASTERCHAIN).unwrap();
    let mut witness = crew.faucet(0).unwrap();
    let brought = home.submit_evidence(&evidence, 5 * COIN, 1).unwrap();
    witness.send(&mut backend, &[brought]).unwrap();
    let mut publisher = crew.faucet(MASTERCHAIN).unwrap();
    let end = Instant::now() + Duration::from_secs(90);
    while members(&backend).contains(&key.public) {
        assert!(Instant::now() < end, "the validator is still in the set");
        std::thread::sleep(Duration::from_secs(2));
        backend.tend_outbox().unwrap();
        witness.poll(&backend).unwrap();
        publisher.poll(&backend).unwrap();
        if !publisher.is_waiting() {
            let ask = main.publish_set(COIN, 0).unwrap();
            publisher.send(&mut backend, &[ask]).unwrap();
        }
    }
    // the others continue
    assert_eq!(members(&backend).len(), 3);
    let height = backend.chains().unwrap()[0].seqno;
    await_height(&backend, height + 5);
}

fn members(backend: &JrpcNetwork) -> Vec<HashBytes> {
    let config = backend.config(MASTERCHAIN).unwrap();
    let set = config.get_current_validator_set().unwrap();
    set.list.iter().map(|member| member.public_key).collect()
}

/// Waits until the network makes blocks.
fn await_blocks(trial: &Trial) {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        match connect(&trial.layout) {
            Ok(backend) => return await_height(&backend, 3),
            Err(error) if Instant::now() > end => panic!("{error:#}"),
            Err(_) => std::thread::sleep(Duration::from_millis(500)),
        }
    }
}

fn await_height(backend: &JrpcNetwork, height: u32) {
    let end = Instant::now() + Duration::from_secs(60);
    while backend.chains().unwrap()[0].seqno < height {
        assert!(Instant::now() < end, "no block {height}");
        std::thread::sleep(Duration::from_millis(250));
    }
}
