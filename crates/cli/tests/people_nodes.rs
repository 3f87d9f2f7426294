//! Users on real nodes with two workchains, through the binary and a gateway: a staker whose stake changes the nodes' set, and
//! a user who becomes a validator.
//!
//! Needs the engine's binary, in the path or named by `TYCHO_BIN`: `.ci/nightly` runs it.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use common::gateway::{Gateway, wait};
use common::{Person, coins, text};
use ddvs_drill::{Trial, connect};
use serde_json::Value;

fn rows(answer: &Value, name: &str) -> Vec<Value> {
    answer[name].as_array().unwrap().clone()
}

/// Keys of the set that the nodes have.
fn set_of_nodes(person: &Person) -> Vec<Value> {
    let set = person.json(&["query", "validators", "--chain", "-1"]);
    let members = rows(&set, "members").into_iter();
    members.map(|member| member["key"].clone()).collect()
}

#[test]
#[ignore = "needs the engine's binary `tycho`: people on real nodes"]
fn people_stake_and_validate_on_real_nodes() {
    let dir = tempfile::tempdir().unwrap();
    let one_outside = |options: &mut ddvs_tycho::NetworkOptions| {
        (options.nodes, options.validators, options.set_size) = (5, 5, Some(4));
        options.workchains = 2;
        // nobody runs `ddvs tycho run-validator` here, which publishes waiting sets
        options.set_interval_s = 5;
    };
    let trial = Trial::begin(dir.path(), 25_801, one_outside).unwrap();
    wait("the first blocks", || connect(&trial.layout).ok());
    let network = dir.path().join("net");
    let gateway = Gateway::start(
        &["--network", text(&network)],
        &dir.path().join("index"),
        &[],
    );
    let person = Person::new(&gateway.url);
    let pools = wait("the genesis pools", || {
        let pools = rows(&person.json(&["query", "pools"]), "pools");
        (pools.len() == 5).then_some(pools)
    });
    let faucet = |name: &str, amount: &str, chain: &str| {
        person.key(name);
        let to = ["faucet", name, amount, "--chain", chain];
        let from = ["--network", text(&network)];
        person.run(&[&to[..], &from].concat()).ok();
    };

    // a stake on another workchain brings the fifth validator into the nodes' set
    faucet("bob", "1000000", "1");
    let bob = |args: &[&str]| {
        let who = ["--key", "bob", "--chain", "1"];
        person.json(&[args, &who].concat())
    };
    assert_eq!(bob(&["wallet", "create", "5"])["outcome"], "done");
    bob(&["wallet", "deposit", "600000"]);
    let before = set_of_nodes(&person);
    assert_eq!(before.len(), 4);
    let outside = pools.iter().find(|pool| !before.contains(&pool["key"]));
    let outside = outside.unwrap_or_else(|| panic!("{before:?} {pools:?}"));
    let pool = outside["pool"].as_str().unwrap();
    let stake = ["wallet", "stake", "500000", "--pool", pool];
    let dry = bob(&[&stake[..], &["--dry-run"]].concat());
    assert_eq!(dry["answer"]["outcome"], "locked", "{dry}");
    let locked = bob(&stake);
    assert_eq!(locked["outcome"], "locked", "{locked}");
    wait("the set of the nodes", || {
        set_of_nodes(&person)
            .contains(&outside["key"])
            .then_some(())
    });
    let changes = wait("the change at the gateway", || {
        let changes = gateway.get("/api/v1/chains/-1/validators/changes");
        let changes = rows(&changes, "items");
        changes
            .iter()
            .any(|change| {
                change
                    .to_string()
                    .contains(outside["key"].as_str().unwrap())
            })
            .then_some(changes)
    });
    assert!(changes.len() >= 2, "{changes:?}");
    let status = bob(&["wallet", "status"]);
    assert_eq!(coins(&status["positions"][0]["staked_nano"]), 500_000);
    // it is locked, and that is reported before anything is sent
    let who = ["--key", "bob", "--chain", "1"];
    person
        .run(&[&["wallet", "unstake", "ALL"][..], &who].concat())
        .fails(1, "are locked with this pool until");

    // a user becomes a validator of workchain 0, with too little for the masterchain's set
    faucet("carol", "300000", "0");
    let carol = ["--key", "carol"];
    let create = ["validator", "create"];
    let made = person.json(&[&create[..], &carol].concat());
    assert_eq!(made["standing"], "validating", "{made}");
    let set = person.json(&["query", "validators", "--chain", "0"]);
    let members = rows(&set, "members");
    assert!(
        members
            .iter()
            .any(|member| member["key"] == made["consensus_key"]),
        "{set}"
    );
    assert!(!set_of_nodes(&person).contains(&made["consensus_key"]));
    person
        .run(&[&["validator", "status"][..], &carol].concat())
        .ok();

    // the history is reported, by all chains
    let batches = person.json(&["query", "batches", "--origin", "0"]);
    assert!(!rows(&batches, "items").is_empty(), "{batches}");
    person.run(&["contract", "verify"]).ok();
    let chains = person.json(&["query", "chains"]);
    assert_eq!(rows(&chains, "chains").len(), 3);
}
