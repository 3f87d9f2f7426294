//! Options and report of consecutive changes.

use serde::Serialize;

use crate::load::{LoadOptions, LoadReport};
use crate::log::Complaints;
use crate::spread::Spread;

/// Kind of the changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// One member joins, another leaves.
    Member,
    /// Two members join, two others leave.
    Pair,
    /// The same members, other weights.
    Weights,
}

/// Nodes that are killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kills {
    /// None.
    None,
    /// One after another, one at each change.
    Each,
    /// The same, and all at every fifth change.
    All,
}

/// Options of the drill.
#[derive(Debug, Clone)]
pub struct SwitchingOptions {
    /// Number of sets to be written.
    pub switches: u32,
    /// Kind of the changes.
    pub change: Change,
    /// Whether a newcomer's node is stopped before the change, and started when the set already names it.
    pub cold: bool,
    /// Nodes that are killed at a change, and started again 3 seconds later.
    pub kills: Kills,
    /// Seconds between a new set and the stake that causes the next one; the D'Elector's interval is added if it is
    /// longer.
    pub pause_s: u32,
    /// Seconds without a block after which all nodes are started again, as an operator would; never if `None`.
    pub restart_after_s: Option<u32>,
    /// Traffic at the same time.
    pub load: Option<LoadOptions>,
}

/// One change.
#[derive(Debug, Clone, Serialize)]
pub struct SwitchReport {
    /// From 1.
    pub number: u32,
    /// Nodes that came into the set.
    pub joined: Vec<u16>,
    /// Nodes that left it.
    pub left: Vec<u16>,
    /// Seconds from the signed stake until the nodes' config had the set.
    pub written_s: f64,
    /// Longest time without a new masterchain block until the next change, in seconds.
    pub halt_s: f64,
    /// Errors in the nodes' logs during the change.
    pub complaints: Complaints,
    /// Nodes that ended by themselves.
    pub ended: Vec<u16>,
    /// Nodes that were killed and started again.
    pub killed: Vec<u16>,
    /// Nodes killed at the previous change that ended once more after their start, and were restarted.
    pub started_again: Vec<u16>,
}

/// Report of all changes.
#[derive(Debug, Clone, Serialize)]
pub struct SwitchingReport {
    /// Minimum time between two sets, by the D'Elector, in seconds.
    pub interval_s: u32,
    /// Changes, in order.
    pub switches: Vec<SwitchReport>,
    /// Whether the network stopped making blocks.
    pub halted: bool,
    /// Number of times that all nodes were restarted because the network stalled.
    pub restarts: u32,
    /// Whether at the end all nodes answer, are at the same block and have the same config, and none has ended by itself.
    pub is_together: bool,
    /// Whether at the end no accepted change waits, and all D'Electors hold the same registries.
    pub all_in_force: bool,
    /// Longest time without a new masterchain block, in seconds.
    pub longest_halt_s: f64,
    /// Seconds from one masterchain block to the next.
    pub block_time_s: Spread,
    /// Seconds from a signed stake until the nodes' config had the set, including the wait for the interval.
    pub written_s: Spread,
    /// Maximum number of masterchain blocks from the one with a new set to the first one that its session made.
    pub blocks_until_in_force: u32,
    /// Sessions of validators that made blocks.
    pub sessions: usize,
    /// Outcome of the traffic.
    pub load: Option<LoadReport>,
}

impl SwitchingReport {
    /// Whether everything passed: no halt above `max_halt_s`, no node ended, all in sync, every change in force, and
    /// all traffic executed exactly once.
    pub fn is_clean(&self, max_halt_s: f64) -> bool {
        !self.halted
            && self.is_together
            && self.all_in_force
            && self.longest_halt_s <= max_halt_s
            && self.switches.iter().all(|switch| switch.ended.is_empty())
            && self.load.as_ref().is_none_or(LoadReport::is_exact)
    }
}
