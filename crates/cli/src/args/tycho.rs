//! A network of stock Tycho nodes.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

/// What can be done with a network of nodes.
#[derive(Debug, Subcommand)]
pub enum TychoCommand {
    /// Make a network: keys, node configs and the state of every chain, with its D'Elector & Config
    Init(TychoInitArgs),
    /// Start all nodes that do not run
    Up(TychoDirArgs),
    /// Stop all nodes
    Down(TychoDirArgs),
    /// Show how the nodes are doing
    Status(TychoStatusArgs),
    /// Write what one host needs to run one node: its key and configs, the states of all chains, a systemd unit
    NodeBundle(TychoBundleArgs),
    /// Run beside a validator's node: watch it, keep its Root registered, publish sets that wait
    RunValidator(TychoValidatorArgs),
}

/// Options of a new network.
#[derive(Debug, ClapArgs)]
pub struct TychoInitArgs {
    /// Directory for all its files; must be empty or not exist
    #[arg(long)]
    pub dir: PathBuf,
    /// Nodes, validators among them
    #[arg(long, default_value_t = 5)]
    pub nodes: u16,
    /// Genesis validators, dealt out to the workchains in turn
    #[arg(long, default_value_t = 4)]
    pub validators: u16,
    /// Workchains besides the masterchain
    #[arg(long, default_value_t = 2)]
    pub workchains: u8,
    /// Shortest time between two masterchain blocks
    #[arg(long, default_value_t = 1_000)]
    pub block_time_ms: u32,
    /// Least seconds between two validator sets
    #[arg(long, default_value_t = 20)]
    pub set_interval_s: u32,
    /// Most members of the masterchain's validator set; without, the contracts' default
    #[arg(long)]
    pub set_size: Option<u16>,
    /// Registered Roots without a node, on each workchain: to see how a network bears many
    #[arg(long, default_value_t = 0)]
    pub candidates: u32,
    /// Leave the nodes' consensus alone when the set changes: they then take the set over minutes later
    #[arg(long)]
    pub keep_consensus: bool,
    /// Periods of minutes instead of days, and a masterchain set as large as the genesis: what `ddvs demo --network` needs
    #[arg(long)]
    pub story: bool,
    /// How much of a machine a node takes
    #[arg(long, value_enum, default_value_t = TychoProfile::Small)]
    pub profile: TychoProfile,
    /// Public IP address of each node's host, in the order of the nodes, with commas; without, all are on this machine
    #[arg(long, value_delimiter = ',')]
    pub hosts: Vec<IpAddr>,
    /// First UDP port of the nodes, one each
    #[arg(long, default_value_t = 20_001)]
    pub udp_port: u16,
    /// First RPC port of the nodes, one each
    #[arg(long, default_value_t = 8_001)]
    pub rpc_port: u16,
}

/// How much of a machine a node takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TychoProfile {
    /// Some 100 MB of memory: small caches, few threads, no archives
    Small,
    /// The engine's own defaults
    Production,
}

/// A network's directory.
#[derive(Debug, ClapArgs)]
pub struct TychoDirArgs {
    /// The directory that `ddvs tycho init` made
    #[arg(long)]
    pub dir: PathBuf,
}

/// Options of a bundle.
#[derive(Debug, ClapArgs)]
pub struct TychoBundleArgs {
    /// The directory that `ddvs tycho init` made
    #[arg(long)]
    pub dir: PathBuf,
    /// Number of the node, from 1
    #[arg(long)]
    pub node: u16,
    /// Directory for the bundle; must be empty or not exist
    #[arg(long)]
    pub out: PathBuf,
}

/// Options of the validator loop.
#[derive(Debug, ClapArgs)]
pub struct TychoValidatorArgs {
    /// The node's directory, with its validator.toml
    #[arg(long)]
    pub home: PathBuf,
    /// Do one round, print what it found and did, and end: with 0 if the node is in the set in force, else with 1
    #[arg(long)]
    pub once: bool,
    /// With --once: print one JSON object on stdout
    #[arg(long, requires = "once")]
    pub json: bool,
}

/// Options of the status.
#[derive(Debug, ClapArgs)]
pub struct TychoStatusArgs {
    /// The directory that `ddvs tycho init` made
    #[arg(long)]
    pub dir: PathBuf,
    /// Print one JSON object on stdout and nothing else
    #[arg(long)]
    pub json: bool,
}
