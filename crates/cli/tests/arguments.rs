//! Errors of the command line are reported to people and to programs, and exit codes are those of the table.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use common::{Devnet, Person, text};
use serde_json::Value;

const NOWHERE: &str = "http://127.0.0.1:9";

/// The error object of a run, which ended with this code.
#[track_caller]
fn error(person: &Person, args: &[&str], code: i32) -> Value {
    let ran = person.run(args);
    assert_eq!(ran.code, code, "{args:?}: {ran:?}");
    assert_eq!(ran.stdout.lines().count(), 1, "{args:?}: {ran:?}");
    let error = ran.json()["error"].clone();
    assert_eq!(error["exit_code"], code, "{args:?}: {ran:?}");
    error
}

#[test]
fn with_json_every_wrong_argument_is_an_object() {
    let person = Person::new(NOWHERE);
    for (args, words) in [
        (&["wallet", "stake", "5", "--json"][..], "--pool <POOL>"),
        (
            &["wallet", "stake", "--json", "five", "--pool", "a"],
            "is not an amount",
        ),
        (&["query", "pools", "--limit", "0", "--json"], "1..=20000"),
        (&["query", "dance", "--json"], "unrecognized subcommand"),
        (&["dance", "--json"], "unrecognized subcommand"),
        (&["demo", "--workchains", "2", "--json"], "3..=8"),
        (&["devnet", "--json"], "--run-for"),
        (&["tycho", "status", "--json", "--nonsense"], "--nonsense"),
        (&["bench", "gas", "--json"], "unrecognized subcommand"),
        (&["balance", "--jsno", "--json"], "--jsno"),
        (
            &["query", "events", "--account", "-x", "--json"],
            "not an option",
        ),
        (&["wallet", "deposit", "-5", "--json"], "is not an amount"),
        (&["wallet", "deposit", "1,5", "--json"], "is not an amount"),
        (&["key", "--json"], "--json"),
        (&["--json"], "--json"),
    ] {
        let error = error(&person, args, 2);
        assert_eq!(error["kind"], "usage", "{args:?}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(words), "{args:?}: {message}");
        assert!(!message.contains("--help"), "{args:?}: {message}");
    }
    // a later error is one too, whatever the command
    let nothing = person.path("nothing");
    let error_of = error(&person, &["demo", "--network", text(&nothing), "--json"], 2);
    assert_eq!(error_of["kind"], "error");
    // help is no error
    let help = person.run(&["wallet", "--help"]).ok();
    assert!(help.stdout.contains("Usage: ddvs wallet"), "{help:?}");
    // words after `--` are not options
    let ran = person.run(&["key", "show", "--", "--json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
}

#[test]
fn usage_lines_ask_only_for_what_is_missing() {
    let person = Person::new(NOWHERE);
    let password = person.write("password", "x\n");
    let ran = person
        .command(&["wallet", "stake", "5"])
        .env("DDVS_KEY", "alice")
        .env("DDVS_PASSWORD_FILE", &password)
        .output()
        .unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    let usage = said.lines().find(|line| line.starts_with("Usage:"));
    assert_eq!(
        usage,
        Some("Usage: ddvs wallet stake --pool <POOL> <AMOUNT>"),
        "{said}"
    );
}

#[test]
fn several_keys_are_named_with_both_ways_to_choose() {
    let devnet = Devnet::start();
    let person = Person::new(&devnet.url);
    person.key("alice");
    person.key("bob");
    for command in [
        &["wallet", "status"][..],
        &["validator", "status"],
        &["query", "wallet"],
        &["balance"],
        &["wallet", "deposit", "1"],
        &["send", "alice", "1"],
    ] {
        let ran = person.run(command).fails(2, "alice, bob");
        assert!(
            ran.stderr.contains("--key NAME") && ran.stderr.contains("DDVS_KEY=NAME"),
            "{ran:?}"
        );
    }
    let chosen = person
        .command(&["wallet", "status"])
        .env("DDVS_KEY", "bob")
        .output()
        .unwrap();
    assert!(chosen.status.success(), "{chosen:?}");
}

#[test]
fn read_only_commands_ask_for_no_password() {
    let devnet = Devnet::start();
    let alice = Person::new(&devnet.url);
    let password = alice.write("password", "open sesame\n");
    alice
        .run(&["key", "new", "alice", "--password-file", text(&password)])
        .ok();
    // there is no terminal, and no file is named: a command that asked would fail
    for command in [
        &["wallet", "status"][..],
        &["query", "wallet"],
        &["balance"],
        &["key", "list"],
        &["key", "show", "alice", "--accounts"],
        &["validator", "list"],
        &["query", "account", "alice"],
        &["faucet", "alice", "10"],
    ] {
        alice.run(command).ok();
    }
    // it has none, and says so without a password
    alice
        .run(&["validator", "status"])
        .fails(1, "there is no pool of this network");
    // commands that sign ask for it
    alice
        .run(&["wallet", "create"])
        .fails(2, "DDVS_PASSWORD_FILE");
}

#[test]
fn exit_codes_are_those_of_the_table() {
    let devnet = Devnet::start();
    let person = Person::new(&devnet.url);
    // 0: done
    person.rich("alice", "500", "0");
    // 1: refused, not there, or a check that failed
    let kind = |args: &[&str], code: i32| error(&person, args, code)["kind"].clone();
    assert_eq!(kind(&["send", "alice", "1", "--json"], 1), "refused");
    assert_eq!(kind(&["query", "pool", "nobody", "--json"], 1), "refused");
    assert_eq!(
        kind(&["query", "block", "0", "4000000", "--json"], 1),
        "refused"
    );
    person
        .run(&[
            "contract",
            "verify",
            "--wallet",
            &format!("0:{}", "1".repeat(64)),
        ])
        .fails(1, "");
    // 2: an error
    assert_eq!(
        kind(&["wallet", "status", "--rpc", NOWHERE, "--json"], 2),
        "error"
    );
    assert_eq!(
        kind(&["wallet", "status", "--key", "no", "--json"], 2),
        "error"
    );
    // 3: unknown within the timeout, and the same command continues to wait
    let slow = Devnet::with_block_time("2000");
    let bob = Person::new(&slow.url);
    bob.rich("bob", "50", "0");
    let send = [
        "send",
        "bob",
        "1",
        "--to-chain",
        "1",
        "--timeout",
        "1",
        "--json",
    ];
    assert_eq!(error(&bob, &send, 3)["kind"], "timeout");
    let on = bob.json(&["send", "bob", "1", "--to-chain", "1"]);
    assert_eq!(on["outcome"], "paid", "{on}");
    assert_eq!(on["continued"], true, "{on}");
}
