//! What can be asked for.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Distributed Dynamic Validator Set for TVM networks.
#[derive(Debug, Parser)]
#[command(name = "ddvs", version, about, after_help = EXIT_CODES)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done, and every check is ok
  1  done, but a check failed
  2  not done: wrong arguments, or an error that is told on stderr";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tell the whole story of a changing validator set on an embedded network, with checks
    Demo(DemoArgs),
    /// Measure what things cost
    #[command(subcommand)]
    Bench(BenchCommand),
    /// Make and run a network of stock Tycho nodes
    #[command(subcommand)]
    Tycho(TychoCommand),
}

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

/// What can be measured.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// Gas by operation and number of registered validators, counted on the real contracts
    Gas(GasArgs),
    /// Change the validator set of a network of nodes again and again, under load, and tell what goes wrong
    Switching(SwitchingArgs),
    /// Measure a network of nodes: from a stake to its set in force, and under bursts of stakes and of payments
    Tycho(TychoFiguresArgs),
}

/// Options of the drill.
#[derive(Debug, ClapArgs)]
pub struct SwitchingArgs {
    /// A running network that `ddvs tycho init` made; its owners' keys are used
    #[arg(long)]
    pub dir: PathBuf,
    /// Sets to be written
    #[arg(long, default_value_t = 20)]
    pub switches: u32,
    /// What changes: for `member` and `pair`, the network needs one or two more validators than its set has
    #[arg(long, value_enum, default_value_t = SwitchingChange::Member)]
    pub change: SwitchingChange,
    /// A newcomer's node is down until the set names it
    #[arg(long)]
    pub cold: bool,
    /// Nodes to kill at each change, and to start again 3 seconds later
    #[arg(long, value_enum, default_value_t = SwitchingKills::None)]
    pub kills: SwitchingKills,
    /// Seconds between a new set and the stake that causes the next
    #[arg(long, default_value_t = 0)]
    pub pause_s: u32,
    /// Payments and stakes in a second, beside; 0 for none
    #[arg(long, default_value_t = 5.0)]
    pub load_per_s: f64,
    /// Wallets that they come from; they follow from the seed
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub load_wallets: u16,
    /// Another number, other wallets: a wallet of an earlier drill cannot be used again
    #[arg(long)]
    pub seed: Option<u64>,
    /// A drill with a longer time without a new masterchain block has failed
    #[arg(long, default_value_t = 10.0)]
    pub max_halt_s: f64,
    /// Print one JSON object on stdout and nothing else
    #[arg(long)]
    pub json: bool,
}

/// Nodes that a drill kills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SwitchingKills {
    /// None
    None,
    /// One after the other, one at each change
    Each,
    /// The same, and all at every fifth change
    All,
}

/// Options of a network's figures.
#[derive(Debug, ClapArgs)]
pub struct TychoFiguresArgs {
    /// A running network that `ddvs tycho init` made, and that does nothing else; its owners' keys are used
    #[arg(long)]
    pub dir: PathBuf,
    /// Stakes that are followed one by one until their set is in force
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub samples: u32,
    /// Seconds of each burst
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(5..=3_600))]
    pub burst_s: u32,
    /// Wallets that send at once in a burst
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=2_000))]
    pub wallets: u16,
    /// Another number, other wallets: a wallet of an earlier drill cannot be used again
    #[arg(long)]
    pub seed: Option<u64>,
    /// Print one JSON object on stdout and nothing else
    #[arg(long)]
    pub json: bool,
}

/// What a drill changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SwitchingChange {
    /// One member comes, another goes
    Member,
    /// Two come, two go
    Pair,
    /// The same members, other weights
    Weights,
}

/// Options of the gas figures.
#[derive(Debug, ClapArgs)]
pub struct GasArgs {
    /// Stakers beside whom operations of wallets and Roots are measured, besides 10
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(11..=200_000))]
    pub many_stakers: u32,
    /// Print one JSON array of rows {operation, validators, stakers, gas} on stdout and nothing else
    #[arg(long)]
    pub json: bool,
}

/// Options of the demo.
#[derive(Debug, ClapArgs)]
pub struct DemoArgs {
    /// Workchains besides the masterchain
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(3..=8))]
    pub workchains: u8,
    /// Genesis validators of each workchain
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(3..=16))]
    pub validators: u8,
    /// Tell it on a running network of nodes, in real time: the directory that `ddvs tycho init --story` made
    #[arg(long, conflicts_with_all = ["workchains", "validators", "seed"])]
    pub network: Option<PathBuf>,
    /// Keys and message delays follow from it: the same seed tells the same story
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Print one JSON object on stdout and nothing else
    #[arg(long)]
    pub json: bool,
}
