//! Every question, in both forms, on a devnet that runs.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use common::{Devnet, Person, coins};
use serde_json::Value;

#[test]
fn every_question_has_an_answer() {
    let devnet = Devnet::start();
    let bob = Person::new(&devnet.url);
    let ask = |args: &[&str]| bob.json(&[&["query"][..], args].concat());
    let show = |args: &[&str]| bob.run(&[&["query"][..], args].concat()).ok().stdout;

    let chains = ask(&["chains"]);
    let ids: Vec<_> = chains["chains"]
        .as_array()
        .unwrap()
        .iter()
        .map(|chain| &chain["chain"])
        .collect();
    assert_eq!(ids, [-1, 0, 1]);
    assert_eq!(coins(&chains["chains"][1]["registered_nano"]), 406_000);
    assert!(show(&["chains"]).contains("workchain 1"));

    // names follow the order of the genesis pools and stay
    let pools = ask(&["pools"]);
    let names = |pools: &Value| -> Vec<(String, String)> {
        let pools = pools["pools"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        pools
            .map(|pool| (text(&pool["name"]), text(&pool["pool"])))
            .collect()
    };
    assert_eq!(names(&pools), names(&ask(&["pools"])));
    let mut all: Vec<_> = names(&pools).into_iter().map(|(name, _)| name).collect();
    all.sort();
    assert_eq!(
        all,
        (1..=8)
            .map(|number| format!("pool-{number}"))
            .collect::<Vec<_>>()
    );
    assert_eq!(ask(&["pools", "--chain", "1"])["count"], 4);
    assert!(show(&["pools", "--limit", "2"]).contains("and 6 lighter ones"));

    // by name, by address, by the beginning of it
    let address = pools["pools"][0]["pool"].as_str().unwrap();
    let name = pools["pools"][0]["name"].as_str().unwrap();
    for text in [name, address, &address[..14]] {
        assert_eq!(ask(&["pool", text])["pool"], address);
    }
    let owner = pools["pools"][0]["owner"].as_str().unwrap();
    let wallet = ask(&["wallet", owner]);
    assert_eq!(wallet["positions"][0]["pool"], address);
    // free coins decrease by themselves, nano by nano: storage is due
    let same = ask(&["wallet", wallet["wallet"].as_str().unwrap()]);
    assert_eq!(same["wallet"], wallet["wallet"]);
    assert_eq!(same["positions"], wallet["positions"]);
    let chain = pools["pools"][0]["chain"].to_string();
    let set = ask(&["validators", "--chain", &chain]);
    assert_eq!(set["members"].as_array().unwrap().len(), 4);
    let then = ask(&["validators", "--chain", &chain, "--height", "1"]);
    assert_eq!(then["members"], set["members"]);
    assert!(show(&["validators"]).contains("masterchain: 6 validators"));
    assert_eq!(ask(&["params"])["params"]["evidence_window_s"], 6);
    assert!(show(&["params", "--chain", "0"]).contains("10,000 coins"));

    bob.rich("bob", "500", "0");
    bob.run(&["wallet", "create", "200"]).ok();
    let staked = bob.json(&["wallet", "stake", "100", "--pool", name]);
    let message = staked["message"].as_str().unwrap();
    let found = ask(&["message", message]);
    assert_eq!(found["now"]["status"], "executed", "{found}");
    let caused = found["caused"]["hash"].as_str().unwrap();
    let transaction = ask(&["tx", caused]);
    assert!(transaction.to_string().contains(message), "{transaction}");
    assert!(show(&["tx", caused]).contains("exit code"));
    let block = found["caused"]["at"]["block"].to_string();
    let block = ask(&["block", "0", &block]);
    let inside = block["transactions_first"].to_string();
    assert!(inside.contains(caused), "{block}");
    assert!(show(&["block", "-1"]).contains("of the masterchain"));
    let batches = ask(&["batches", "--limit", "5"]);
    let first = &batches["items"][0];
    assert_eq!(first["entries"][0]["root"], address);
    assert!(show(&["batches"]).contains(name));
    let events = show(&["events", "--limit", "100"]);
    assert!(events.contains("lock") && events.contains(name), "{events}");
    let locks = ask(&["events", "--kinds", "lock"]);
    assert_eq!(locks["items"].as_array().unwrap().len(), 1, "{locks}");

    bob.run(&["query", "block", "0", "4000000"])
        .fails(1, "workchain 0 has no block 4000000");
    bob.run(&["query", "tx", &"0".repeat(64)])
        .fails(1, "there is no transaction");
    bob.run(&["query", "tx", "abc"]).fails(2, "is not a hash");
    bob.run(&["query", "message", &"1".repeat(64)])
        .fails(1, "there is no message");
    bob.run(&["query", "validators", "--chain", "5"])
        .fails(1, "there is no chain 5");
    bob.run(&["query", "events", "--kinds", "party"])
        .fails(1, "party");
    bob.run(&["query", "wallet", owner.split(':').next().unwrap()])
        .fails(2, "neither an address nor a key");
    bob.run(&["query", "wallet", &owner[..20]])
        .fails(2, "is not an address");
    // the key's name stands for its account
    let named = bob.json(&["query", "wallet", "bob"]);
    assert_eq!(named["wallet"], bob.json(&["query", "wallet"])["wallet"]);
}

#[test]
fn events_are_told_as_they_happen() {
    let devnet = Devnet::start();
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "500", "0");
    bob.run(&["wallet", "create", "200"]).ok();
    let mut child = bob
        .command(&["query", "events", "--follow", "--kinds", "lock", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    bob.run(&["wallet", "stake", "50", "--pool", "pool-1"]).ok();
    let event: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(event["kind"], "lock");
    assert_eq!(coins(&event["amount_nano"]), 50);
    child.kill().unwrap();
    child.wait().unwrap();
}
