//! Starting and stopping nodes. A node is a process of its own that outlives the command.

use std::fs::{self, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::layout::{self, Layout};
use crate::{NetworkFile, TychoError, find_binary, open};

/// How long a node may take to end after it was asked to.
const STOP_TIME: Duration = Duration::from_secs(20);
/// How long a node is watched after its start: what is wrong with its files shows at once.
const START_TIME: Duration = Duration::from_millis(1_500);
const POLL_TIME: Duration = Duration::from_millis(50);
/// Characters of what a node said last that an error repeats.
const LAST_WORDS: usize = 300;

/// Starts all nodes that do not run, and returns their numbers.
///
/// Fails only when the binary is missing, or a node ends right away.
pub fn up(layout: &Layout) -> Result<Vec<u16>, TychoError> {
    let network = open(layout)?;
    let stopped: Vec<_> = network
        .nodes
        .iter()
        .map(|node| node.index)
        .filter(|&index| process(layout, index).is_none())
        .collect();
    start(layout, &network, &stopped)?;
    Ok(stopped)
}

/// Starts some nodes.
pub fn start(layout: &Layout, network: &NetworkFile, nodes: &[u16]) -> Result<(), TychoError> {
    let binary = find_binary()?;
    let mut children = Vec::new();
    for &index in nodes {
        let child = command(&binary, layout, network, index)?
            .spawn()
            .map_err(TychoError::file(&binary))?;
        layout::write(&layout.pid(index), child.id().to_string().as_bytes(), 0o644)?;
        children.push((index, child));
    }
    let end = Instant::now() + START_TIME;
    while Instant::now() < end && !children.is_empty() {
        for (index, child) in &mut children {
            let ended = child
                .try_wait()
                .map_err(TychoError::file(layout.pid(*index)))?;
            if let Some(status) = ended {
                let _ = fs::remove_file(layout.pid(*index));
                return Err(TychoError::Node {
                    index: *index,
                    reason: format!(
                        "ended right after its start ({status}){}",
                        last_words(layout, *index)
                    ),
                    log: layout.log(*index),
                });
            }
        }
        std::thread::sleep(POLL_TIME);
    }
    Ok(())
}

/// Why a node says that it ended, with what can be done; empty if it says nothing.
fn last_words(layout: &Layout, index: u16) -> String {
    let log = fs::read(layout.log(index)).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let Some((_, words)) = log.rsplit_once("\nError: ") else {
        return String::new();
    };
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let words: String = words.chars().take(LAST_WORDS).collect();
    let advice = match words.contains("Address already in use") {
        true => {
            "; another program has one of its ports: end that, or make a network with other `--udp-port` and `--rpc-port`, \
             below those that the system gives to anybody (/proc/sys/net/ipv4/ip_local_port_range)"
        }
        false => "",
    };
    format!(": {words}{advice}")
}

fn command(
    binary: &Path,
    layout: &Layout,
    network: &NetworkFile,
    index: u16,
) -> Result<Command, TychoError> {
    let root = fs::canonicalize(layout.root()).map_err(TychoError::file(layout.root()))?;
    let layout = Layout::new(root);
    let home = layout.node(index);
    let path = layout.log(index);
    let log = OpenOptions::new().create(true).append(true).open(&path);
    let log = log.map_err(TychoError::file(&path))?;
    let errors = log.try_clone().map_err(TychoError::file(&path))?;
    // a socket that a killed node left would keep the next one from listening
    let socket = home.join("control.sock");
    let _ = fs::remove_file(&socket);
    let mut command = Command::new(binary);
    command
        .arg("--home")
        .arg(&home)
        .args(["node", "run", "--config"])
        .arg(layout.node_config(index))
        .arg("--keys")
        .arg(layout.node_key(index))
        .arg("--global-config")
        .arg(layout.global_config())
        .arg("--logger-config")
        .arg(layout.logger())
        .arg("--control-socket")
        .arg(&socket);
    for chain in &network.chains {
        command
            .arg("--import-zerostate")
            .arg(layout.zerostate(chain.id));
    }
    command
        .current_dir(&home)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        // a Ctrl-C at the terminal is not meant for the nodes
        .process_group(0);
    Ok(command)
}

/// Stops all nodes that run, and returns their numbers.
///
/// Fails only when a node cannot be signalled.
pub fn down(layout: &Layout) -> Result<Vec<u16>, TychoError> {
    let network = open(layout)?;
    let running: Vec<_> = network
        .nodes
        .iter()
        .filter_map(|node| Some((node.index, process(layout, node.index)?)))
        .collect();
    end(layout, &running)?;
    Ok(running.into_iter().map(|(index, _)| index).collect())
}

/// Stops one node. Returns whether it ran.
///
/// Fails only when it cannot be signalled.
pub fn stop(layout: &Layout, index: u16) -> Result<bool, TychoError> {
    let Some(pid) = process(layout, index) else {
        return Ok(false);
    };
    end(layout, &[(index, pid)])?;
    Ok(true)
}

/// Asks nodes to end, and waits; ends those at once that do not in time.
fn end(layout: &Layout, running: &[(u16, Pid)]) -> Result<(), TychoError> {
    for &(index, pid) in running {
        signal(layout, index, pid, Signal::INT)?;
    }
    let end = Instant::now() + STOP_TIME;
    for &(index, pid) in running {
        while !is_gone(pid) && Instant::now() < end {
            std::thread::sleep(POLL_TIME);
        }
        if !is_gone(pid) {
            end_at_once(layout, index, pid)?;
        }
        let _ = fs::remove_file(layout.pid(index));
    }
    Ok(())
}

/// Ends a node at once, as a crash would. Returns whether it ran.
pub fn kill(layout: &Layout, index: u16) -> Result<bool, TychoError> {
    let Some(pid) = process(layout, index) else {
        return Ok(false);
    };
    end_at_once(layout, index, pid)?;
    let _ = fs::remove_file(layout.pid(index));
    Ok(true)
}

fn end_at_once(layout: &Layout, index: u16, pid: Pid) -> Result<(), TychoError> {
    signal(layout, index, pid, Signal::KILL)?;
    let end = Instant::now() + STOP_TIME;
    while !is_gone(pid) && Instant::now() < end {
        std::thread::sleep(POLL_TIME);
    }
    Ok(())
}

/// Whether a process has ended and holds no port and no lock any more: its command line is gone earlier than these, and its
/// first thread may end before the others. Its state is the field after the name, the number of its threads the
/// seventeenth after that, see proc(5).
fn is_gone(pid: Pid) -> bool {
    let path = format!("/proc/{}/stat", pid.as_raw_nonzero());
    let state = fs::read_to_string(path).ok();
    let state = state.as_deref().and_then(|text| text.rsplit_once(") "));
    state.is_none_or(|(_, fields)| {
        let threads = fields.split_whitespace().nth(17);
        let is_last = threads.is_none_or(|count| matches!(count, "0" | "1"));
        fields.starts_with(['Z', 'X']) && is_last
    })
}

fn signal(layout: &Layout, index: u16, pid: Pid, signal: Signal) -> Result<(), TychoError> {
    match kill_process(pid, signal) {
        // it has just ended by itself
        Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
        Err(cause) => Err(TychoError::Node {
            index,
            reason: format!("cannot be stopped: {cause}"),
            log: layout.log(index),
        }),
    }
}

/// The process of a node, if it runs: a number alone may by now be another program's.
pub(crate) fn process(layout: &Layout, index: u16) -> Option<Pid> {
    let text = fs::read_to_string(layout.pid(index)).ok()?;
    let number: i32 = text.trim().parse().ok()?;
    let line = fs::read(format!("/proc/{number}/cmdline")).ok()?;
    let line = String::from_utf8_lossy(&line);
    let root = fs::canonicalize(layout.root()).ok()?;
    let key = Layout::new(root).node_key(index);
    let is_ours = line.split('\0').any(|arg| Path::new(arg) == key);
    if is_ours { Pid::from_raw(number) } else { None }
}
