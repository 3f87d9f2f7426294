//! Storage of a DePool Root.

use tycho_types::cell::Lazy;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use crate::messages::{PossessionProof, Price};
use crate::network::{Network, RootTerms};
use crate::primitives::MaybeAddr;

/// Storage of a DePool Root; `state` is `None` in the StateInit.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct RootStorage {
    /// Names the chain too: the Root must live on the same one.
    pub delector: StdAddr,
    /// What can never change.
    pub terms: Lazy<RootTerms>,
    /// The network.
    pub network: Lazy<Network>,
    /// Code of the wallets that it deploys and trusts.
    pub wallet_code: Cell,
    /// What changes.
    pub state: Option<Lazy<RootState>>,
}

/// What a Root remembers: totals, never a table of stakers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Store, Load)]
pub struct RootState {
    /// Staked by the validator itself.
    pub owner_active: Tokens,
    /// Unstaked by the validator itself, not yet released.
    pub owner_unlocking: Tokens,
    /// Staked by all others.
    pub users_active: Tokens,
    /// Unstaked by all others, not yet released.
    pub users_unlocking: Tokens,
    /// What the D'Elector counts, as it last said.
    pub counted: Tokens,
    /// Number of the last update sent.
    pub seq: u32,
    /// Closed by the owner.
    pub closed: bool,
    /// Why the last refused update was refused: a [`Reason`](crate::Reason), or zero.
    pub last_reason: u8,
    /// The key that the D'Elector has applied.
    pub key: Option<Lazy<RootKey>>,
    /// The key that it shall apply.
    pub next_key: Option<Lazy<RootKey>>,
    /// The update that has not been answered.
    pub flight: Option<Lazy<Flight>>,
    /// What staked coins are worth after removal for misbehaviour.
    pub prices: Option<Lazy<Prices>>,
}

/// A consensus key with its consent.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct RootKey {
    /// Ed25519 public key.
    pub key: HashBytes,
    /// The key's consent to validate for this Root.
    pub proof: Lazy<PossessionProof>,
}

/// The update in flight, and the value kept for the one after it.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Flight {
    /// What the D'Elector was asked to count.
    pub total: Tokens,
    /// Of the request that paid.
    pub query_id: u64,
    /// Gets what the update leaves.
    pub payer: StdAddr,
    /// Value kept for the next update; zero: nobody has paid for one yet.
    pub next_funds: Tokens,
    /// Of the request that paid for the next update.
    pub next_query_id: u64,
    /// Gets what the next update leaves.
    pub next_payer: MaybeAddr,
}

/// What staked coins are worth since the slash.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Prices {
    /// The validator's own.
    pub owner: Price,
    /// All others'.
    pub users: Price,
}
