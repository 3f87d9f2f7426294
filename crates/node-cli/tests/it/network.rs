//! A network in a directory of its own.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Ports of a node.
const PORTS: u16 = 32;

/// A network, whose nodes are stopped when it is dropped.
pub struct Network {
    dir: TempDir,
    pub nodes: u16,
}

/// Runs the program.
pub fn ddvs_node(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ddvs-node"))
        .args(words)
        .output()
        .expect("the program runs")
}

/// Where the next network of this process looks for ports: two that start at one time must not find the same ones.
static NEXT: AtomicU16 = AtomicU16::new(0);

/// The first of many free ports in a row.
fn free_ports(count: u16) -> u16 {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let first = std::process::id() as u16 % 40;
    loop {
        let turn = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(turn < 200, "no ports are free");
        let start = 10_000 + (first + turn) % 40 * 500;
        if (start..start + count).all(is_free) {
            return start;
        }
    }
}

impl Network {
    /// Two workchains, three validators each: three of four would be more than two thirds, two of three are not.
    pub fn new(validators: u16) -> Self {
        let dir = TempDir::new().expect("there is a disk");
        let nodes = 2 * validators;
        let network = Self { dir, nodes };
        let made = ddvs_node(&[
            "net",
            "init",
            "--dir",
            &network.path(),
            "--validators",
            &validators.to_string(),
            "--main",
            &validators.to_string(),
            "--block-time-ms",
            "300",
            "--base-port",
            &free_ports((nodes + 1) * PORTS).to_string(),
        ]);
        assert!(made.status.success(), "{made:?}");
        network
    }

    pub fn path(&self) -> String {
        self.dir.path().join("net").display().to_string()
    }

    pub fn home(&self, node: u16) -> PathBuf {
        PathBuf::from(self.path())
            .join("nodes")
            .join(node.to_string())
    }

    pub fn net(&self, command: &str) -> Output {
        ddvs_node(&["net", command, "--dir", &self.path()])
    }

    pub fn up(&self) {
        let up = self.net("up");
        assert!(up.status.success(), "{up:?}");
    }

    /// Kills a process without a warning.
    pub fn kill(&self, node: u16) {
        let pid = std::fs::read_to_string(self.home(node).join("node.pid"));
        let pid = pid
            .expect("it was started")
            .trim()
            .parse()
            .expect("it is a number");
        let pid = rustix::process::Pid::from_raw(pid).expect("it is one");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it runs");
    }

    /// Heights by chain, as a node knows them; none if it does not answer.
    pub fn heights(&self, node: u16) -> Vec<(i64, u64)> {
        let home = self.home(node).display().to_string();
        let told = ddvs_node(&["status", "--home", &home, "--json"]);
        let Ok(status) = serde_json::from_slice::<Value>(&told.stdout) else {
            return Vec::new();
        };
        let chains = status["chains"].as_array().cloned().unwrap_or_default();
        let number = |value: &Value| value.as_u64().unwrap_or(0);
        chains
            .iter()
            .map(|chain| {
                (
                    chain["chain"].as_i64().unwrap_or(0),
                    number(&chain["height"]),
                )
            })
            .collect()
    }

    /// Waits until nodes know these chains at these heights.
    pub fn reach(&self, nodes: &[u16], wanted: &[(i64, u64)]) {
        let begin = Instant::now();
        for &node in nodes {
            loop {
                let heights = self.heights(node);
                let reaches = |(chain, height): &(i64, u64)| {
                    heights.iter().any(|(id, now)| id == chain && now >= height)
                };
                if wanted.iter().all(reaches) {
                    break;
                }
                let late = begin.elapsed() > PATIENCE;
                assert!(!late, "node {node} knows {heights:?}, not {wanted:?}");
                std::thread::sleep(Duration::from_millis(100));
            }
        }
    }

    /// The hash of a block's header on a node.
    pub fn header(&self, node: u16, chain: i64, height: u64) -> Option<String> {
        let text = std::fs::read_to_string(self.home(node).join("node.toml"));
        let text = text.expect("the home has it");
        let http = text.lines().find_map(|line| line.strip_prefix("http = "));
        let http = http.expect("it is there").trim_matches('"').to_owned();
        let url = format!("{http}/node/v1/chains/{chain}/blocks/{height}/proof");
        let told = Command::new("curl").args(["-s", &url]).output().ok()?;
        let proof: Value = serde_json::from_slice(&told.stdout).ok()?;
        Some(proof["hash"].as_str()?.to_owned())
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.net("down");
        for node in 0..=self.nodes {
            if std::thread::panicking() {
                let log = std::fs::read_to_string(self.home(node).join("node.log"));
                let log = log.unwrap_or_default();
                let lines: Vec<_> = log.lines().rev().take(15).collect();
                println!("node {node}: {lines:#?}");
            }
        }
    }
}
