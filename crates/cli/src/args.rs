//! The commands and their options. One file for each group of commands.

mod check;
mod coins;
mod common;
mod demo;
mod devnet;
mod gateway;
mod keep;
mod key;
mod query;
mod serve;
mod tycho;
mod validator;
mod wallet;

pub use check::*;
pub use coins::*;
pub use common::*;
pub use demo::*;
pub use devnet::*;
pub use gateway::*;
pub use key::*;
pub use query::*;
pub use serve::*;
pub use tycho::*;
pub use validator::*;
pub use wallet::*;

use clap::{Parser, Subcommand};
use ddvs_terminal::EXIT_CODES;

/// Distributed dynamic validator set for networks of TVM chains: run a network, stake, validate, query
#[derive(Debug, Parser)]
#[command(name = "ddvs", version, after_help = EXIT_CODES)]
pub struct Args {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run an embedded network on real time, with API and dashboard
    Devnet(DevnetArgs),
    /// Serve API and dashboard in front of a network of nodes, with an index of its history
    Gateway(GatewayArgs),
    /// Create, store and show keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Get test coins, on a devnet or a network of `ddvs tycho init`
    Faucet(FaucetArgs),
    /// Send coins from a key's account
    Send(SendArgs),
    /// Show the coins of an account and of its DePool Wallet
    Balance(BalanceArgs),
    /// Stake coins: the DePool Wallet of a key
    #[command(subcommand)]
    Wallet(WalletCommand),
    /// Become a validator, maintain it, leave
    #[command(subcommand)]
    Validator(ValidatorCommand),
    /// Query a network
    #[command(subcommand)]
    Query(QueryCommand),
    /// Check and submit evidence of double signing; Tycho nodes never sign such votes
    #[command(subcommand)]
    Evidence(EvidenceCommand),
    /// Make a D'Elector ask others for what it lacks of a batch: anyone may, and pays for it
    Poke(PokeArgs),
    /// Show and compare the config of chains
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Compare the contracts on a network with those of this version
    #[command(subcommand)]
    Contract(ContractCommand),
    /// Run the whole scenario of a changing validator set on an embedded network, with checks
    Demo(DemoArgs),
    /// Create and run a network of stock Tycho nodes
    #[command(subcommand)]
    Tycho(TychoCommand),
    /// Print a script for shell completion
    Completions(CompletionsArgs),
}
