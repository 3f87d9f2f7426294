//! A network that is made for one trial, and stopped and removed with it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use ddvs_tycho::{
    INSTALL_COMMAND, Layout, NetworkFile, NetworkOptions, down, find_binary, init, open,
    show_all_workchains, up,
};

/// How long a network may take until all of it shows.
const START: Duration = Duration::from_secs(120);

/// Lines of each node's log that a failed trial shows.
const COMPLAINTS: usize = 8;
/// Characters of each.
const COMPLAINT_CHARS: usize = 240;

/// A running network in a directory of its own.
#[derive(Debug)]
pub struct Trial {
    /// Its files.
    pub layout: Layout,
    /// What is kept of it.
    pub network: NetworkFile,
}

impl Trial {
    /// Makes and starts a network below `dir`, which must be empty. Without the engine's binary nothing is made, and it is
    /// said on stderr that `what` did not run.
    ///
    /// Fails only when the binary is there and the network cannot be made or started.
    pub fn begin(
        what: &str,
        dir: &Path,
        udp_port: u16,
        change: impl FnOnce(&mut NetworkOptions),
    ) -> Result<Option<Self>> {
        if let Err(error) = find_binary() {
            eprintln!("NOT RUN: {what}: {error}; `{INSTALL_COMMAND}`");
            return Ok(None);
        }
        let mut options = NetworkOptions::new(dir.join("net"));
        options.udp_port = udp_port;
        options.rpc_port = udp_port + 100;
        change(&mut options);
        init(&options)?;
        let layout = Layout::new(&options.dir);
        up(&layout)?;
        let trial = Self {
            network: open(&layout)?,
            layout,
        };
        let shown = show_all_workchains(
            &trial.layout,
            &trial.network,
            &trial.network.node_indices(),
            START,
        )?;
        ensure!(
            shown.is_some(),
            "a workchain is shown by no node within {START:?}"
        );
        Ok(Some(trial))
    }
}

/// What a node complained about last. What every node writes all the time is left out.
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
        // the logs go with the directory
        if std::thread::panicking() {
            for node in &self.network.nodes {
                let said = last_complaints(&self.layout, node.index);
                eprintln!("node {} wrote last:\n{said}", node.index);
            }
        }
        let _ = down(&self.layout);
    }
}
