//! Faucet, evidence, pokes, config, contracts, completions.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};
use ddvs_types::Amount;

use super::common::address;
use super::{ActArgs, AskArgs, ConnectArgs, OutputArgs};

/// Test coins.
#[derive(Debug, ClapArgs)]
pub struct FaucetArgs {
    /// Address, or name of a key
    #[arg(value_parser = address, allow_hyphen_values = true)]
    pub to: String,
    /// Coins
    #[arg(allow_negative_numbers = true)]
    pub amount: Amount,
    /// Chain of the key's account, if a key is named
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub chain: i8,
    /// Seed with which the devnet was started: its faucet's key follows from it, so everyone has it
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub connect: ConnectArgs,
    /// Seconds to wait until the coins arrive
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub timeout: u64,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Evidence of double signing: a JSON file with `network`, `key`, `chain`, `height`, `round`, `vote_type`, and in
/// `votes` two times `value_hash` and `signature`. The votes have the contracts' own format of 82 bytes: Tycho nodes
/// never sign them.
#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
    /// Make it from two signed votes, each in a file
    #[command(after_long_help = VOTE_FORMAT)]
    Make(EvidenceMakeArgs),
    /// Submit it to the network, and wait until the validator is removed on all chains
    Submit(EvidenceSubmitArgs),
    /// Verify it without a network: both signatures, and that the votes conflict
    Verify(EvidenceVerifyArgs),
}

const VOTE_FORMAT: &str = "\
A vote is a JSON object with these fields and no others:
  network     genesis of the network on which it was cast, 64 hexadecimal digits
  key         the consensus key, 64 hexadecimal digits
  chain       the chain on which it was cast; -1 is the masterchain
  height      height of the block voted on, a number
  round       consensus round, a number
  vote_type   kind of vote, a number below 256
  value_hash  hash of the value voted for, 64 hexadecimal digits
  signature   of the key, 128 hexadecimal digits, over these 82 bytes: 0x0bbc8545, network (32 bytes), chain (1),
              height (8), round (4), vote_type (1), value_hash (32); numbers with the highest byte first

Evidence has the same fields but the last two, and in `votes` a list of two objects with value_hash and signature.";

/// Two votes.
#[derive(Debug, ClapArgs)]
pub struct EvidenceMakeArgs {
    /// File of the first vote
    pub first: PathBuf,
    /// File of the second vote
    pub second: PathBuf,
    /// Write the evidence to this file, which must not exist, instead of stdout
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Evidence to submit.
#[derive(Debug, ClapArgs)]
pub struct EvidenceSubmitArgs {
    /// The file
    pub file: PathBuf,
    #[command(flatten)]
    pub act: ActArgs,
}

/// Evidence to check.
#[derive(Debug, ClapArgs)]
pub struct EvidenceVerifyArgs {
    /// The file
    pub file: PathBuf,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// A poke. A D'Elector asks each chain that voted for a batch that it lacks once by itself; if no answer arrived,
/// anyone may make it ask again, also chains that did not vote. Anyone may also make it ask where others have counted
/// the votes for a batch that it does not find decided. The question and its handling are paid for; the rest comes
/// back.
#[derive(Debug, ClapArgs)]
pub struct PokeArgs {
    /// The chain whose D'Elector is poked; -1 is the masterchain
    #[arg(allow_negative_numbers = true)]
    pub copy: i8,
    /// Only batches of this chain
    #[arg(long, allow_negative_numbers = true)]
    pub origin: Option<i8>,
    #[command(flatten)]
    pub act: ActArgs,
}

/// Configs of chains.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show a chain's decoded parameters
    Show(ConfigShowArgs),
    /// Show the differences between two chains' parameters, or two networks'; exits with 1 if there are any
    Diff(ConfigDiffArgs),
}

/// Parameters to show.
#[derive(Debug, ClapArgs)]
pub struct ConfigShowArgs {
    /// Only these parameters; all by default
    pub params: Vec<u32>,
    /// The chain; -1 is the masterchain
    #[arg(long, default_value_t = -1, allow_negative_numbers = true)]
    pub chain: i8,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// Parameters to compare.
#[derive(Debug, ClapArgs)]
pub struct ConfigDiffArgs {
    /// The first chain; -1 is the masterchain
    #[arg(long, default_value_t = -1, allow_negative_numbers = true)]
    pub chain: i8,
    /// The second chain; by default the same one
    #[arg(long, allow_negative_numbers = true)]
    pub with_chain: Option<i8>,
    /// The second network; by default the same one
    #[arg(long, value_name = "URL")]
    pub with_rpc: Option<String>,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// Contracts.
#[derive(Debug, Subcommand)]
pub enum ContractCommand {
    /// Show the code hashes of the contracts that are part of this version
    Hashes(ContractHashesArgs),
    /// Check that D'Electors, pools and wallets on a network run these codes at addresses that follow from them;
    /// exits with 1 if one does not
    Verify(ContractVerifyArgs),
}

/// No options.
#[derive(Debug, ClapArgs)]
pub struct ContractHashesArgs {
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Contracts to check.
#[derive(Debug, ClapArgs)]
pub struct ContractVerifyArgs {
    /// DePool Wallets to check besides those that the network reports
    #[arg(long, value_name = "ADDRESS", value_parser = address, allow_hyphen_values = true)]
    pub wallet: Vec<String>,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// The shell.
#[derive(Debug, ClapArgs)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
