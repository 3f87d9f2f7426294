//! Commands for users: keys, wallets, validators, queries, checks. Each works on every network that serves the nodes'
//! RPC: an embedded one, a gateway, or the nodes themselves.

mod act;
mod answered;
mod api;
mod balance;
mod book;
mod config;
mod connect;
mod consensus_key;
mod contract;
mod dry_run;
mod earlier;
mod evidence;
mod faucet;
mod grid;
mod home;
mod journal;
mod key;
mod output;
mod own;
mod password;
mod poke;
pub mod progress;
mod query;
mod send;
mod session;
mod time;
mod validator;
mod wallet;

pub use home::{Home, read_json};

use anyhow::Result;

use crate::args::{
    BalanceArgs, ConfigCommand, ContractCommand, EvidenceCommand, FaucetArgs, KeyCommand, PokeArgs,
    QueryCommand, SendArgs, ValidatorCommand, WalletCommand,
};

/// Runs `ddvs key`.
pub fn key(command: &KeyCommand) -> Result<bool> {
    key::run(command)
}

/// Runs `ddvs faucet`.
pub fn faucet(args: &FaucetArgs) -> Result<bool> {
    faucet::run(args)
}

/// Runs `ddvs send`.
pub fn send(args: &SendArgs) -> Result<bool> {
    send::run(args)
}

/// Runs `ddvs balance`.
pub fn balance(args: &BalanceArgs) -> Result<bool> {
    balance::run(args)
}

/// Runs `ddvs wallet`.
pub fn wallet(command: &WalletCommand) -> Result<bool> {
    wallet::run(command)
}

/// Runs `ddvs validator`.
pub fn validator(command: &ValidatorCommand) -> Result<bool> {
    validator::run(command)
}

/// Runs `ddvs query`.
pub fn query(command: &QueryCommand) -> Result<bool> {
    query::run(command)
}

/// Runs `ddvs evidence`.
pub fn evidence(command: &EvidenceCommand) -> Result<bool> {
    evidence::run(command)
}

/// Runs `ddvs poke`.
pub fn poke(args: &PokeArgs) -> Result<bool> {
    poke::run(args)
}

/// Runs `ddvs config`.
pub fn config(command: &ConfigCommand) -> Result<bool> {
    config::run(command)
}

/// Runs `ddvs contract`.
pub fn contract(command: &ContractCommand) -> Result<bool> {
    contract::run(command)
}
