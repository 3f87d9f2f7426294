//! Status of the nodes on this machine.

use std::fs;
use std::path::Path;

use crate::layout::Layout;
use crate::process::process;
use crate::{NodeEntry, TychoError, open};

/// One node's process.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeStatus {
    /// The node.
    pub node: NodeEntry,
    /// Its process, if it runs.
    pub pid: Option<i32>,
    /// Used processor time, in seconds.
    pub cpu_s: f64,
    /// Seconds since it was started.
    pub uptime_s: f64,
    /// Resident memory, in bytes.
    pub memory_bytes: u64,
    /// Size of its database on disk, in bytes.
    pub disk_bytes: u64,
}

/// Ticks of the kernel's clock in a second, on all Linux systems.
const TICKS_PER_S: f64 = 100.0;
const PAGE_BYTES: u64 = 4_096;
/// Maximum number of files of one database that are counted.
const MAX_FILES: usize = 1 << 20;

/// Returns the status of all nodes of a network.
///
/// Fails only when the directory holds no network.
pub fn status(layout: &Layout) -> Result<Vec<NodeStatus>, TychoError> {
    let network = open(layout)?;
    let look = |node: NodeEntry| {
        let index = node.index;
        let pid = process(layout, index).map(|pid| pid.as_raw_nonzero().get());
        let usage = pid.and_then(usage).unwrap_or_default();
        NodeStatus {
            node,
            pid,
            cpu_s: usage.cpu_s,
            uptime_s: usage.uptime_s,
            memory_bytes: usage.memory_bytes,
            disk_bytes: disk_bytes(&layout.database(index)),
        }
    };
    Ok(network.nodes.into_iter().map(look).collect())
}

#[derive(Default)]
struct Usage {
    cpu_s: f64,
    uptime_s: f64,
    memory_bytes: u64,
}

/// From `/proc/<pid>/stat`, see proc(5).
fn usage(pid: i32) -> Option<Usage> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // the second field is a name that may hold spaces
    let fields: Vec<_> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place - 3)?.parse::<f64>().ok();
    let up = fs::read_to_string("/proc/uptime").ok()?;
    let up: f64 = up.split_whitespace().next()?.parse().ok()?;
    Some(Usage {
        cpu_s: (ticks(14)? + ticks(15)?) / TICKS_PER_S,
        uptime_s: (up - ticks(22)? / TICKS_PER_S).max(0.0),
        memory_bytes: fields.get(24 - 3)?.parse::<u64>().ok()? * PAGE_BYTES,
    })
}

fn disk_bytes(path: &Path) -> u64 {
    let (mut sum, mut seen) = (0, 0);
    let mut dirs = vec![path.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            seen += 1;
            if seen > MAX_FILES {
                return sum;
            }
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => dirs.push(entry.path()),
                Ok(meta) => sum += meta.len(),
                Err(_) => {}
            }
        }
    }
    sum
}
