//! DePool Wallets.

use clap::{Args as ClapArgs, Subcommand};
use ddvs_people::Amount;

use super::{ActArgs, AskArgs, WhoArgs};

/// What a staker does. Amounts are in coins, such as 100 or 0.5; ALL is all that there is. What the messages on the way
/// cost is attached besides, and what they do not use comes back.
#[derive(Debug, Subcommand)]
pub enum WalletCommand {
    /// Open the key's DePool Wallet; if it is there already, say so
    Create(WalletCreateArgs),
    /// Bring coins from the key's account to its wallet
    Deposit(WalletAmountArgs),
    /// Stake free coins with a pool
    Stake(WalletPoolAmountArgs),
    /// Take a stake back, whole or in part, once its lock has ended
    Unstake(WalletUnstakeArgs),
    /// Pay free coins out to the key's account
    Withdraw(WalletAmountArgs),
    /// Free the coins whose unlock period has ended, and settle a slash
    Settle(WalletPoolArgs),
    /// Free all coins whose unlock period has ended, with one pool or all, and pay them out with those that are free
    Exit(WalletExitArgs),
    /// Have a pool ask the network again to count all of its stake: anyone may, and pays for it
    Sync(WalletPoolArgs),
    /// Show what the wallet holds
    Status(WalletStatusArgs),
}

/// A new wallet.
#[derive(Debug, ClapArgs)]
pub struct WalletCreateArgs {
    /// Coins to begin with; 0.1 of them stay for storage
    #[arg(default_value = "1", allow_negative_numbers = true)]
    pub amount: Amount,
    #[command(flatten)]
    pub act: ActArgs,
}

/// An amount.
#[derive(Debug, ClapArgs)]
pub struct WalletAmountArgs {
    /// Coins, or ALL
    #[arg(allow_negative_numbers = true)]
    pub amount: Amount,
    #[command(flatten)]
    pub act: ActArgs,
}

/// An amount and a pool.
#[derive(Debug, ClapArgs)]
pub struct WalletPoolAmountArgs {
    /// Coins, or ALL
    #[arg(allow_negative_numbers = true)]
    pub amount: Amount,
    /// The pool: its address, the beginning of it, or its name in `ddvs query pools`
    #[arg(long)]
    pub pool: String,
    #[command(flatten)]
    pub act: ActArgs,
}

/// An amount, and perhaps a pool.
#[derive(Debug, ClapArgs)]
pub struct WalletUnstakeArgs {
    /// Coins, or ALL
    #[arg(allow_negative_numbers = true)]
    pub amount: Amount,
    #[command(flatten)]
    pub from: WalletPoolArgs,
}

/// Perhaps a pool.
#[derive(Debug, ClapArgs)]
pub struct WalletPoolArgs {
    /// The pool; may be left out if the wallet has coins with one only
    #[arg(long)]
    pub pool: Option<String>,
    #[command(flatten)]
    pub act: ActArgs,
}

/// Whose wallet.
#[derive(Debug, ClapArgs)]
pub struct WalletStatusArgs {
    #[command(flatten)]
    pub who: WhoArgs,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// What leaves.
#[derive(Debug, ClapArgs)]
pub struct WalletExitArgs {
    /// Only what is with this pool; by default with all of them
    #[arg(long)]
    pub pool: Option<String>,
    #[command(flatten)]
    pub act: ActArgs,
}
