//! The whole scenario on real nodes, as a user runs it: `ddvs tycho init --story`, `up`, `ddvs demo --network`.
//!
//! Needs the engine's binary, in the path or named by `TYCHO_BIN`: `.ci/nightly` runs it.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use ddvs_drill::show_logs;
use ddvs_tycho::Layout;
use serde_json::{Value, json};
use snapbox::cmd::cargo_bin;

/// Timeout of the first blocks.
const PATIENCE: Duration = Duration::from_secs(90);

/// Checks that a running network of nodes cannot show.
const NOT_APPLICABLE: [&str; 2] = ["masterchain-silent", "coins-conserved"];

/// Stops the nodes with the test.
struct Network<'a>(&'a Path);

impl Network<'_> {
    fn tycho(&self, words: &[&str]) -> Output {
        let mut command = Command::new(cargo_bin!("ddvs"));
        command.arg("tycho").args(words).arg("--dir").arg(self.0);
        command.output().unwrap()
    }

    fn must(&self, words: &[&str]) {
        let output = self.tycho(words);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {said}");
    }
}

impl Drop for Network<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            show_logs(&Layout::new(self.0));
        }
        let _ = self.tycho(&["down"]);
    }
}

#[test]
#[ignore = "needs the engine's binary `tycho`: the story on real nodes"]
fn the_story_passes_on_nodes() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("net");
    let network = Network(&dir);
    network.must(&[
        "init",
        "--story",
        "--udp-port",
        "26801",
        "--rpc-port",
        "26901",
    ]);
    network.must(&["up"]);
    let end = Instant::now() + PATIENCE;
    while !network.tycho(&["status"]).status.success() {
        assert!(Instant::now() < end, "no block within {PATIENCE:?}");
        std::thread::sleep(Duration::from_secs(1));
    }

    let mut demo = Command::new(cargo_bin!("ddvs"));
    demo.args(["demo", "--json", "--network"]).arg(&dir);
    let output = demo.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    let checks = report["checks"].as_array().unwrap();
    assert!(output.status.success(), "{said}\n{checks:#?}");
    assert_eq!(report["network"]["kind"], "tycho");
    for check in checks {
        let name = check["name"].as_str().unwrap();
        let expected = if NOT_APPLICABLE.contains(&name) {
            json!("not-applicable")
        } else {
            json!(true)
        };
        assert_eq!(check["ok"], expected, "{check:#}");
    }
    // as many as on an embedded network
    assert_eq!(checks.len(), 20);
    network.must(&["down"]);
}
