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
    /// Address of the D'Elector; the Root must live on the same chain.
    pub delector: StdAddr,
    /// Terms that can never change.
    pub terms: Lazy<RootTerms>,
    /// The network.
    pub network: Lazy<Network>,
    /// Code of the wallets that it deploys and trusts.
    pub wallet_code: Cell,
    /// Mutable state.
    pub state: Option<Lazy<RootState>>,
}

/// State of a Root: totals, never a table of stakers.
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
    /// Stake that the D'Elector counts, by its last answer.
    pub counted: Tokens,
    /// Number of the last update sent.
    pub seq: u32,
    /// Closed by the owner.
    pub closed: bool,
    /// Whether the D'Elector counts more than was last requested.
    pub overcounted: bool,
    /// Whether the last update brought a new key and was refused.
    pub key_refused: bool,
    /// Reason of the last refused update: a [`Reason`](crate::Reason).
    pub last_reason: Option<u8>,
    /// Whether the validator stands, or was removed for misbehaviour.
    pub fate: Fate,
    /// The four amounts above by chain of the wallets.
    pub chains: Dict<i8, ChainTotals>,
    /// `None` until the owner has registered a key.
    pub keys: Option<Lazy<RootKeys>>,
    /// The update that has not been answered.
    pub flight: Option<Lazy<Flight>>,
}

/// Whether a validator is in good standing or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// `0`: in good standing.
    Standing {
        /// Levels that must stay in the pool because they counted, by the time until which they must.
        floors: Dict<u32, Tokens>,
    },
    /// `1`: permanently removed for misbehaviour.
    Removed {
        /// Value of staked coins.
        prices: Lazy<Prices>,
    },
}

impl Default for Fate {
    fn default() -> Self {
        let floors = Dict::new();
        Self::Standing { floors }
    }
}

impl Store for Fate {
    fn store_into(&self, b: &mut CellBuilder, c: &dyn CellContext) -> Result<(), Error> {
        match self {
            Self::Standing { floors } => {
                b.store_bit_zero()?;
                floors.store_into(b, c)
            }
            Self::Removed { prices } => {
                b.store_bit_one()?;
                prices.store_into(b, c)
            }
        }
    }
}

impl<'a> Load<'a> for Fate {
    fn load_from(s: &mut CellSlice<'a>) -> Result<Self, Error> {
        Ok(match s.load_bit()? {
            false => Self::Standing {
                floors: <_>::load_from(s)?,
            },
            true => Self::Removed {
                prices: <_>::load_from(s)?,
            },
        })
    }
}

/// Amounts that wallets of one chain have with a Root.
#[derive(Debug, Clone, PartialEq, Eq, Default, Store, Load)]
pub struct ChainTotals {
    /// Staked by the validator itself.
    pub owner_active: Tokens,
    /// Unstaked by the validator itself, not yet released.
    pub owner_unlocking: Tokens,
    /// Staked by all others.
    pub users_active: Tokens,
    /// Unstaked by all others, not yet released.
    pub users_unlocking: Tokens,
    /// Of a removed Root: whether these amounts are scaled by its prices. It scales them when it next needs them.
    pub scaled: bool,
}

impl ChainTotals {
    /// Returns these amounts scaled by the prices of a removal; unchanged if that has been done.
    pub fn at(&self, prices: &Prices) -> Self {
        if self.scaled {
            return self.clone();
        }
        let worth = |price: &Price, amount: Tokens| Tokens::new(price.worth(amount.into_inner()));
        Self {
            owner_active: worth(&prices.owner, self.owner_active),
            owner_unlocking: worth(&prices.owner, self.owner_unlocking),
            users_active: worth(&prices.users, self.users_active),
            users_unlocking: worth(&prices.users, self.users_unlocking),
            scaled: true,
        }
    }
}

impl RootState {
    /// Whether it was removed for misbehaviour.
    pub fn is_removed(&self) -> bool {
        matches!(self.fate, Fate::Removed { .. })
    }

    /// Returns the value of staked coins; `None` unless the validator was removed.
    pub fn prices(&self) -> Option<&Lazy<Prices>> {
        match &self.fate {
            Fate::Standing { .. } => None,
            Fate::Removed { prices } => Some(prices),
        }
    }

    /// Returns the levels that must stay because they counted, by the time until which they must; `None` for a
    /// removed validator.
    pub fn floors(&self) -> Option<&Dict<u32, Tokens>> {
        match &self.fate {
            Fate::Standing { floors } => Some(floors),
            Fate::Removed { .. } => None,
        }
    }

    /// Returns all coins of the pool, staked or unlocking, in nano.
    pub fn backing_nano(&self) -> u128 {
        let parts = [
            self.owner_active,
            self.owner_unlocking,
            self.users_active,
            self.users_unlocking,
        ];
        parts.iter().map(|amount| amount.into_inner()).sum()
    }

    /// Returns the key that counts, and the key to be counted next, in flight or waiting.
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

/// A consensus key with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct RootKey {
    /// Ed25519 public key.
    pub key: HashBytes,
    /// Proof of possession for this Root.
    pub proof: Lazy<PossessionProof>,
}

/// Consensus keys of a Root.
#[derive(Debug, Clone, PartialEq, Eq, Default, Store, Load)]
pub struct RootKeys {
    /// The key that the D'Elector has applied.
    pub applied: Option<RootKey>,
    /// The key that the next update will request.
    pub next: Option<RootKey>,
}

/// The update in flight, and the value kept for the one after it.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Flight {
    /// Stake that the D'Elector was asked to count.
    pub total: Tokens,
    /// Key that it was asked to apply, if not the applied one.
    pub new_key: Option<RootKey>,
    /// Query id of the request that paid.
    pub query_id: u64,
    /// Receiver of the remaining value.
    pub payer: StdAddr,
    /// Payment for the next update; `None` if there is none yet.
    pub next: Option<Lazy<Payment>>,
}

/// A payment for an update.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Payment {
    /// Value kept for the update.
    pub funds: Tokens,
    /// Query id of the request that paid.
    pub query_id: u64,
    /// Receiver of the remaining value.
    pub payer: StdAddr,
}

/// Value of staked coins since the slash.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Prices {
    /// Price of the validator's own coins.
    pub owner: Price,
    /// Price of all others' coins.
    pub users: Price,
}
