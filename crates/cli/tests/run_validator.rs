//! `ddvs tycho run-validator` as an operator and systemd see it, without a node: it waits, and ends on request.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ddvs_tycho::{Layout, NetworkOptions, init, node_bundle};
use rustix::process::{Pid, Signal, kill_process};
use snapbox::cmd::cargo_bin;

/// A network that does not run.
fn network(dir: &Path) -> Layout {
    let mut options = NetworkOptions::new(dir.join("net"));
    (options.udp_port, options.rpc_port) = (24_801, 24_901);
    init(&options).unwrap();
    Layout::new(&options.dir)
}

fn run_validator(home: &Path) -> Command {
    let mut command = Command::new(cargo_bin!("ddvs"));
    command.args(["tycho", "run-validator", "--home"]).arg(home);
    command
}

/// Exit code, stdout, stderr.
fn once(home: &Path) -> (Option<i32>, serde_json::Value, String) {
    let output = run_validator(home)
        .args(["--once", "--json"])
        .output()
        .unwrap();
    let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let stderr = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), json, stderr)
}

#[test]
fn service_waits_for_the_node_and_ends_on_a_signal() {
    let dir = tempfile::tempdir().unwrap();
    let layout = network(dir.path());
    for signal in [Signal::TERM, Signal::INT] {
        let mut child = run_validator(&layout.node(1))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut until = |words: &str| lines.any(|line| line.unwrap().contains(words));
        assert!(until(
            "the node does not answer, so nothing is done until it does"
        ));
        let asked = Instant::now();
        kill_process(Pid::from_raw(child.id() as i32).unwrap(), signal).unwrap();
        assert!(until("stopped by a signal"));
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert!(asked.elapsed() < Duration::from_secs(2));
    }
}

#[test]
fn one_round_without_a_node_is_not_in_the_set() {
    let dir = tempfile::tempdir().unwrap();
    let layout = network(dir.path());
    let bundle = dir.path().join("bundle");
    node_bundle(&layout, 2, &bundle).unwrap();
    for home in [layout.node(2), bundle] {
        let (code, json, stderr) = once(&home);
        assert_eq!(code, Some(1), "{stderr}");
        assert_eq!(json["in_set"], serde_json::Value::Null);
        assert_eq!(json["node"]["answers"], false);
        let findings = json["findings"].as_array().unwrap();
        assert!(
            findings
                .iter()
                .any(|finding| finding["code"] == "node-silent")
        );
    }
}

#[test]
fn missing_setting_is_reported_with_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let layout = network(dir.path());
    let told = |home: PathBuf| {
        let (code, json, stderr) = once(&home);
        assert_eq!(code, Some(2), "{stderr}");
        // an error is an object too
        let error = &json["error"];
        assert_eq!(error["exit_code"], 2, "{json}");
        assert_eq!(error["kind"], "error", "{json}");
        let message = error["message"].as_str().unwrap();
        assert!(stderr.contains(message), "{json}");
        stderr
    };
    let nowhere = told(dir.path().join("nowhere"));
    assert!(
        nowhere.contains("nowhere/validator.toml is missing"),
        "{nowhere}"
    );
    // node 5 is no genesis validator
    let newcomer = told(layout.node(5));
    let words = "validator.toml does not say `root`: write the address of the Root";
    assert!(newcomer.contains(words), "{newcomer}");
    let file = layout.validator(5);
    let text = std::fs::read_to_string(&file).unwrap();
    let root = format!("root = \"0:{}\"", "ab".repeat(32));
    std::fs::write(&file, text.replace("# root = \"0:...\"", &root)).unwrap();
    let newcomer = told(layout.node(5));
    assert!(newcomer.contains("does not say `wallet_key`"), "{newcomer}");
    std::fs::write(
        &file,
        text.replace("# root = \"0:...\"", "root = \"over there\""),
    )
    .unwrap();
    let newcomer = told(layout.node(5));
    assert!(newcomer.contains("`root` in"), "{newcomer}");
    std::fs::write(&file, format!("{text}\nrounds = 7\n")).unwrap();
    let newcomer = told(layout.node(5));
    assert!(newcomer.contains("unknown field `rounds`"), "{newcomer}");
}
