//! The command line as a user sees it.

use std::collections::BTreeSet;

use snapbox::cmd::{Command, cargo_bin};
use snapbox::{file, str};

/// The checks that the demo promises, by name.
const CHECKS: [&str; 20] = [
    "validator-joins",
    "cross-chain-stake",
    "coins-stay-in-wallet",
    "majority-applied",
    "masterchain-set-follows",
    "early-unstake-refused",
    "unlock-and-withdraw",
    "double-sign-slashed",
    "masterchain-silent",
    "forged-root-refused",
    "forged-wallet-refused",
    "root-in-masterchain-refused",
    "forged-proposal-refused",
    "wrong-chain-refused",
    "evidence-forged-refused",
    "evidence-twice-refused",
    "too-little-value-refused",
    "bounce-releases",
    "replicas-equal",
    "coins-conserved",
];

fn ddvs(args: &[&str]) -> Command {
    Command::new(cargo_bin!("ddvs"))
        .args(args)
        .env("COLUMNS", "100")
}

#[test]
fn help() {
    ddvs(&["--help"])
        .assert()
        .success()
        .stdout_eq(file!["snapshots/help.txt"]);
    ddvs(&["demo", "--help"])
        .assert()
        .success()
        .stdout_eq(file!["snapshots/help-demo.txt"]);
    ddvs(&["tycho", "--help"])
        .assert()
        .success()
        .stdout_eq(file!["snapshots/help-tycho.txt"]);
    ddvs(&["tycho", "init", "--help"])
        .assert()
        .success()
        .stdout_eq(file!["snapshots/help-tycho-init.txt"]);
    ddvs(&["tycho", "run-validator", "--help"])
        .assert()
        .success()
        .stdout_eq(file!["snapshots/help-tycho-run-validator.txt"]);
}

/// Commands for a network of nodes without an engine to run it.
#[test]
fn a_network_without_its_engine_says_what_to_install() {
    let home = tempfile::tempdir().expect("a directory");
    let dir = home.path().join("net");
    let dir = dir.to_str().expect("a name in UTF-8");
    ddvs(&["tycho", "up", "--dir", dir])
        .assert()
        .code(2)
        .stderr_eq(str![[r#"
error: [..]/net contains no network: make one with `ddvs tycho init --dir [..]/net`

"#]]);
    ddvs(&["tycho", "init", "--dir", dir]).assert().success();
    ddvs(&["tycho", "init", "--dir", dir])
        .assert()
        .code(2)
        .stderr_eq(str![[r#"
error: [..]/net is not empty: choose another directory, or remove it first

"#]]);
    ddvs(&["tycho", "up", "--dir", dir])
        .env("TYCHO_BIN", "/nonexistent/tycho")
        .assert()
        .code(2)
        .stderr_eq(str![[r#"
error: the engine `/nonexistent/tycho` is missing; install it with `cargo install tycho-cli --version 1.0.0 --locked` (it needs clang, libclang-dev, cmake and a C++ compiler), or name it in the variable TYCHO_BIN

"#]]);
    // nothing is running, and the exit code says so
    ddvs(&["tycho", "status", "--dir", dir]).assert().code(1);
    ddvs(&["tycho", "down", "--dir", dir]).assert().success();
    ddvs(&["demo", "--network", dir])
        .assert()
        .code(2)
        .stdout_eq("");
}

#[test]
fn wrong_arguments_say_what_to_do() {
    ddvs(&["demo", "--workchains", "2"])
        .assert()
        .code(2)
        .stdout_eq("")
        .stderr_eq(str![[r#"
error: invalid value '2' for '--workchains <WORKCHAINS>': 2 is not in 3..=8

For more information, try '--help'.

"#]]);
    ddvs(&["demo", "--validators", "many"]).assert().code(2);
    ddvs(&["dance"]).assert().code(2);
}

#[test]
fn json_is_one_object_with_all_checks() {
    let output = ddvs(&["demo", "--json"]).output().expect("ddvs runs");
    assert!(
        output.status.success(),
        "exit code {:?}",
        output.status.code()
    );
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("stdout is JSON and nothing else");
    let keys: BTreeSet<_> = report
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        BTreeSet::from(["checks", "figures", "network", "steps"])
    );
    let checks = report["checks"].as_array().expect("a list");
    let names: BTreeSet<_> = checks
        .iter()
        .filter_map(|check| check["name"].as_str())
        .collect();
    assert_eq!(names, BTreeSet::from(CHECKS));
    assert_eq!(checks.len(), CHECKS.len(), "each check stands there once");
    for check in checks {
        assert_eq!(check["ok"], serde_json::Value::Bool(true), "{check}");
    }
}

#[test]
fn closed_output_pipe_is_no_error() {
    for args in [&["demo"][..], &["demo", "--json"], &["completions", "bash"]] {
        let mut child = std::process::Command::new(cargo_bin!("ddvs"))
            .args(args)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // as `head` does when it has enough
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), said.as_str()),
            (Some(0), ""),
            "{args:?}"
        );
    }
}

#[test]
fn same_seed_gives_the_same_output() {
    let told = |seed: &str| {
        ddvs(&["demo", "--seed", seed])
            .output()
            .expect("ddvs runs")
            .stdout
    };
    assert_eq!(told("5"), told("5"));
    assert_ne!(told("5"), told("6"));
}

#[test]
fn demo_passes_on_larger_networks() {
    for args in [
        ["--workchains", "4", "--validators", "3"],
        ["--workchains", "8", "--validators", "5"],
    ] {
        ddvs(&[&["demo"], &args[..]].concat()).assert().success();
    }
}
