//! Validators.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};
use ddvs_people::time::Period;
use ddvs_types::Amount;

use super::{ActArgs, AskArgs, WhoArgs};

/// Operations of a validator.
#[derive(Debug, Subcommand)]
pub enum ValidatorCommand {
    /// Deploy a pool, register a consensus key, make the first stake, and wait until it validates; resumes where an
    /// earlier run stopped
    Create(ValidatorCreateArgs),
    /// Show the status of a validator: in the set, or waiting, and for what; exits with 1 if it does not validate
    Status(ValidatorStatusArgs),
    /// Show the pools of a key, or of all keys, on all chains
    List(ValidatorListArgs),
    /// Add to the owner's stake
    TopUp(ValidatorTopUpArgs),
    /// Pay out the pool's surplus; everything if it is closed and nobody has coins with it
    TakeSurplus(ValidatorPoolArgs),
    /// Replace the current consensus key
    RotateKey(ValidatorRotateArgs),
    /// Leave the set permanently and let every stake unlock
    Close(ValidatorPoolArgs),
}

/// A new validator.
#[derive(Debug, ClapArgs)]
pub struct ValidatorCreateArgs {
    /// Own stake in coins; by default the network's minimum for validating
    #[arg(long, allow_negative_numbers = true)]
    pub stake: Option<Amount>,
    /// The node's key file, as written by `ddvs tycho init` or `tycho tool gen-key`; without it, a key is created in
    /// `consensus` below DDVS_HOME
    #[arg(long, value_name = "FILE")]
    pub consensus_key: Option<PathBuf>,
    /// From a stake's lock until it may be unstaked: seconds, or with a unit such as 12h or 3d; by default half the
    /// network's evidence window
    #[arg(long, value_name = "TIME")]
    pub lock_period: Option<Period>,
    /// From unstaking until coins are free: seconds, or with a unit such as 12h or 3d; by default the network's
    /// minimum
    #[arg(long, value_name = "TIME")]
    pub unlock_period: Option<Period>,
    /// Smallest stake that the pool accepts, in coins; 10 by default
    #[arg(long, value_name = "COINS", allow_negative_numbers = true)]
    pub min_stake: Option<Amount>,
    /// Distinguishes several pools of the same owner
    #[arg(long, default_value_t = 0)]
    pub nonce: u64,
    #[command(flatten)]
    pub act: ActArgs,
}

/// The validator.
#[derive(Debug, ClapArgs)]
pub struct ValidatorStatusArgs {
    /// The pool: its address, a prefix of it, or its name; by default the one that the key owns
    #[arg(long)]
    pub pool: Option<String>,
    #[command(flatten)]
    pub who: WhoArgs,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// Another key.
#[derive(Debug, ClapArgs)]
pub struct ValidatorRotateArgs {
    /// The new key file; without it, a key is created in `consensus` below DDVS_HOME
    #[arg(long, value_name = "FILE")]
    pub consensus_key: Option<PathBuf>,
    #[command(flatten)]
    pub own: ValidatorPoolArgs,
}

/// An optional pool.
#[derive(Debug, ClapArgs)]
pub struct ValidatorPoolArgs {
    /// The pool; by default the one that the key owns
    #[arg(long)]
    pub pool: Option<String>,
    #[command(flatten)]
    pub act: ActArgs,
}

/// The owner.
#[derive(Debug, ClapArgs)]
pub struct ValidatorListArgs {
    /// Name of the key; by default all keys
    #[arg(long, value_name = "NAME", env = "DDVS_KEY", hide_env_values = true)]
    pub key: Option<String>,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// More stake.
#[derive(Debug, ClapArgs)]
pub struct ValidatorTopUpArgs {
    /// Coins; those that the DePool Wallet lacks come from the key's account
    #[arg(allow_negative_numbers = true)]
    pub amount: Amount,
    #[command(flatten)]
    pub own: ValidatorPoolArgs,
}
