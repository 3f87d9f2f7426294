//! Options of a network.

use std::net::IpAddr;
use std::path::PathBuf;

use crate::TychoError;
use crate::params::EngineRules;

/// Minimum number of validators with which the engine runs: with fewer, members exit.
pub const MIN_VALIDATORS: u16 = 3;
/// Maximum number of nodes in one directory.
pub const MAX_NODES: u16 = 64;
/// Maximum number of workchains: the D'Electors' limit.
pub const MAX_WORKCHAINS: u8 = 23;

/// Maximum number of a workchain's candidates: the room in its registry besides all validators.
pub const MAX_CANDIDATES: u32 = 19_900;

/// Resources used by a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// About 100 MB a node: small caches, few threads, no archives.
    Small,
    /// The engine's defaults.
    Production,
}

/// Options of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkOptions {
    /// Directory of all its files; must be empty or not exist.
    pub dir: PathBuf,
    /// Number of nodes, including validators.
    pub nodes: u16,
    /// Number of genesis validators: the first nodes, distributed over the workchains in turn.
    pub validators: u16,
    /// Number of workchains, from 0 up.
    pub workchains: u8,
    /// Minimum time between two masterchain blocks.
    pub block_time_ms: u32,
    /// Minimum time between two validator sets of the masterchain, in seconds.
    pub set_interval_s: u32,
    /// Maximum number of members of the masterchain's set; `None` for the contracts' default.
    pub set_size: Option<u16>,
    /// Number of registered Roots without a node, on each workchain: they have the minimum stake, so the set must be
    /// full without them.
    pub candidates: u32,
    /// Whether a new set restarts the nodes' consensus, so that they switch to it immediately.
    pub restarts_consensus: bool,
    /// Periods of minutes instead of days, and no more members of the masterchain's set than there are genesis
    /// validators, for running the demo in real time.
    pub story: bool,
    /// Resources of the nodes.
    pub profile: Profile,
    /// Public address of each node's host; empty if all nodes are on this machine.
    pub hosts: Vec<IpAddr>,
    /// First UDP port of the nodes, one each.
    pub udp_port: u16,
    /// First RPC port of the nodes, one each.
    pub rpc_port: u16,
}

impl NetworkOptions {
    /// 5 nodes, 4 of them validators, and 2 workchains, with blocks of a second.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            nodes: 5,
            validators: 4,
            workchains: 2,
            block_time_ms: 1_000,
            set_interval_s: 20,
            set_size: None,
            candidates: 0,
            restarts_consensus: true,
            story: false,
            profile: Profile::Small,
            hosts: Vec::new(),
            udp_port: 20_001,
            rpc_port: 8_001,
        }
    }

    /// Returns the engine's parameters.
    pub fn rules(&self) -> EngineRules {
        EngineRules {
            block_time_ms: self.block_time_ms,
            set_interval_s: self.set_interval_s,
            restarts_consensus: self.restarts_consensus,
        }
    }

    /// Fails only when such a network could not run.
    pub fn check(&self) -> Result<(), TychoError> {
        let rules = [
            (
                self.validators >= MIN_VALIDATORS,
                format!(
                    "--validators must be at least {MIN_VALIDATORS}: the engine stops with fewer"
                ),
            ),
            (
                self.nodes >= self.validators && self.nodes <= MAX_NODES,
                format!("--nodes must be from --validators to {MAX_NODES}"),
            ),
            (
                (1..=MAX_WORKCHAINS).contains(&self.workchains),
                format!("--workchains must be 1 to {MAX_WORKCHAINS}"),
            ),
            (
                self.validators >= u16::from(self.workchains),
                "--validators must be at least --workchains: each workchain needs one".into(),
            ),
            (
                self.candidates == 0 || self.set_size.is_some_and(|size| size <= self.validators),
                "--candidates have no nodes: give a --set-size of at most --validators, so that they stay outside".into(),
            ),
            (
                self.candidates <= MAX_CANDIDATES,
                format!("--candidates must be at most {MAX_CANDIDATES}: that is all that a registry holds"),
            ),
            (
                self.set_size.is_none_or(|size| size >= MIN_VALIDATORS),
                format!(
                    "--set-size must be at least {MIN_VALIDATORS}: the engine stops with fewer"
                ),
            ),
            (
                self.hosts.is_empty() || self.hosts.len() == usize::from(self.nodes),
                format!(
                    "--hosts names {} addresses for {} nodes: name one for each",
                    self.hosts.len(),
                    self.nodes
                ),
            ),
            (
                (200..=60_000).contains(&self.block_time_ms),
                "--block-time-ms must be 200 to 60000".into(),
            ),
            (
                self.udp_port.checked_add(self.nodes).is_some()
                    && self.rpc_port.checked_add(self.nodes).is_some(),
                "the ports of the last nodes are above 65535: choose lower first ports".into(),
            ),
            (
                !ranges_meet(self.udp_port, self.rpc_port, self.nodes),
                "the UDP and RPC ports overlap: choose first ports further apart".into(),
            ),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, rule)) => Err(TychoError::Options(rule)),
            None => Ok(()),
        }
    }
}

fn ranges_meet(first: u16, second: u16, len: u16) -> bool {
    first.abs_diff(second) < len
}
