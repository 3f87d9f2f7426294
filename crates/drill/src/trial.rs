//! A network for one trial, which is stopped and removed at its end.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use ddvs_tycho::{Layout, NetworkFile, NetworkOptions, down, init, open, show_all_workchains, up};

/// Timeout until a network shows all workchains.
const START: Duration = Duration::from_secs(120);

/// Number of lines of each node's log shown by a failed trial.
const COMPLAINTS: usize = 8;
/// Maximum length of each line.
const COMPLAINT_CHARS: usize = 240;

/// A running network in a directory of its own.
#[derive(Debug)]
pub struct Trial {
    /// Its files.
    pub layout: Layout,
    /// Its description.
    pub network: NetworkFile,
}

impl Trial {
    /// Creates and starts a network below `dir`, which must be empty, and waits until each of its workchains is shown by a node.
    ///
    /// Fails when the engine's binary is missing, or the network cannot be created or started; then the nodes' output is shown.
    pub fn begin(
        dir: &Path,
        udp_port: u16,
        change: impl FnOnce(&mut NetworkOptions),
    ) -> Result<Self> {
        let mut options = NetworkOptions::new(dir.join("net"));
        options.udp_port = udp_port;
        options.rpc_port = udp_port + 100;
        change(&mut options);
        let network = init(&options)?;
        let layout = Layout::new(&options.dir);
        let trial = Self { layout, network };
        if let Err(error) = trial.rise() {
            show_logs(&trial.layout);
            return Err(error);
        }
        Ok(trial)
    }

    fn rise(&self) -> Result<()> {
        up(&self.layout)?;
        self.show_all()
    }

    /// Waits until each workchain is shown by a node: nodes that were started together may all show the same one.
    ///
    /// Fails only when one is not shown in time.
    pub fn show_all(&self) -> Result<()> {
        let nodes = self.network.node_indices();
        let shown = show_all_workchains(&self.layout, &self.network, &nodes, START)?;
        ensure!(
            shown.is_some(),
            "a workchain is shown by no node within {START:?}"
        );
        Ok(())
    }
}

/// Prints the last errors of a network's nodes to stderr, and keeps their logs, which are otherwise removed with its
/// directory.
pub fn show_logs(layout: &Layout) {
    let Ok(network) = open(layout) else {
        return eprintln!("there is no network whose nodes could tell why");
    };
    let kept = std::env::temp_dir().join(format!(
        "ddvs-failed-{}-{}",
        std::process::id(),
        network.nodes.first().map_or(0, |node| node.rpc.port())
    ));
    let _ = fs::create_dir_all(&kept);
    for node in &network.nodes {
        let index = node.index;
        let said = last_complaints(layout, index);
        let copy = kept.join(format!("node-{index}.txt"));
        let place = match fs::copy(layout.log(index), &copy) {
            Ok(_) => copy.display().to_string(),
            Err(error) => format!("no log: {error}"),
        };
        eprintln!("node {index} complained last ({place}):\n{said}");
    }
    // only where no node has a log
    let _ = fs::remove_dir(&kept);
}

/// Returns a node's last errors, without those that every node logs all the time.
fn last_complaints(layout: &Layout, index: u16) -> String {
    let log = fs::read(layout.log(index)).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let has = |line: &str, words: &[&str]| words.iter().any(|word| line.contains(word));
    let complaints = log.lines().filter(|line| {
        has(line, &[" WARN ", " ERROR ", "panicked at", "Error: "])
            && !has(line, &["block not found", "Next anchor is unknown"])
    });
    let lines: Vec<String> = complaints
        .map(|line| line.chars().take(COMPLAINT_CHARS).collect())
        .collect();
    lines[lines.len().saturating_sub(COMPLAINTS)..].join("\n")
}

impl Drop for Trial {
    fn drop(&mut self) {
        if std::thread::panicking() {
            show_logs(&self.layout);
        }
        let _ = down(&self.layout);
    }
}
