//! Messages of a DePool Wallet: from its owner and from anyone, to Roots, and their answers.

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
        /// Its terms, from which its address must follow.
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
        /// Coins to pay out; `None`: all that are free.
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
    /// Wallet to Root: accept this stake?
    "#3dbfb162" ConfirmStake {
        /// Of the request.
        pub query_id: u64,
        /// Coins that the wallet holds for the stake.
        pub amount: Tokens,
        /// Owner of the wallet, from which its address must follow.
        pub owner: StdAddr,
    }
}
message! {
    /// Wallet to Root: let these coins go?
    "#63ec9d5e" RequestUnstake {
        /// Of the request.
        pub query_id: u64,
        /// As the wallet knows it, before a slash that it has not settled.
        pub amount: Tokens,
        /// Owner of the wallet, from which its address must follow.
        pub owner: StdAddr,
        /// When the last lock on any of it ends.
        pub lock_until: u32,
        /// The wallet has settled the slash of this Root.
        pub settled: bool,
    }
}
message! {
    /// Wallet to Root: are these coins free?
    "#7ddb5778" RequestRelease {
        /// Of the request.
        pub query_id: u64,
        /// Unlocking coins whose time has come; may be zero.
        pub amount: Tokens,
        /// Owner of the wallet, from which its address must follow.
        pub owner: StdAddr,
        /// The wallet has settled the slash of this Root.
        pub settled: bool,
        /// Who gets the leftover value.
        pub payer: StdAddr,
    }
}

/// What a coin staked before the slash is worth now.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Price {
    /// Coins that are left of `denominator`.
    pub numerator: Tokens,
    /// Coins before the slash; never zero.
    pub denominator: Tokens,
}

message! {
    /// Root to wallet: the stake is accepted.
    "#e87bef8f" Lock {
        /// Of the request.
        pub query_id: u64,
        /// As in the request.
        pub amount: Tokens,
        /// When the lock ends.
        pub lock_until: u32,
    }
}
message! {
    /// Root to wallet: the stake is not accepted.
    "#fec8d888" RejectStake {
        /// Of the request.
        pub query_id: u64,
        /// As in the request.
        pub amount: Tokens,
        /// A [`Reason`](crate::Reason).
        pub reason: u8,
    }
}
message! {
    /// Root to wallet: the coins may be released later.
    "#bebc4674" Unlock {
        /// Of the request.
        pub query_id: u64,
        /// As in the request.
        pub amount: Tokens,
        /// When they may be released.
        pub release_at: u32,
        /// After a slash.
        pub price: Option<Price>,
    }
}
message! {
    /// Root to wallet: the coins stay staked.
    "#9ff294db" RefuseUnstake {
        /// Of the request.
        pub query_id: u64,
        /// As in the request.
        pub amount: Tokens,
        /// A [`Reason`](crate::Reason).
        pub reason: u8,
        /// After a slash.
        pub price: Option<Price>,
    }
}
message! {
    /// Root to wallet: these coins are free.
    "#8acc3cb4" Release {
        /// Of the request.
        pub query_id: u64,
        /// At most as in the request; the rest stays where it is.
        pub amount: Tokens,
        /// After a slash.
        pub price: Option<Price>,
        /// As in the request.
        pub payer: StdAddr,
    }
}
message! {
    /// Root to wallet: the coins stay where they are.
    "#d3a5cdc3" RefuseRelease {
        /// Of the request.
        pub query_id: u64,
        /// As in the request.
        pub amount: Tokens,
        /// A [`Reason`](crate::Reason).
        pub reason: u8,
        /// When all of it may go, in unix seconds, where that is known.
        pub until: Option<u32>,
        /// After a slash.
        pub price: Option<Price>,
        /// As in the request.
        pub payer: StdAddr,
    }
}
message! {
    /// Any contract to who paid: what was left of the value.
    "#d53276db" Excesses {
        /// Of the request.
        pub query_id: u64,
    }
}
