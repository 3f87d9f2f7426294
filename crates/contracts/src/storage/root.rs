//! Storage of a DePool Root.

use tycho_types::cell::Lazy;
use tycho_types::error::Error;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use crate::messages::{PossessionProof, Price};
use crate::network::{Network, RootTerms};

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
    /// The D'Elector counts more than it was last asked to.
    pub overcounted: bool,
    /// The last update brought a new key and was refused.
    pub key_refused: bool,
    /// Why the last refused update was refused: a [`Reason`](crate::Reason).
    pub last_reason: Option<u8>,
    /// What must stay in the pool until then, since it counted: levels by time.
    pub floors: Dict<u32, Tokens>,
    /// `None` until the owner has registered a key.
    pub keys: Option<Lazy<RootKeys>>,
    /// The update that has not been answered.
    pub flight: Option<Lazy<Flight>>,
    /// What staked coins are worth after removal for misbehaviour.
    pub prices: Option<Lazy<Prices>>,
}

impl RootState {
    /// All coins that stand behind the pool, staked or unlocking, in nano.
    pub fn backing_nano(&self) -> u128 {
        let parts = [
            self.owner_active,
            self.owner_unlocking,
            self.users_active,
            self.users_unlocking,
        ];
        parts.iter().map(|amount| amount.into_inner()).sum()
    }

    /// The key that counts, and the one that shall count next, in flight or waiting.
    ///
    /// Fails only when a cell of the state does not parse.
    pub fn keys_of(&self) -> Result<(Option<HashBytes>, Option<HashBytes>), Error> {
        let keys = match &self.keys {
            Some(keys) => keys.load()?,
            None => RootKeys::default(),
        };
        let in_flight = match &self.flight {
            Some(flight) => flight.load()?.new_key,
            None => None,
        };
        let next = keys.next.or(in_flight);
        Ok((keys.applied.map(|key| key.key), next.map(|key| key.key)))
    }
}

/// A consensus key with its consent.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct RootKey {
    /// Ed25519 public key.
    pub key: HashBytes,
    /// The key's consent to validate for this Root.
    pub proof: Lazy<PossessionProof>,
}

/// Consensus keys of a Root.
#[derive(Debug, Clone, PartialEq, Eq, Default, Store, Load)]
pub struct RootKeys {
    /// The key that the D'Elector has applied.
    pub applied: Option<RootKey>,
    /// The key that the next update shall ask for.
    pub next: Option<RootKey>,
}

/// The update in flight, and the value kept for the one after it.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Flight {
    /// What the D'Elector was asked to count.
    pub total: Tokens,
    /// The key that it was asked to apply, if not the applied one.
    pub new_key: Option<RootKey>,
    /// Of the request that paid.
    pub query_id: u64,
    /// Gets what the update leaves.
    pub payer: StdAddr,
    /// `None`: nobody has paid for another update yet.
    pub next: Option<Lazy<Payment>>,
}

/// What somebody has paid for an update.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Payment {
    /// Kept for the update.
    pub funds: Tokens,
    /// Of the request that paid.
    pub query_id: u64,
    /// Gets what the update leaves.
    pub payer: StdAddr,
}

/// What staked coins are worth since the slash.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Prices {
    /// The validator's own.
    pub owner: Price,
    /// All others'.
    pub users: Price,
}
