//! Coins that leave an account, a wallet or a pool, and keys that leave their directory.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::os::unix::fs::PermissionsExt;

use common::{Devnet, Person, coins, text};
use serde_json::{Value, json};

const NOWHERE: &str = "http://127.0.0.1:9";

#[test]
fn coins_leave_the_keys_account() {
    let devnet = Devnet::start();
    let alice = Person::new(&devnet.url);
    alice.rich("alice", "100", "0");
    alice.key("bob");
    let sent = alice.json(&["send", "bob", "30", "--key", "alice"]);
    assert_eq!(sent["outcome"], "paid", "{sent}");
    assert_eq!(coins(&sent["amount_nano"]), 30);
    let bob = alice.json(&["balance", "bob"]);
    assert_eq!(coins(&bob["balance_nano"]), 30, "{bob}");
    assert_eq!(bob["wallet_exists"], false);
    // to another chain, and an excessive amount is reported before anything is sent
    alice
        .run(&["send", "bob", "10", "--key", "alice", "--to-chain", "1"])
        .ok();
    let there = alice.json(&["balance", "bob", "--chain", "1"]);
    assert_eq!(coins(&there["balance_nano"]), 10);
    // an address of the masterchain begins as an option does
    let main = alice.json(&["balance", "bob", "--chain", "-1"])["address"].clone();
    let main = main.as_str().unwrap();
    assert!(main.starts_with("-1:"), "{main}");
    alice.run(&["send", main, "1", "--key", "alice"]).ok();
    assert_eq!(coins(&alice.json(&["balance", main])["balance_nano"]), 1);
    let account = alice.json(&["query", "account", main]);
    assert_eq!(coins(&account["balance_nano"]), 1);
    let events = alice.json(&["query", "events", "--account", main]);
    assert_eq!(events["items"], json!([]), "{events}");
    let before = alice.json(&["balance", "alice"]);
    alice
        .run(&["send", "bob", "70", "--key", "alice"])
        .fails(1, "are needed");
    alice
        .run(&["send", "alice", "1", "--key", "alice"])
        .fails(1, "is the account that sends");
    alice
        .run(&["send", "carol", "1", "--key", "alice"])
        .fails(2, "neither an address nor a key: `ddvs key list`");
    assert_eq!(alice.json(&["balance", "alice"]), before);
    // a contract that has no use for them sends them back
    let pools = alice.json(&["query", "pools", "--chain", "0"]);
    let pool = pools["pools"][0]["pool"].as_str().unwrap();
    let back = alice.json(&["send", pool, "5", "--key", "alice"]);
    assert_eq!(coins(&back["returned_nano"]), 4, "{back}");
    // all of it: the maximum fees of sending stay
    let dry = alice.json(&["send", "bob", "ALL", "--key", "alice", "--dry-run"]);
    assert_eq!(dry["answer"]["outcome"], "paid", "{dry}");
    alice.run(&["send", "bob", "ALL", "--key", "alice"]).ok();
    assert_eq!(coins(&alice.json(&["balance", "alice"])["balance_nano"]), 0);
    alice
        .run(&["send", "bob", "ALL", "--key", "alice"])
        .fails(1, "there is nothing to send");
    assert_eq!(coins(&alice.json(&["balance", "bob"])["balance_nano"]), 88);
    // equal requests that were answered are two: nothing is taken for a repetition
    alice.run(&["faucet", "alice", "10"]).ok();
    for _ in 0..2 {
        alice.run(&["send", "bob", "2", "--key", "alice"]).ok();
    }
    assert_eq!(coins(&alice.json(&["balance", "bob"])["balance_nano"]), 92);
}

#[test]
fn a_transfer_has_a_comment() {
    let devnet = Devnet::start();
    let alice = Person::new(&devnet.url);
    alice.rich("alice", "100", "0");
    let account = format!("0:{}", "78".repeat(32));
    let send = |comment: &str| alice.run(&["send", &account, "2", "--comment", comment, "--json"]);
    let shown = || {
        let path = format!("toncenter/v2/getTransactions?address={account}&limit=1");
        let answer = ureq::get(format!("{}/{path}", devnet.url)).call();
        let text = answer.unwrap().body_mut().read_to_string().unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        answer["result"][0]["in_msg"]["message"].clone()
    };
    // in one cell, and in several
    for comment in ["rent for May", &"long ".repeat(50)] {
        let paid = send(comment).ok().json();
        assert_eq!(paid["outcome"], "paid", "{paid}");
        assert_eq!(shown(), comment);
    }
    send(&"x".repeat(961)).fails(1, "more than 960 bytes");
    // the account pays for its storage
    let left = &alice.json(&["balance", &account])["balance_nano"];
    let left: u64 = left.as_str().unwrap().parse().unwrap();
    assert!((3_999_000_000..=4_000_000_000).contains(&left), "{left}");
}

#[test]
fn exported_key_can_be_imported_again() {
    let alice = Person::new(NOWHERE);
    let password = alice.write("password", "open sesame\n");
    let with = |args: &[&'static str]| -> Vec<String> {
        let args = args.iter().map(|&arg| arg.to_owned());
        let file = ["--password-file".to_owned(), text(&password).to_owned()];
        args.chain(file).collect()
    };
    let run = |args: Vec<String>| {
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        alice.run(&args)
    };
    run(with(&["key", "new", "alice"])).ok();
    let made = alice.json(&["key", "show", "alice"]);
    alice
        .run(&["key", "export", "alice"])
        .fails(2, "DDVS_PASSWORD_FILE");
    let words = run(with(&["key", "export", "alice"])).ok().stdout;
    assert_eq!(words.split_whitespace().count(), 24);
    for form in ["words", "hex", "json"] {
        let file = alice.path(form);
        let mut export = with(&["key", "export", "alice", "--form"]);
        export.insert(4, form.to_owned());
        export.extend(["--file".to_owned(), text(&file).to_owned()]);
        run(export.clone()).ok();
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        // a file is never overwritten
        run(export).fails(2, "must not exist");
        let import = [
            "key",
            "import",
            form,
            "--unencrypted",
            "--file",
            text(&file),
        ];
        assert_eq!(alice.json(&import)["public"], made["public"], "{form}");
    }
    alice
        .run(&["key", "export", "hex", "--form", "words"])
        .fails(2, "--form hex");
    let names = |listed: Value| -> Vec<Value> {
        let keys = listed["keys"].as_array().unwrap().clone();
        keys.into_iter().map(|key| key["name"].clone()).collect()
    };
    assert_eq!(
        names(alice.json(&["key", "list"])),
        ["alice", "hex", "json", "words"]
    );
    // nothing is deleted without a confirmation
    alice.run(&["key", "delete", "alice"]).fails(2, "--yes");
    let gone = alice.json(&["key", "delete", "alice", "--yes"]);
    assert_eq!(gone["outcome"], "deleted");
    assert_eq!(
        names(alice.json(&["key", "list"])),
        ["hex", "json", "words"]
    );
    alice
        .run(&["key", "delete", "alice", "--yes"])
        .fails(2, "there is no key alice");
}

/// Repeats a command until it ends well.
#[track_caller]
fn until_ok(person: &Person, args: &[&str]) -> Value {
    let args = [args, &["--json"]].concat();
    person.until(&args, |ran| ran.code == 0).json()
}

#[test]
fn a_staker_leaves_with_one_command() {
    let devnet = Devnet::start();
    let bob = Person::new(&devnet.url);
    bob.rich("bob", "500", "0");
    bob.run(&["wallet", "create", "300"]).ok();
    bob.run(&["wallet", "stake", "100", "--pool", "pool-1"])
        .ok();
    bob.run(&["wallet", "stake", "50", "--pool", "pool-2"]).ok();
    bob.run(&["wallet", "exit", "--no-wait"])
        .fails(2, "--no-wait is not possible here");
    // all of the pool's stake counts: there is nothing to request
    let synced = bob.json(&["wallet", "sync", "--pool", "pool-1"]);
    assert_eq!(synced["outcome"], "nothing_to_do", "{synced}");
    assert_eq!(synced["is_whole"], true);
    bob.run(&["wallet", "sync"])
        .fails(2, "choose one with --pool");
    until_ok(&bob, &["wallet", "unstake", "ALL", "--pool", "pool-1"]);
    // free coins leave now, unlocking ones stay
    let first = bob.json(&["wallet", "exit"]);
    assert_eq!(coins(&first["held_nano"]), 150, "{first}");
    assert_eq!(first["settled"], json!([]));
    bob.run(&["wallet", "exit"])
        .fails(1, "no coins can leave yet: the next are 100");
    let last = until_ok(&bob, &["wallet", "exit"]);
    assert_eq!(coins(&last["settled"][0]["released_nano"]), 100, "{last}");
    assert_eq!(coins(&last["held_nano"]), 50);
    assert!(coins(&last["amount_nano"]) >= 100, "{last}");
    bob.run(&["wallet", "exit"])
        .fails(1, "take them back first with `ddvs wallet unstake`");
}

#[test]
fn a_validator_adds_stake_and_takes_what_is_left() {
    let devnet = Devnet::start();
    let val = Person::new(&devnet.url);
    val.rich("val", "300000", "0");
    for (args, words) in [
        (&["validator", "list"][..], "no key here owns a pool"),
        (
            &["validator", "list", "--key", "val"],
            "the key val owns no pool",
        ),
    ] {
        let none = val.run(args).ok();
        assert!(none.stdout.contains(words), "{none:?}");
    }
    val.run(&["validator", "top-up", "10"])
        .fails(1, "there is no pool");
    val.run(&["validator", "create", "--stake", "60000"]).ok();
    let more = val.json(&["validator", "top-up", "5000"]);
    assert_eq!(coins(&more["owner_active_nano"]), 65_000, "{more}");
    assert_eq!(more["standing"], "validating");
    val.run(&["validator", "top-up", "ALL"])
        .fails(2, "write how many coins");
    let listed = val.json(&["validator", "list"]);
    let pools = listed["pools"].as_array().unwrap();
    assert_eq!(pools.len(), 1, "{listed}");
    assert_eq!(pools[0]["key_name"], "val");
    assert_eq!(coins(&pools[0]["counted_nano"]), 65_000);
    // a pool keeps its reserve, and there is no more than that (a wallet's free coins decrease by themselves, nano by
    // nano: storage is due)
    let purse = || val.json(&["balance"])["balance_nano"].clone();
    let before = purse();
    val.run(&["validator", "take-surplus"])
        .fails(1, "Nothing was sent");
    assert_eq!(purse(), before);
    val.run(&["validator", "close"]).ok();
    val.run(&["validator", "top-up", "10"])
        .fails(1, "is closed");
    // whatever its locks said: that of what was added stands beside the first one until both have passed
    let status = val.run(&["wallet", "status"]).ok().stdout;
    assert!(status.contains(",000 may leave"), "{status}");
    assert!(!status.contains("until"), "{status}");
    let status = val.json(&["wallet", "status"]);
    assert_eq!(status["positions"][0]["locks_hold"], false, "{status}");
    // once nobody has coins with it, it needs nothing any more
    until_ok(&val, &["wallet", "unstake", "ALL"]);
    until_ok(&val, &["wallet", "exit"]);
    while val.json(&["wallet", "status"])["positions"] != json!([]) {
        until_ok(&val, &["wallet", "exit"]);
    }
    let pool = pools[0]["pool"].as_str().unwrap();
    let kept = val.json(&["query", "account", pool]);
    assert_eq!(coins(&kept["balance_nano"]), 1, "{kept}");
    let taken = until_ok(&val, &["validator", "take-surplus"]);
    assert_eq!(taken["outcome"], "paid", "{taken}");
    assert_eq!(coins(&taken["amount_nano"]), 1, "{taken}");
    let left = val.json(&["query", "account", pool]);
    assert_eq!(left["balance_nano"], "0", "{left}");
}
