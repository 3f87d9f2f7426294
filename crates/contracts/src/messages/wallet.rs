//! To the DePool Wallet: from its owner, from anyone, and from Roots.

use tycho_types::cell::{Lazy, Load, Store};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use crate::RootTerms;

/// Owner to wallet: stake free coins with a Root.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#67479e04")]
pub struct Stake {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Coins in nano.
    pub amount: Tokens,
    /// The Root's address.
    pub root: StdAddr,
    /// The Root's terms, from which its address follows.
    pub terms: Lazy<RootTerms>,
}

/// Owner to wallet: take a stake back.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#79167305")]
pub struct Unstake {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Coins in nano.
    pub amount: Tokens,
    /// The Root's address.
    pub root: StdAddr,
}

/// Owner to wallet: pay out free coins; all of them if no amount is given.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#4aea7bf4")]
pub struct Withdraw {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Coins in nano.
    pub amount: Option<Tokens>,
}

/// Anyone to wallet: release what is due and settle a slash.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#13ea66ca")]
pub struct Settle {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// The Root's address.
    pub root: StdAddr,
}

/// What a coin staked before the slash is worth now.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Price {
    /// Worth after the slash, in nano.
    pub numerator: Tokens,
    /// Worth before the slash, in nano.
    pub denominator: Tokens,
}

/// Root to wallet: the stake is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#e87bef8f")]
pub struct Lock {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Coins in nano.
    pub amount: Tokens,
    /// Unix time from which the stake may leave.
    pub lock_until: u32,
}

/// Root to wallet: the stake is refused.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#fec8d888")]
pub struct RejectStake {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Coins in nano.
    pub amount: Tokens,
    /// A reject reason.
    pub reason: u8,
}

/// Root to wallet: the stake leaves.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#bebc4674")]
pub struct Unlock {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Coins in nano.
    pub amount: Tokens,
    /// Unix time from which the coins may be released.
    pub release_at: u32,
    /// What the stake is worth now, if the Root was slashed.
    pub price: Option<Price>,
}

/// Root to wallet: the stake must stay.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#9ff294db")]
pub struct RefuseUnstake {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Coins in nano.
    pub amount: Tokens,
    /// A reject reason.
    pub reason: u8,
    /// What the stake is worth now, if the Root was slashed.
    pub price: Option<Price>,
}

/// Root to wallet: the coins are free.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#8acc3cb4")]
pub struct Release {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Coins in nano.
    pub amount: Tokens,
    /// What the stake is worth now, if the Root was slashed.
    pub price: Option<Price>,
    /// Who gets the leftover value.
    pub payer: StdAddr,
}

/// Root to wallet: the coins must stay.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#d6fca09c")]
pub struct RefuseRelease {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Coins in nano.
    pub amount: Tokens,
    /// A reject reason.
    pub reason: u8,
    /// What the stake is worth now, if the Root was slashed.
    pub price: Option<Price>,
    /// Who gets the leftover value.
    pub payer: StdAddr,
}
