//! A network of stock Tycho nodes.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

/// Operations on a network of nodes.
#[derive(Debug, Subcommand)]
pub enum TychoCommand {
    /// Create a network: keys, node configs and the state of every chain, with its D'Elector & Config
    Init(TychoInitArgs),
    /// Start all nodes that are not running
    Up(TychoDirArgs),
    /// Stop all nodes
    Down(TychoDirArgs),
    /// Show the status of the nodes
    Status(TychoStatusArgs),
    /// Write the files that one host needs to run one node: its key and configs, the states of all chains, a systemd
    /// unit
    NodeBundle(TychoBundleArgs),
    /// Run beside a validator's node: monitor it, keep its Root registered, publish waiting sets
    RunValidator(TychoValidatorArgs),
}

/// Options of a new network.
#[derive(Debug, ClapArgs)]
pub struct TychoInitArgs {
    /// Directory for all its files; must be empty or not exist
    #[arg(long)]
    pub dir: PathBuf,
    /// Number of nodes, including validators
    #[arg(long, default_value_t = 5)]
    pub nodes: u16,
    /// Number of genesis validators, distributed over the workchains in turn
    #[arg(long, default_value_t = 4)]
    pub validators: u16,
    /// Number of workchains besides the masterchain
    #[arg(long, default_value_t = 2)]
    pub workchains: u8,
    /// Minimum time between two masterchain blocks
    #[arg(long, default_value_t = 1_000)]
    pub block_time_ms: u32,
    /// Minimum number of seconds between two validator sets
    #[arg(long, default_value_t = 20)]
    pub set_interval_s: u32,
    /// Maximum size of the masterchain's validator set; without it, the contracts' default
    #[arg(long)]
    pub set_size: Option<u16>,
    /// Registered Roots without a node, on each workchain, to test a network with many of them
    #[arg(long, default_value_t = 0)]
    pub candidates: u32,
    /// Do not restart the nodes' consensus when the set changes: they then switch to it minutes later
    #[arg(long)]
    pub keep_consensus: bool,
    /// Periods of minutes instead of days, and a masterchain set as large as the genesis, as `ddvs demo --network`
    /// needs
    #[arg(long)]
    pub story: bool,
    /// Resources used by a node
    #[arg(long, value_enum, default_value_t = TychoProfile::Small)]
    pub profile: TychoProfile,
    /// Public IP address of each node's host, in the order of the nodes, separated by commas; without it, all are on
    /// this machine
    #[arg(long, value_delimiter = ',')]
    pub hosts: Vec<IpAddr>,
    /// First UDP port of the nodes, one each
    #[arg(long, default_value_t = 20_001)]
    pub udp_port: u16,
    /// First RPC port of the nodes, one each
    #[arg(long, default_value_t = 8_001)]
    pub rpc_port: u16,
}

/// Resources used by a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TychoProfile {
    /// About 100 MB of memory: small caches, few threads, no archives
    Small,
    /// The engine's own defaults
    Production,
}

/// A network's directory.
#[derive(Debug, ClapArgs)]
pub struct TychoDirArgs {
    /// The directory created by `ddvs tycho init`
    #[arg(long)]
    pub dir: PathBuf,
}

/// Options of a bundle.
#[derive(Debug, ClapArgs)]
pub struct TychoBundleArgs {
    /// The directory created by `ddvs tycho init`
    #[arg(long)]
    pub dir: PathBuf,
    /// Number of the node, from 1
    #[arg(long)]
    pub node: u16,
    /// Directory for the bundle; must be empty or not exist
    #[arg(long)]
    pub out: PathBuf,
}

/// Options of the validator service.
#[derive(Debug, ClapArgs)]
pub struct TychoValidatorArgs {
    /// The node's directory, with its validator.toml
    #[arg(long)]
    pub home: PathBuf,
    /// Do one round, print its findings and actions, and exit: with 0 if the node is in the current set, otherwise
    /// with 1
    #[arg(long)]
    pub once: bool,
    /// With --once: print one JSON object on stdout
    #[arg(long, requires = "once")]
    pub json: bool,
}

/// Options of the status.
#[derive(Debug, ClapArgs)]
pub struct TychoStatusArgs {
    /// The directory created by `ddvs tycho init`
    #[arg(long)]
    pub dir: PathBuf,
    /// Print only one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}
