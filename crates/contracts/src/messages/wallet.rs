//! Messages of a DePool Wallet: from its owner and from anyone, to Roots, and the Roots' answers.

use tycho_types::cell::Lazy;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use super::messages;
use crate::network::RootTerms;

messages! {
    /// Messages declared in this file.
    WALLET;

    /// Owner to wallet: stake free coins with a Root.
    "#67479e04" Stake: Owner => Wallet,
    event "stake" = "**Stake** of {amount} requested by {owner} for {pool}" {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// Coins to stake.
        pub amount: Tokens as amount,
        /// The Root; it may live on another chain.
        pub root: StdAddr as root,
        /// The Root's terms, from which its address must follow.
        pub terms: Lazy<RootTerms>,
    }

    /// Owner to wallet: take staked coins back, whole or in part.
    "#79167305" Unstake: Owner => Wallet,
    event "unstake" = "**Unstake** of {amount} requested by {owner} from {pool}" {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// Coins to unstake.
        pub amount: Tokens as amount,
        /// The Root.
        pub root: StdAddr as root,
    }

    /// Owner to wallet: pay free coins out to the owner.
    "#4aea7bf4" Withdraw: Owner => Wallet,
    event "withdraw" = "**Withdrawal** of {amount} by {owner}" {
        /// Chosen by the sender; comes back with the coins.
        pub query_id: u64,
        /// Coins to pay out; `None` for all free coins.
        pub amount: Option<Tokens> as amount,
    }

    /// Owner to wallet: pay free coins out to any account.
    "#38f25387" WithdrawTo: Owner => Wallet,
    event "withdraw_to" = "**Withdrawal** of {amount} by {owner} to {to}" {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// Coins to pay out; `None` for all free coins. Exactly as many arrive.
        pub amount: Option<Tokens> as amount,
        /// The receiver.
        pub to: StdAddr as to,
        /// Whether the coins return to the wallet if nothing at the receiver's address takes them.
        pub bounce: bool,
        /// Cell with a text for the receiver.
        pub comment: Option<Cell>,
    }

    /// Anyone to wallet: release what is due, and settle a slash.
    "#13ea66ca" Settle: Anyone => Wallet {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// The Root.
        pub root: StdAddr as root,
    }

    /// Wallet to Root: request to accept a stake.
    "#3dbfb162" ConfirmStake: Wallet => Root {
        /// Query id of the request.
        pub query_id: u64,
        /// Coins that the wallet holds for the stake.
        pub amount: Tokens as amount,
        /// Owner of the wallet, from which its address must follow.
        pub owner: StdAddr as owner,
    }

    /// Wallet to Root: request to unstake coins.
    "#63ec9d5e" RequestUnstake: Wallet => Root {
        /// Query id of the request.
        pub query_id: u64,
        /// Coins to unstake, before a slash that the wallet has not settled.
        pub amount: Tokens as amount,
        /// Owner of the wallet, from which its address must follow.
        pub owner: StdAddr as owner,
        /// End of the last lock on any of them.
        pub lock_until: u32,
        /// The wallet has settled the slash of this Root.
        pub settled: bool,
    }

    /// Wallet to Root: request to release coins.
    "#7ddb5778" RequestRelease: Wallet => Root {
        /// Query id of the request.
        pub query_id: u64,
        /// Unlocking coins that are due; may be zero.
        pub amount: Tokens as amount,
        /// Owner of the wallet, from which its address must follow.
        pub owner: StdAddr as owner,
        /// The wallet has settled the slash of this Root.
        pub settled: bool,
        /// Receiver of the remaining value.
        pub payer: StdAddr,
    }

    /// Root to wallet: the stake is accepted.
    "#e87bef8f" Lock: Root => Wallet,
    event "lock" = "**Lock**: {pool} took {amount} of {owner}" {
        /// Query id of the request.
        pub query_id: u64,
        /// Amount in the request.
        pub amount: Tokens as amount,
        /// End of the lock.
        pub lock_until: u32,
    }

    /// Root to wallet: the stake is not accepted.
    "#fec8d888" RejectStake: Root => Wallet,
    problem "stake_rejected" = "**Stake rejected** by {pool}, {amount} are free again{reason}" {
        /// Query id of the request.
        pub query_id: u64,
        /// Amount in the request.
        pub amount: Tokens as amount,
        /// Reason of the refusal: a [`Reason`](crate::Reason).
        pub reason: u8 as reason,
    }

    /// Root to wallet: the coins may be released later.
    "#bebc4674" Unlock: Root => Wallet,
    event "unlock" = "**Unlock**: {pool} lets {amount} of {owner} go after its period" {
        /// Query id of the request.
        pub query_id: u64,
        /// Amount in the request.
        pub amount: Tokens as amount,
        /// Time from which they may be released.
        pub release_at: u32,
        /// Price after a slash.
        pub price: Option<Price>,
    }

    /// Root to wallet: the coins stay staked.
    "#9ff294db" RefuseUnstake: Root => Wallet,
    problem "unstake_refused" = "**Unstake refused** by {pool}{reason}" {
        /// Query id of the request.
        pub query_id: u64,
        /// Amount in the request.
        pub amount: Tokens as amount,
        /// Reason of the refusal: a [`Reason`](crate::Reason).
        pub reason: u8 as reason,
        /// Price after a slash.
        pub price: Option<Price>,
    }

    /// Root to wallet: these coins are free.
    "#8acc3cb4" Release: Root => Wallet,
    event "release" = "**Release**: {amount} of {owner} are free" {
        /// Query id of the request.
        pub query_id: u64,
        /// At most the amount in the request; the rest stays where it is.
        pub amount: Tokens as amount,
        /// Price after a slash.
        pub price: Option<Price>,
        /// Payer in the request.
        pub payer: StdAddr,
    }

    /// Root to wallet: the coins stay where they are.
    "#d3a5cdc3" RefuseRelease: Root => Wallet,
    problem "release_refused" = "**Release refused** by {pool}{reason}" {
        /// Query id of the request.
        pub query_id: u64,
        /// Amount in the request.
        pub amount: Tokens as amount,
        /// Reason of the refusal: a [`Reason`](crate::Reason).
        pub reason: u8 as reason,
        /// Time from which all of it may be released, in Unix seconds, if known.
        pub until: Option<u32>,
        /// Price after a slash.
        pub price: Option<Price>,
        /// Payer in the request.
        pub payer: StdAddr,
    }

    /// Any contract to the payer: the remaining value.
    "#d53276db" Excesses: Contract => Payer {
        /// Query id of the request.
        pub query_id: u64,
    }
}

/// Value of a coin that was staked before the slash.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Price {
    /// Remaining coins of `denominator`.
    pub numerator: Tokens,
    /// Coins before the slash; never zero.
    pub denominator: Tokens,
}
