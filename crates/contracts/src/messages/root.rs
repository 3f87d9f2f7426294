//! To the DePool Root: from wallets, from its owner, from anyone, and from the D'Elector.

use tycho_types::cell::{HashBytes, Lazy, Load, Store};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use crate::signed::Signature;

/// Wallet to Root: these coins are staked with you.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#3dbfb162")]
pub struct ConfirmStake {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Coins in nano.
    pub amount: Tokens,
    /// Whose wallet it is.
    pub owner: StdAddr,
}

/// Wallet to Root: this stake wants to leave.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#63ec9d5e")]
pub struct RequestUnstake {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Coins in nano.
    pub amount: Tokens,
    /// Whose wallet it is.
    pub owner: StdAddr,
    /// Unix time from which the stake may leave.
    pub lock_until: u32,
    /// Whether the wallet has settled the slash of this Root.
    pub settled: bool,
}

/// Wallet to Root: these coins are due.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#7ddb5778")]
pub struct RequestRelease {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Coins in nano.
    pub amount: Tokens,
    /// Whose wallet it is.
    pub owner: StdAddr,
    /// Whether the wallet has settled the slash of this Root.
    pub settled: bool,
    /// Who gets the leftover value.
    pub payer: StdAddr,
}

/// Anyone to Root: deploy a wallet; the value becomes its free coins.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#0cba60c7")]
pub struct DeployWallet {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// Whose wallet it is.
    pub owner: StdAddr,
    /// A chain id.
    pub chain: i8,
}

/// Owner to Root: validate with this key.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#29d6cdf8")]
pub struct RegisterKey {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// A consensus public key (Ed25519).
    pub key: HashBytes,
    /// The key's consent.
    pub proof: Lazy<PossessionProof>,
}

/// Owner to Root: leave the set and let all stakes unlock.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#3d77da80")]
pub struct CloseRoot {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
}

/// Anyone to Root: ask again for what the D'Elector does not count yet.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#1e4782c5")]
pub struct SyncStake {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
}

/// The key's signature over the network and the Root's address.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct PossessionProof {
    /// Ed25519.
    pub signature: Signature,
}

/// D'Elector to Root: the network has agreed.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#d688adde")]
pub struct Applied {
    /// The Root's number of the update.
    pub seq: u32,
    /// Stake in nano.
    pub total: Tokens,
}

/// D'Elector to Root: the change is refused.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#d3393a6a")]
pub struct Rejected {
    /// The Root's number of the update.
    pub seq: u32,
    /// A reject reason.
    pub reason: u8,
}

/// D'Elector to Root: the validator misbehaved.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#6b2d6a04")]
pub struct Slash {
    /// Share of all slashable coins, in 1/10,000.
    pub share_bp: u16,
    /// A consensus public key (Ed25519).
    pub key: HashBytes,
}
