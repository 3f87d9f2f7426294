//! The commands and their options.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use ddvs_terminal::EXIT_CODES;

/// Benchmarks of the contracts and the API, and drills on networks of Tycho nodes
#[derive(Debug, Parser)]
#[command(name = "ddvs-lab", version, after_help = EXIT_CODES)]
pub struct Args {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Gas by operation and number of registered validators, counted on the real contracts
    Gas(GasArgs),
    /// Cost of a stake change for its user in coins, the burnt part, and the number of messages
    Costs(CostsArgs),
    /// Load on a devnet's API: requests per second, response times, and the effect on block production
    Api(ApiFiguresArgs),
    /// Response times of the API's pages on a network with very many accounts and validators
    Pages(PagesArgs),
    /// Change the validator set of a network of nodes repeatedly, under load, and report failures
    Switching(SwitchingArgs),
    /// Measure a network of nodes: from a stake to its set in force, and under bursts of stakes and of payments
    Tycho(TychoFiguresArgs),
}

/// Options of the drill.
#[derive(Debug, ClapArgs)]
pub struct SwitchingArgs {
    /// A running network created by `ddvs tycho init`; its owners' keys are used
    #[arg(long)]
    pub dir: PathBuf,
    /// Number of sets to be written
    #[arg(long, default_value_t = 20)]
    pub switches: u32,
    /// Kind of change: for `member` and `pair`, the network needs one or two more validators than its set has
    #[arg(long, value_enum, default_value_t = SwitchingChange::Member)]
    pub change: SwitchingChange,
    /// Keep a newcomer's node down until the set contains it
    #[arg(long)]
    pub cold: bool,
    /// Nodes to kill at each change, and to restart 3 seconds later
    #[arg(long, value_enum, default_value_t = SwitchingKills::None)]
    pub kills: SwitchingKills,
    /// Seconds between a new set and the stake that causes the next
    #[arg(long, default_value_t = 0)]
    pub pause_s: u32,
    /// Seconds without a masterchain block after which all nodes are restarted, as an operator would do; by default
    /// never
    #[arg(long, value_parser = clap::value_parser!(u32).range(10..=120))]
    pub restart_after_s: Option<u32>,
    /// Payments and stakes per second at the same time; 0 for none
    #[arg(long, default_value_t = 5.0)]
    pub load_per_s: f64,
    /// Number of their wallets; they follow from the seed
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub load_wallets: u16,
    /// Seed of the wallets: a wallet of an earlier drill cannot be used again
    #[arg(long)]
    pub seed: Option<u64>,
    /// Maximum time without a new masterchain block, in seconds, above which the drill fails
    #[arg(long, default_value_t = 10.0)]
    pub max_halt_s: f64,
    /// Print only one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

/// Nodes that a drill kills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SwitchingKills {
    /// None
    None,
    /// One after another, one at each change
    Each,
    /// The same, and all at every fifth change
    All,
}

/// Options of a network's figures.
#[derive(Debug, ClapArgs)]
pub struct TychoFiguresArgs {
    /// A running, otherwise idle network created by `ddvs tycho init`; its owners' keys are used
    #[arg(long)]
    pub dir: PathBuf,
    /// Number of stakes that are followed one by one until their set is in force
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub samples: u32,
    /// Seconds of each burst
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(5..=3_600))]
    pub burst_s: u32,
    /// Number of wallets that send concurrently in a burst
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=2_000))]
    pub wallets: u16,
    /// Seed of the wallets: a wallet of an earlier drill cannot be used again
    #[arg(long)]
    pub seed: Option<u64>,
    /// Print only one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

/// Kind of change in a drill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SwitchingChange {
    /// One member joins, another leaves
    Member,
    /// Two join, two leave
    Pair,
    /// The same members, other weights
    Weights,
}

/// Options of the API's figures.
#[derive(Debug, ClapArgs)]
pub struct ApiFiguresArgs {
    /// An otherwise idle devnet, started with `--requests-per-second 0`
    #[arg(
        long,
        value_name = "URL",
        env = "DDVS_RPC",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8080"
    )]
    pub url: String,
    /// Seed with which the devnet was started: its faucet pays
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Seconds of each of the eight phases
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub phase_s: u64,
    /// Number of concurrent connections
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub connections: u16,
    /// Number of sending wallets, each with one message in flight
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u16).range(1..=20_000))]
    pub wallets: u16,
    /// Number of messages that are signed in advance for each wallet and phase
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub messages_each: u32,
    /// Requests per second of all connections together; by default as many as are answered
    #[arg(long, value_name = "RATE", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rate: Option<u32>,
    /// Print only one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

/// Options of the pages' figures.
#[derive(Debug, ClapArgs)]
pub struct PagesArgs {
    /// Total number of accounts
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    pub accounts: u32,
    /// Number of validators, all of them in the set
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u16).range(3..=20_000))]
    pub validators: u16,
    /// Number of users who stake with one of them, by transactions of the contracts
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=50_000))]
    pub stakes: u32,
    /// Number of requests for each page
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub rounds: u32,
    /// Print only one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}

/// Options of the costs.
#[derive(Debug, ClapArgs)]
pub struct CostsArgs {
    /// Print only one JSON array of rows {load, workchains, paid_nano, burnt_nano, delector_gas, messages} on stdout
    #[arg(long)]
    pub json: bool,
}

/// Options of the gas figures.
#[derive(Debug, ClapArgs)]
pub struct GasArgs {
    /// Number of stakers, besides 10, beside whom operations of wallets and Roots are measured
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(11..=200_000))]
    pub many_stakers: u32,
    /// Print only one JSON array of rows {operation, validators, stakers, gas} on stdout
    #[arg(long)]
    pub json: bool,
}
