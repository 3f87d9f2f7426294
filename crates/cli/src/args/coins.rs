//! Coins of a key's own account.

use clap::Args as ClapArgs;
use ddvs_types::Amount;

use super::common::address;
use super::{ActArgs, AskArgs};

/// Coins to send. They leave the key's account, not its DePool Wallet.
#[derive(Debug, ClapArgs)]
pub struct SendArgs {
    /// Address, or name of a key
    #[arg(value_parser = address, allow_hyphen_values = true)]
    pub to: String,
    /// Coins, or ALL: everything except the maximum fees of sending
    #[arg(allow_negative_numbers = true)]
    pub amount: Amount,
    /// Chain of the receiver's account, if a key is named; by default the sender's
    #[arg(long, value_name = "CHAIN", allow_negative_numbers = true)]
    pub to_chain: Option<i8>,
    /// A text for the receiver, such as the one that an exchange asks for
    #[arg(long)]
    pub comment: Option<String>,
    #[command(flatten)]
    pub act: ActArgs,
}

/// The account.
#[derive(Debug, ClapArgs)]
pub struct BalanceArgs {
    /// Address, or name of a key; by default DDVS_KEY, or the only key
    #[arg(value_parser = address, allow_hyphen_values = true)]
    pub who: Option<String>,
    /// Chain of the key's account
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    pub chain: i8,
    #[command(flatten)]
    pub ask: AskArgs,
}
