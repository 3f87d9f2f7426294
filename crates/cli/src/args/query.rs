//! Queries to a network.

use clap::{Args as ClapArgs, Subcommand};

use super::common::address;
use super::{AskArgs, WhoArgs};

/// Queries. History (batches, block, tx, message, events) comes from a devnet or a gateway; a bare node does not keep
/// it.
#[derive(Debug, Subcommand)]
pub enum QueryCommand {
    /// All chains: height, validators, registered stake
    Chains(AskArgs),
    /// The validator set of a chain
    Validators(QueryValidatorsArgs),
    /// All registered pools, with their names on this machine
    Pools(QueryPoolsArgs),
    /// One pool with its details
    Pool(QueryPoolArgs),
    /// A DePool Wallet with its stakes
    Wallet(QueryWalletArgs),
    /// An account: its kind, and its coins
    Account(QueryAccountArgs),
    /// Keys permanently removed for misbehaviour
    Removed(QueryListArgs),
    /// Submitted evidence of double signing, and the network's answer
    Evidence(QueryEvidenceArgs),
    /// Distribution of all coins of the network, to the nano
    Supply(AskArgs),
    /// Batches with their votes, newest first
    Batches(QueryBatchesArgs),
    /// Limits and prices of a chain (param 200)
    Params(QueryParamsArgs),
    /// A block with its transactions
    Block(QueryBlockArgs),
    /// A transaction
    Tx(QueryHashArgs),
    /// A message: its place, and everything that it caused
    Message(QueryHashArgs),
    /// Events: stakes, locks, batches, votes, sets, removals
    Events(QueryEventsArgs),
}

/// A set.
#[derive(Debug, ClapArgs)]
pub struct QueryValidatorsArgs {
    /// The chain; -1 is the masterchain
    #[arg(long, default_value_t = -1, allow_negative_numbers = true)]
    pub chain: i8,
    /// In force in this block; by default in the last one
    #[arg(long)]
    pub height: Option<u32>,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// Pools.
#[derive(Debug, ClapArgs)]
pub struct QueryPoolsArgs {
    /// Only pools of one chain
    #[arg(long, allow_negative_numbers = true)]
    pub chain: Option<i8>,
    /// Maximum number, the heaviest first
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    pub limit: u32,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// A pool.
#[derive(Debug, ClapArgs)]
pub struct QueryPoolArgs {
    /// Its address, a prefix of it, or its name in `ddvs query pools`
    #[arg(value_parser = address, allow_hyphen_values = true)]
    pub pool: String,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// A wallet.
#[derive(Debug, ClapArgs)]
pub struct QueryWalletArgs {
    /// Address of the wallet or of its owner, or name of a key; by default the key's wallet
    #[arg(value_parser = address, allow_hyphen_values = true)]
    pub address: Option<String>,
    #[command(flatten)]
    pub who: WhoArgs,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// An account.
#[derive(Debug, ClapArgs)]
pub struct QueryAccountArgs {
    /// Its address, or the name of a key
    #[arg(value_parser = address, allow_hyphen_values = true)]
    pub account: String,
    /// Chain of the key's account, where a key is named
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub chain: i8,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// A list.
#[derive(Debug, ClapArgs)]
pub struct QueryListArgs {
    /// Maximum number
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub limit: u16,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// Evidence.
#[derive(Debug, ClapArgs)]
pub struct QueryEvidenceArgs {
    /// Only evidence received by this chain's D'Elector
    #[arg(long, allow_negative_numbers = true)]
    pub chain: Option<i8>,
    #[command(flatten)]
    pub list: QueryListArgs,
}

/// Batches.
#[derive(Debug, ClapArgs)]
pub struct QueryBatchesArgs {
    /// Only batches of one chain
    #[arg(long, allow_negative_numbers = true)]
    pub origin: Option<i8>,
    /// Maximum number
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub limit: u16,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// Parameters.
#[derive(Debug, ClapArgs)]
pub struct QueryParamsArgs {
    /// The chain; -1 is the masterchain
    #[arg(long, default_value_t = -1, allow_negative_numbers = true)]
    pub chain: i8,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// A block.
#[derive(Debug, ClapArgs)]
pub struct QueryBlockArgs {
    /// The chain; -1 is the masterchain
    #[arg(allow_negative_numbers = true)]
    pub chain: i8,
    /// Its number; by default the last one's
    pub number: Option<u32>,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// A hash.
#[derive(Debug, ClapArgs)]
pub struct QueryHashArgs {
    /// Its hash: 64 hexadecimal digits
    pub hash: String,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// Events.
#[derive(Debug, ClapArgs)]
pub struct QueryEventsArgs {
    /// Continue with new events, until interrupted; with --json one object a line. When the server ends, the command
    /// exits with 2
    #[arg(long)]
    pub follow: bool,
    /// Only these kinds, separated by commas, such as `lock,applied`
    #[arg(long)]
    pub kinds: Option<String>,
    /// Only events of one account
    #[arg(long, value_parser = address, allow_hyphen_values = true)]
    pub account: Option<String>,
    /// Maximum number of past events
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub limit: u16,
    #[command(flatten)]
    pub ask: AskArgs,
}
