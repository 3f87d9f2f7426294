//! DePool Wallets.

use clap::{Args as ClapArgs, Subcommand};
use ddvs_types::Amount;

use super::common::address;
use super::{ActArgs, AskArgs, WhoArgs};

/// Operations of a staker. Amounts are in coins, such as 100 or 0.5; ALL means everything. Value for the messages is
/// attached in addition, and the unused part comes back.
#[derive(Debug, Subcommand)]
pub enum WalletCommand {
    /// Create the key's DePool Wallet, unless it exists
    Create(WalletCreateArgs),
    /// Transfer coins from the key's account to its wallet
    Deposit(WalletAmountArgs),
    /// Stake free coins with a pool
    Stake(WalletPoolAmountArgs),
    /// Unstake coins, all or in part, once their lock has ended
    Unstake(WalletUnstakeArgs),
    /// Pay free coins out to the key's account, or to another one
    Withdraw(WalletWithdrawArgs),
    /// Release the coins whose unlock period has ended, and settle a slash
    Settle(WalletPoolArgs),
    /// Release all coins whose unlock period has ended, with one pool or all, and pay them out with the free coins
    Exit(WalletExitArgs),
    /// Make a pool request again that all of its stake count: anyone may, and pays for it
    Sync(WalletPoolArgs),
    /// Show the state of the wallet
    Status(WalletStatusArgs),
}

/// A new wallet.
#[derive(Debug, ClapArgs)]
pub struct WalletCreateArgs {
    /// Initial coins; once it has stakes, a part of its coins stays for storage
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

/// An amount and its receiver.
#[derive(Debug, ClapArgs)]
pub struct WalletWithdrawArgs {
    /// Coins, or ALL
    #[arg(allow_negative_numbers = true)]
    pub amount: Amount,
    /// Address of the receiver, or name of a key; by default the key's own account
    #[arg(long, value_parser = address, allow_hyphen_values = true)]
    pub to: Option<String>,
    /// A text for the receiver, such as the one that an exchange asks for
    #[arg(long, requires = "to")]
    pub comment: Option<String>,
    #[command(flatten)]
    pub act: ActArgs,
}

/// An amount and a pool.
#[derive(Debug, ClapArgs)]
pub struct WalletPoolAmountArgs {
    /// Coins, or ALL
    #[arg(allow_negative_numbers = true)]
    pub amount: Amount,
    /// The pool: its address, a prefix of it, or its name in `ddvs query pools`
    #[arg(long)]
    pub pool: String,
    #[command(flatten)]
    pub act: ActArgs,
}

/// An amount, and an optional pool.
#[derive(Debug, ClapArgs)]
pub struct WalletUnstakeArgs {
    /// Coins, or ALL
    #[arg(allow_negative_numbers = true)]
    pub amount: Amount,
    #[command(flatten)]
    pub from: WalletPoolArgs,
}

/// An optional pool.
#[derive(Debug, ClapArgs)]
pub struct WalletPoolArgs {
    /// The pool; may be omitted if the wallet has coins with only one
    #[arg(long)]
    pub pool: Option<String>,
    #[command(flatten)]
    pub act: ActArgs,
}

/// The wallet.
#[derive(Debug, ClapArgs)]
pub struct WalletStatusArgs {
    #[command(flatten)]
    pub who: WhoArgs,
    #[command(flatten)]
    pub ask: AskArgs,
}

/// Options of an exit.
#[derive(Debug, ClapArgs)]
pub struct WalletExitArgs {
    /// Only coins with this pool; by default with all pools
    #[arg(long)]
    pub pool: Option<String>,
    #[command(flatten)]
    pub act: ActArgs,
}
