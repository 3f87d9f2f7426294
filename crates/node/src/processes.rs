//! The nodes of a network on this machine, as processes that outlive the command.

use std::fs::{self, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::network::{Layout, NodeFile};
use crate::status::Status;

/// How long a node is watched after its start: problems with its files show at once.
const START_TIME: Duration = Duration::from_secs(10);
/// How long a node may take to stop.
const STOP_TIME: Duration = Duration::from_secs(30);
const POLL_TIME: Duration = Duration::from_millis(50);

/// Starts all nodes that do not run, and returns their numbers.
///
/// Fails when a node does not answer, with the last line of its log.
pub fn up(layout: &Layout) -> Result<Vec<u16>> {
    let mut started = Vec::new();
    for index in layout.nodes()? {
        if running(&layout.node(index)).is_none() {
            spawn(&layout.node(index))?;
            started.push(index);
        }
    }
    for &index in &started {
        let home = layout.node(index);
        let begin = Instant::now();
        while status(&home).is_err() {
            if running(&home).is_none() || begin.elapsed() > START_TIME {
                bail!("node {index} does not start: {}", last_words(&home));
            }
            thread::sleep(POLL_TIME);
        }
    }
    Ok(started)
}

/// Stops all nodes that run, and returns their numbers.
///
/// Fails when one does not end in time.
pub fn down(layout: &Layout) -> Result<Vec<u16>> {
    let mut stopped = Vec::new();
    for index in layout.nodes()? {
        if let Some(pid) = running(&layout.node(index)) {
            kill_process(pid, Signal::TERM).with_context(|| format!("stopping node {index}"))?;
            stopped.push(index);
        }
    }
    let begin = Instant::now();
    for &index in &stopped {
        while running(&layout.node(index)).is_some() {
            if begin.elapsed() > STOP_TIME {
                bail!("node {index} does not stop");
            }
            thread::sleep(POLL_TIME);
        }
    }
    Ok(stopped)
}

fn spawn(home: &Path) -> Result<()> {
    let binary = std::env::current_exe().context("finding this program")?;
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(home.join("node.log"))?;
    let child = Command::new(binary)
        .args(["run", "--home"])
        .arg(home)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        // a signal to this command is not one to the node
        .process_group(0)
        .spawn()
        .context("starting a node")?;
    fs::write(home.join("node.pid"), child.id().to_string())?;
    Ok(())
}

/// The process of a node, if it runs.
fn running(home: &Path) -> Option<Pid> {
    let text = fs::read_to_string(home.join("node.pid")).ok()?;
    let pid = Pid::from_raw(text.trim().parse().ok()?)?;
    test_kill_process(pid).ok()?;
    // another process may have the number now
    let words = fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).ok()?;
    let mut words = words.split(|byte| *byte == 0);
    let home = home.as_os_str().as_encoded_bytes();
    words.any(|word| word == home).then_some(pid)
}

fn last_words(home: &Path) -> String {
    let log = fs::read_to_string(home.join("node.log")).unwrap_or_default();
    let last = log.lines().rev().find(|line| !line.trim().is_empty());
    last.unwrap_or("its log is empty").to_owned()
}

/// Asks a node of this machine for its status.
///
/// Fails when it does not answer, or a node of another network does.
pub fn status(home: &Path) -> Result<Status> {
    let path = home.join("node.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let file: NodeFile = toml::from_str(&text)?;
    let url = format!("{}/node/v1/status", file.http);
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(3)))
        .build()
        .new_agent();
    let mut answer = agent
        .get(&url)
        .call()
        .with_context(|| format!("asking {url}"))?;
    let bytes = answer.body_mut().read_to_vec()?;
    let status: Status =
        serde_json::from_slice(&bytes).with_context(|| format!("reading the answer of {url}"))?;
    if status.genesis != file.genesis {
        bail!(
            "{url} answers for the network {}: another program uses the address",
            status.genesis
        );
    }
    Ok(status)
}
