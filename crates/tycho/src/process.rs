//! Starting and stopping nodes. A node is a separate process that outlives the command.

use std::fs::{self, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::layout::{self, Layout};
use crate::{NetworkFile, TychoError, find_binary, open};

/// Timeout for a node to end after it was asked to.
const STOP_TIME: Duration = Duration::from_secs(20);
/// How long a node is monitored after its start: problems with its files appear immediately.
const START_TIME: Duration = Duration::from_millis(2_500);
const POLL_TIME: Duration = Duration::from_millis(50);
/// Number of start attempts for a node that ends immediately.
const STARTS: u32 = 3;
/// Maximum number of bytes read of a node's output since its start.
const LOG_BYTES: u64 = 1 << 20;
/// Maximum number of characters of a node's last output in an error.
const LAST_WORDS: usize = 300;

/// Starts all nodes that are not running, and returns their numbers.
///
/// Fails only when the binary is missing, or a node ends immediately.
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

/// A node that was just started, and is monitored.
struct Starting {
    index: u16,
    child: Child,
    /// Length of its log before.
    old_bytes: u64,
    /// Number of its starts.
    starts: u32,
    /// End of the monitoring.
    end: Instant,
}

/// Starts some nodes. One that ends immediately is started again: the engine occasionally does so when it was killed at an
/// unlucky moment (`Diff not found`), and succeeds at the next start.
///
/// Fails only when the binary is missing, or a node ends right after each start.
pub fn start(layout: &Layout, network: &NetworkFile, nodes: &[u16]) -> Result<(), TychoError> {
    let binary = find_binary()?;
    let spawn = |index: u16, starts: u32| -> Result<Starting, TychoError> {
        let old_bytes = fs::metadata(layout.log(index)).map_or(0, |log| log.len());
        let child = command(&binary, layout, network, index)?
            .spawn()
            .map_err(TychoError::file(&binary))?;
        layout::write(&layout.pid(index), child.id().to_string().as_bytes(), 0o644)?;
        Ok(Starting {
            index,
            child,
            old_bytes,
            starts,
            end: Instant::now() + START_TIME,
        })
    };
    let mut starting = Vec::new();
    for &index in nodes {
        starting.push(spawn(index, 1)?);
    }
    while !starting.is_empty() {
        let mut watched = Vec::new();
        for mut node in starting {
            let index = node.index;
            let ended = node
                .child
                .try_wait()
                .map_err(TychoError::file(layout.pid(index)))?;
            match ended {
                None if Instant::now() < node.end => watched.push(node),
                None => {}
                Some(_) if node.starts < STARTS => watched.push(spawn(index, node.starts + 1)?),
                Some(status) => {
                    let _ = fs::remove_file(layout.pid(index));
                    let words = last_words(&layout.log(index), node.old_bytes);
                    return Err(TychoError::Node {
                        index,
                        reason: format!("ended right after its start ({status}){words}"),
                        log: layout.log(index),
                    });
                }
            }
        }
        starting = watched;
        std::thread::sleep(POLL_TIME);
    }
    Ok(())
}

/// Returns why a node says that it ended, with advice; empty if it says nothing. `old_bytes` is the length of its log
/// before.
fn last_words(log: &Path, old_bytes: u64) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = fs::File::open(log)?;
        file.seek(SeekFrom::Start(old_bytes))?;
        let mut text = Vec::new();
        file.take(LOG_BYTES).read_to_end(&mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    };
    let text = read().unwrap_or_default();
    let Some((_, words)) = text.rsplit_once("\nError: ") else {
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
    // a socket left by a killed node would prevent the next one from listening
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
        // a Ctrl-C at the terminal must not reach the nodes
        .process_group(0);
    Ok(command)
}

/// Stops all running nodes, and returns their numbers.
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

/// Stops one node. Returns whether it was running.
///
/// Fails only when it cannot be signalled.
pub fn stop(layout: &Layout, index: u16) -> Result<bool, TychoError> {
    let Some(pid) = process(layout, index) else {
        return Ok(false);
    };
    end(layout, &[(index, pid)])?;
    Ok(true)
}

/// Asks nodes to end, and waits; kills those that do not in time.
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

/// Kills a node, as a crash would. Returns whether it was running.
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

/// Whether a process has ended and no longer holds ports or locks: its command line disappears earlier than these,
/// and its first thread may end before the others. Its state is the field after the name, and the number of its
/// threads the seventeenth after that, see proc(5).
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

/// Returns the process of a node, if it is running: a number alone may by now be another program's.
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
