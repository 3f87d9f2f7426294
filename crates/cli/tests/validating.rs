//! A validator's way through the binary, on a devnet that runs.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{Devnet, Person, coins, text};
use ddvs_devnet::Keys;
use serde_json::Value;

#[test]
fn a_person_becomes_a_validator_changes_the_key_and_leaves() {
    let devnet = Devnet::start();
    let alice = Person::new(&devnet.url);
    alice.rich("alice", "50000", "1");
    let chain = ["--chain", "1"];
    let create = [&["validator", "create", "--stake", "20000"][..], &chain].concat();

    alice
        .run(&[&["validator", "status"][..], &chain].concat())
        .fails(1, "there is no pool of this network");
    let dry = alice.json(&[&create[..], &["--dry-run"]].concat());
    assert_eq!(dry["answer"]["outcome"], "done", "{dry}");

    let made = alice.json(&create);
    assert_eq!(made["standing"], "validating", "{made}");
    assert_eq!(made["weight"], 20_000);
    assert_eq!(made["name"], "alice");
    assert_eq!(made["messages"].as_array().unwrap().len(), 2);
    let file = made["consensus_key_file"].as_str().unwrap();
    assert!(std::path::Path::new(file).exists());

    // repeated, it finds everything done
    let again = alice.json(&create);
    assert_eq!(again["standing"], "validating");
    assert!(again["messages"].as_array().unwrap().is_empty(), "{again}");
    assert_eq!(again["consensus_key"], made["consensus_key"]);
    let shown = alice
        .run(&[&["validator", "status"][..], &chain].concat())
        .ok();
    assert!(
        shown.stdout.contains("validating, with a weight of 20000"),
        "{shown:?}"
    );
    let set = alice.json(&["query", "validators", "--chain", "1"]);
    let own = |set: &serde_json::Value| {
        let members = set["members"].as_array().unwrap().clone();
        members.into_iter().find(|member| member["name"] == "alice")
    };
    assert_eq!(own(&set).unwrap()["key"], made["consensus_key"]);

    // a staker finds it by the key's name
    alice
        .run(&[&["wallet", "deposit", "200"][..], &chain].concat())
        .ok();
    alice
        .run(&[&["wallet", "stake", "150", "--pool", "alice"][..], &chain].concat())
        .ok();

    let rotated = alice.json(&[&["validator", "rotate-key"][..], &chain].concat());
    assert_eq!(rotated["outcome"], "rotated");
    assert_eq!(rotated["former_key"], made["consensus_key"]);
    assert_ne!(rotated["key"], made["consensus_key"]);
    // the key that it has is no other one
    let file = rotated["key_file"].as_str().unwrap();
    let same = ["validator", "rotate-key", "--consensus-key", file];
    let same = alice.json(&[&same[..], &chain].concat());
    assert_eq!(same["outcome"], "nothing_to_do", "{same}");
    let set = alice.json(&["query", "validators", "--chain", "1"]);
    assert_eq!(own(&set).unwrap()["key"], rotated["key"]);

    let closed = alice
        .run(&[&["validator", "close", "--json"][..], &chain].concat())
        .ok();
    assert_eq!(closed.json()["standing"], "closed");
    assert_eq!(closed.json()["counted_nano"], "0");
    // once more is no error
    alice
        .run(&[&["validator", "close"][..], &chain].concat())
        .ok();
    alice
        .run(&[&["validator", "status"][..], &chain].concat())
        .fails(1, "");
    alice.run(&create).fails(1, "choose another `--nonce`");
    let set = alice.json(&["query", "validators", "--chain", "1"]);
    assert!(own(&set).is_none(), "{set}");
}

#[test]
fn obstacles_to_validating_are_reported() {
    let devnet = Devnet::start();
    let alice = Person::new(&devnet.url);
    alice.key("alice");
    alice.run(&["validator", "create"]).fails(1, "has 0 coins");
    alice
        .run(&["validator", "create", "--chain", "-1"])
        .fails(1, "no pool works in the masterchain");
    alice
        .run(&["validator", "create", "--unlock-period", "1"])
        .fails(1, "before evidence can be submitted");
    alice
        .run(&["validator", "close"])
        .fails(1, "there is no pool at");
    alice
        .run(&["validator", "close", "--pool", "pool-1"])
        .fails(1, "belongs to");
    let bad = alice.write("key.json", "{}");
    alice
        .run(&["validator", "create", "--consensus-key", text(&bad)])
        .fails(2, "tycho tool gen-key");
    // too little to validate with: nothing is deployed, and it reports the required amount
    alice.run(&["faucet", "alice", "1000"]).ok();
    let before = alice.json(&["wallet", "status"]);
    alice
        .run(&["validator", "create", "--stake", "100"])
        .fails(1, "choose `--stake 10,000` or more");
    alice
        .run(&["validator", "create", "--stake", "20000"])
        .fails(1, "are needed for the pool and its stake");
    alice
        .run(&["validator", "create", "--unlock-period", "15000"])
        .fails(2, "15000 s is");
    alice
        .run(&["validator", "create", "--min-stake", "30000"])
        .fails(1, "its `--min-stake`");
    let after = alice.json(&["wallet", "status"]);
    assert_eq!(before["owner_balance_nano"], after["owner_balance_nano"]);
    alice
        .run(&["validator", "status"])
        .fails(1, "there is no pool of this network");

    // another user's consensus key
    alice.run(&["faucet", "alice", "200000"]).ok();
    alice.json(&["validator", "create", "--stake", "20000"]);
    let taken = alice.path("consensus").join("alice.0.json");
    alice.key("bob");
    alice.run(&["faucet", "bob", "30000"]).ok();
    let create = [
        "validator",
        "create",
        "--key",
        "bob",
        "--consensus-key",
        text(&taken),
    ];
    alice.run(&create).fails(1, "has the key");
    alice
        .run(&[
            "validator",
            "rotate-key",
            "--key",
            "alice",
            "--consensus-key",
            text(&taken),
        ])
        .ok();
}

#[test]
fn a_stake_above_the_churn_limit_counts_whole_in_the_end_and_leaves_again() {
    // no chain has a majority, so each batch is agreed on by several
    let devnet = Devnet::with(&[
        "--workchains",
        "4",
        "--validators",
        "2",
        "--block-time-ms",
        "200",
    ]);
    let alice = Person::new(&devnet.url);
    alice.rich("alice", "1000000", "0");
    let made = alice
        .run(&["validator", "create", "--stake", "900000", "--json"])
        .ok();
    assert_eq!(made.json()["weight"], 900_000, "{made:?}");
    assert!(made.json()["rest"].is_null(), "{made:?}");
    assert!(
        made.stderr
            .contains("coins count, and 900,000 should: some"),
        "{made:?}"
    );
    let status = alice.json(&["validator", "status"]);
    assert_eq!(coins(&status["counted_nano"]), 900_000);
    let closed = alice.run(&["validator", "close", "--json"]).ok();
    assert_eq!(closed.json()["leaving"], "left", "{closed:?}");
    assert_eq!(closed.json()["counted_nano"], "0");
    assert!(
        closed.stderr.contains("coins count, and 0 should"),
        "{closed:?}"
    );
}

#[test]
fn an_interrupted_creation_goes_on_where_it_stopped() {
    let devnet = Devnet::with_block_time("500");
    let alice = Person::new(&devnet.url);
    alice.rich("alice", "50000", "0");
    let create = ["validator", "create", "--stake", "20000"];
    until_it_comes_through(&alice, &create);
    let status = alice.json(&["validator", "status"]);
    assert_eq!(status["standing"], "validating");
    // each step was executed once
    assert_eq!(coins(&status["owner_active_nano"]), 20_000);
    let wallet = alice.json(&["wallet", "status"]);
    assert!(coins(&wallet["owner_balance_nano"]) >= 29_990, "{wallet}");
}

#[test]
fn an_interrupted_change_of_the_key_is_made_once() {
    let devnet = Devnet::with_block_time("500");
    let alice = Person::new(&devnet.url);
    alice.rich("alice", "50000", "0");
    let made = alice.json(&["validator", "create", "--stake", "20000"]);
    let rotated = until_it_comes_through(&alice, &["validator", "rotate-key"]);
    let keys = std::fs::read_dir(alice.path("consensus")).unwrap().count();
    assert_eq!(keys, 2, "one more key was made, and no other");
    let status = alice.json(&["validator", "status"]);
    assert_eq!(status["key"], rotated["key"]);
    assert_ne!(status["key"], made["consensus_key"]);
    // another one is another change
    let next = alice.json(&["validator", "rotate-key"]);
    assert_ne!(next["key"], rotated["key"]);
    assert_eq!(next["former_key"], rotated["key"]);
}

/// Kills a command repeatedly, a little later each time, until it completes.
fn until_it_comes_through(person: &Person, args: &[&str]) -> serde_json::Value {
    let begin = Instant::now();
    let mut runs = 0;
    let last = loop {
        runs += 1;
        assert!(begin.elapsed() < Duration::from_secs(120), "{runs} runs");
        let mut child = person
            .command(&[args, &["--json"]].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let patience = Duration::from_millis(400) * runs;
        let started = Instant::now();
        while started.elapsed() < patience && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(10));
        }
        if child.try_wait().unwrap().is_some() {
            break child.wait_with_output().unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    };
    assert!(last.status.success(), "{last:?}");
    assert!(runs > 1, "nothing was interrupted");
    serde_json::from_slice(&last.stdout).unwrap()
}

#[test]
fn a_closed_pool_that_cannot_leave_is_closed_and_in_the_set_everywhere() {
    // both validators must stay
    let devnet = Devnet::with(&[
        "--block-time-ms",
        "100",
        "--workchains",
        "1",
        "--validators",
        "2",
    ]);
    let owner = Person::new(&devnet.url);
    let secret: String = Keys::from_seed(1, 2).validators[0]
        .owner
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let secret = owner.write("secret", &secret);
    owner
        .run(&[
            "key",
            "import",
            "owner",
            "--file",
            text(&secret),
            "--unencrypted",
        ])
        .ok();
    let api = |path: &str| -> Value {
        let answer = ureq::get(format!("{}/api/v1/{path}", devnet.url)).call();
        let text = answer.unwrap().body_mut().read_to_string().unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let account = owner.json(&["balance", "owner"])["address"].clone();
    let account = account.as_str().unwrap();
    let own = api(&format!("pools?owner={account}"))["items"][0].clone();
    assert_eq!(own["standing"], "validating", "{own}");
    let root = own["address"].as_str().unwrap();

    let closed = owner.run(&["validator", "close", "--pool", root, "--json"]);
    assert_eq!(closed.code, 1, "{closed:?}");
    let closed = closed.json();
    assert_eq!(closed["leaving"], "last", "{closed}");
    let queried = owner.json(&["query", "pool", root]);
    for pool in [&closed, &queried, &api(&format!("pools/{root}"))] {
        assert_eq!(pool["standing"], "closed", "{pool}");
        assert_eq!(pool["is_in_set"], true, "{pool}");
    }
    assert_eq!(queried["weight"], closed["weight"]);
    let of = |standing: &str| api(&format!("pools?standing={standing}"))["items"].clone();
    assert_eq!(of("closed")[0]["address"], root);
    assert!(
        of("validating")
            .as_array()
            .unwrap()
            .iter()
            .all(|pool| pool["address"] != root)
    );
    let table = owner.run(&["query", "pools"]).ok();
    assert!(table.stdout.contains("closed, in the set"), "{table:?}");
}
