//! Messages of a DePool Wallet: from its owner and from anyone, to Roots, and the Roots' answers.

use tycho_types::cell::Lazy;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use super::message;
use crate::network::RootTerms;

message! {
    /// Owner to wallet: stake free coins with a Root.
    "#67479e04" Stake {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// Coins to stake.
        pub amount: Tokens,
        /// The Root; it may live on another chain.
        pub root: StdAddr,
        /// The Root's terms, from which its address must follow.
        pub terms: Lazy<RootTerms>,
    }
}
message! {
    /// Owner to wallet: take staked coins back, whole or in part.
    "#79167305" Unstake {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// Coins to unstake.
        pub amount: Tokens,
        /// The Root.
        pub root: StdAddr,
    }
}
message! {
    /// Owner to wallet: pay free coins out to the owner.
    "#4aea7bf4" Withdraw {
        /// Chosen by the sender; comes back with the coins.
        pub query_id: u64,
        /// Coins to pay out; `None` for all free coins.
        pub amount: Option<Tokens>,
    }
}
message! {
    /// Anyone to wallet: release what is due, and settle a slash.
    "#13ea66ca" Settle {
        /// Chosen by the sender; comes back with the excess.
        pub query_id: u64,
        /// The Root.
        pub root: StdAddr,
    }
}
message! {
    /// Wallet to Root: request to accept a stake.
    "#3dbfb162" ConfirmStake {
        /// Query id of the request.
        pub query_id: u64,
        /// Coins that the wallet holds for the stake.
        pub amount: Tokens,
        /// Owner of the wallet, from which its address must follow.
        pub owner: StdAddr,
    }
}
message! {
    /// Wallet to Root: request to unstake coins.
    "#63ec9d5e" RequestUnstake {
        /// Query id of the request.
        pub query_id: u64,
        /// Coins to unstake, before a slash that the wallet has not settled.
        pub amount: Tokens,
        /// Owner of the wallet, from which its address must follow.
        pub owner: StdAddr,
        /// End of the last lock on any of them.
        pub lock_until: u32,
        /// The wallet has settled the slash of this Root.
        pub settled: bool,
    }
}
message! {
    /// Wallet to Root: request to release coins.
    "#7ddb5778" RequestRelease {
        /// Query id of the request.
        pub query_id: u64,
        /// Unlocking coins that are due; may be zero.
        pub amount: Tokens,
        /// Owner of the wallet, from which its address must follow.
        pub owner: StdAddr,
        /// The wallet has settled the slash of this Root.
        pub settled: bool,
        /// Receiver of the remaining value.
        pub payer: StdAddr,
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

message! {
    /// Root to wallet: the stake is accepted.
    "#e87bef8f" Lock {
        /// Query id of the request.
        pub query_id: u64,
        /// Amount in the request.
        pub amount: Tokens,
        /// End of the lock.
        pub lock_until: u32,
    }
}
message! {
    /// Root to wallet: the stake is not accepted.
    "#fec8d888" RejectStake {
        /// Query id of the request.
        pub query_id: u64,
        /// Amount in the request.
        pub amount: Tokens,
        /// Reason of the refusal: a [`Reason`](crate::Reason).
        pub reason: u8,
    }
}
message! {
    /// Root to wallet: the coins may be released later.
    "#bebc4674" Unlock {
        /// Query id of the request.
        pub query_id: u64,
        /// Amount in the request.
        pub amount: Tokens,
        /// Time from which they may be released.
        pub release_at: u32,
        /// Price after a slash.
        pub price: Option<Price>,
    }
}
message! {
    /// Root to wallet: the coins stay staked.
    "#9ff294db" RefuseUnstake {
        /// Query id of the request.
        pub query_id: u64,
        /// Amount in the request.
        pub amount: Tokens,
        /// Reason of the refusal: a [`Reason`](crate::Reason).
        pub reason: u8,
        /// Price after a slash.
        pub price: Option<Price>,
    }
}
message! {
    /// Root to wallet: these coins are free.
    "#8acc3cb4" Release {
        /// Query id of the request.
        pub query_id: u64,
        /// At most the amount in the request; the rest stays where it is.
        pub amount: Tokens,
        /// Price after a slash.
        pub price: Option<Price>,
        /// Payer in the request.
        pub payer: StdAddr,
    }
}
message! {
    /// Root to wallet: the coins stay where they are.
    "#d3a5cdc3" RefuseRelease {
        /// Query id of the request.
        pub query_id: u64,
        /// Amount in the request.
        pub amount: Tokens,
        /// Reason of the refusal: a [`Reason`](crate::Reason).
        pub reason: u8,
        /// Time from which all of it may be released, in Unix seconds, if known.
        pub until: Option<u32>,
        /// Price after a slash.
        pub price: Option<Price>,
        /// Payer in the request.
        pub payer: StdAddr,
    }
}
message! {
    /// Any contract to the payer: the remaining value.
    "#d53276db" Excesses {
        /// Query id of the request.
        pub query_id: u64,
    }
}
