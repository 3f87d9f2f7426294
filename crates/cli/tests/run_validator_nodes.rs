//! `ddvs tycho run-validator` beside a real node: a newcomer enters the set, and stays over crashes of node and service.
//!
//! Needs the engine's binary, in the path or named by `TYCHO_BIN`: `.ci/nightly` runs it.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ddvs_client::{DePoolRoot, DePoolWallet, Outgoing, OwnerWallet};
use ddvs_contracts::RootTerms;
use ddvs_drill::{Crew, Fate, Sender, Trial, connect};
use ddvs_jrpc::JrpcNetwork;
use ddvs_tycho::{StoredKey, kill, show_all_workchains, start};
use ddvs_types::COIN;
use serde_json::Value;
use snapbox::cmd::cargo_bin;
use tycho_types::num::Tokens;

/// Number of the node that does not validate at first.
const NEWCOMER: u16 = 5;
const TTL_S: u32 = 300;
/// Timeout of each step: two sets are at least 20 s apart, and a killed member is awaited for about 25 s.
const PATIENCE: Duration = Duration::from_secs(150);

/// Ends the loop with the test.
struct Loop(Child);

impl Loop {
    fn begin(home: &Path) -> Self {
        let mut command = Command::new(cargo_bin!("ddvs"));
        command.args(["tycho", "run-validator", "--home"]).arg(home);
        Self(command.stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One round: exit code and report.
fn once(home: &Path) -> (Option<i32>, Value) {
    let mut command = Command::new(cargo_bin!("ddvs"));
    command.args(["tycho", "run-validator", "--once", "--json", "--home"]);
    let output = command.arg(home).output().unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), report)
}

fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// Sends from a wallet and waits until it has run the message.
fn must(backend: &mut JrpcNetwork, sender: &mut Sender, messages: &[Outgoing]) {
    sender.send(backend, messages).unwrap();
    wait("a wallet's transaction", || {
        backend.tend_outbox().unwrap();
        match sender.poll(backend).unwrap().0 {
            Fate::Done(_) => true,
            Fate::Waiting => false,
            other => panic!("{other:?}"),
        }
    });
}

#[test]
#[ignore = "needs the engine's binary `tycho`: the loop beside a real node"]
fn a_newcomer_gets_into_the_set_and_stays() {
    let dir = tempfile::tempdir().unwrap();
    let one_workchain = |options: &mut ddvs_tycho::NetworkOptions| options.workchains = 1;
    let trial = Trial::begin(dir.path(), 25_401, one_workchain).unwrap();
    let home = trial.layout.node(NEWCOMER);
    wait("the first blocks", || connect(&trial.layout).is_ok());
    let mut backend = connect(&trial.layout).unwrap();
    let crew = Crew::assemble(&trial.layout, &trial.network, &backend).unwrap();

    // the operator's manual steps: a wallet, a Root, a stake, and their names in validator.toml
    let key = StoredKey::generate().unwrap();
    key.write(&trial.layout.key("newcomer")).unwrap();
    let owner = OwnerWallet::new(key.secret.0, 0, crew.global_id).unwrap();
    let terms = RootTerms {
        owner: owner.address().clone(),
        nonce: 1,
        min_stake: Tokens::new(10 * COIN),
        ..crew.pools[0].root.terms().clone()
    };
    let root = DePoolRoot::new(&crew.network, 0, terms).unwrap();
    let wallet = DePoolWallet::new(&crew.network, 0, owner.address()).unwrap();
    let mut faucet = crew.faucet(0).unwrap();
    let gift = Outgoing::transfer(owner.address().clone(), 200_000 * COIN);
    must(&mut backend, &mut faucet, &[gift]);
    std::thread::sleep(Duration::from_secs(6));
    let mut owner = Sender::fresh(owner, TTL_S);
    must(&mut backend, &mut owner, &[root.deploy(2 * COIN).unwrap()]);
    let value = crew.pools[0].wallet.change_value(&backend).unwrap();
    let stake = [
        wallet.deposit(120_001 * COIN).unwrap(),
        wallet.stake(&root, 120_000 * COIN, value, 1).unwrap(),
    ];
    must(&mut backend, &mut owner, &stake);
    let file = trial.layout.validator(NEWCOMER);
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text
        .replace(
            "# root = \"0:...\"",
            &format!("root = \"{}\"", root.address()),
        )
        .replace(
            "# wallet_key = \"wallet.json\"",
            "wallet_key = \"../keys/newcomer.json\"",
        );
    std::fs::write(&file, text).unwrap();

    // the rest is the loop's: it registers the node's key, and has the new set published
    let (code, report) = once(&trial.layout.node(1));
    assert_eq!((code, &report["in_set"]), (Some(0), &Value::Bool(true)));
    let running = Loop::begin(&home);
    let is_in = || once(&home).1["in_set"] == Value::Bool(true);
    wait("the newcomer in the set", is_in);
    let report = once(&home).1;
    assert_eq!(report["root"]["key"], report["node"]["key"], "{report:#}");
    assert_eq!(report["weight"], 120_000, "{report:#}");

    // node and service crash, and return
    drop(running);
    assert!(kill(&trial.layout, NEWCOMER).unwrap());
    let (code, report) = once(&home);
    assert_eq!((code, &report["in_set"]), (Some(1), &Value::Null));
    let running = Loop::begin(&home);
    start(&trial.layout, &trial.network, &[NEWCOMER]).unwrap();
    // nodes that were started again may all look into the same workchain
    show_all_workchains(&trial.layout, &trial.network, &[NEWCOMER], PATIENCE).unwrap();
    wait("the newcomer in the set again", is_in);
    let height = once(&home).1["node"]["mc_seqno"].as_u64().unwrap();
    wait("more blocks", || {
        once(&home).1["node"]["mc_seqno"].as_u64().unwrap_or(0) > height + 5
    });
    drop(running);
}
