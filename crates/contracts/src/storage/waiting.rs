//! Requests that wait for a batch at a D'Elector (`contracts/delector/storage.tolk`).

use tycho_types::cell::{
    CellBuilder, CellContext, CellDataBuilder, CellSlice, HashBytes, Lazy, Load, Store,
};
use tycho_types::dict::{DictKey, LoadDictKey, StoreDictKey};
use tycho_types::error::Error;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use crate::messages::{Evidence, PossessionProof};

/// A change that waits for a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// `0`: an update of a stake.
    Update {
        /// Account id of the Root.
        root: HashBytes,
        /// The Root's number of the update.
        seq: u32,
        /// Stake, in nano.
        total: Tokens,
        /// Key of the Root.
        key: HashBytes,
        /// Proof of possession of a new key.
        proof: Option<Lazy<PossessionProof>>,
        /// Remaining attached value, in nano.
        funds: u64,
    },
    /// `1`: a purge of a key.
    Purge {
        /// Account id of the Root.
        root: HashBytes,
        /// The key to be forgotten.
        key: HashBytes,
        /// Remaining attached value, in nano.
        funds: u64,
        /// Query id of the request.
        query_id: u64,
        /// Payer of the request.
        payer: Lazy<StdAddr>,
    },
}

impl Store for Waiting {
    fn store_into(&self, b: &mut CellBuilder, c: &dyn CellContext) -> Result<(), Error> {
        match self {
            Self::Update {
                root,
                seq,
                total,
                key,
                proof,
                funds,
            } => {
                b.store_bit_zero()?;
                (root, seq, total, key, proof, funds).store_into(b, c)
            }
            Self::Purge {
                root,
                key,
                funds,
                query_id,
                payer,
            } => {
                b.store_bit_one()?;
                (root, key, funds, query_id, payer).store_into(b, c)
            }
        }
    }
}

impl<'a> Load<'a> for Waiting {
    fn load_from(s: &mut CellSlice<'a>) -> Result<Self, Error> {
        if !s.load_bit()? {
            let (root, seq, total, key, proof, funds) = <_>::load_from(s)?;
            return Ok(Self::Update {
                root,
                seq,
                total,
                key,
                proof,
                funds,
            });
        }
        let (root, key, funds, query_id, payer) = <_>::load_from(s)?;
        Ok(Self::Purge {
            root,
            key,
            funds,
            query_id,
            payer,
        })
    }
}

/// A Root whose removal waits. Held removals sort after all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accused {
    /// Whether the removal waits for other validators to join.
    pub is_held: bool,
    /// Account id of the Root.
    pub root: HashBytes,
}

impl DictKey for Accused {
    const BITS: u16 = 257;
}

impl StoreDictKey for Accused {
    fn store_into_data(&self, builder: &mut CellDataBuilder) -> Result<(), Error> {
        builder.store_bit(self.is_held)?;
        builder.store_u256(&self.root)
    }
}

impl LoadDictKey for Accused {
    fn load_from_data(data: &CellDataBuilder) -> Option<Self> {
        let mut slice = data.as_data_slice();
        let is_held = slice.load_bit().ok()?;
        let root = slice.load_u256().ok()?;
        Some(Self { is_held, root })
    }
}

/// A removal for misbehaviour that waits or is in flight.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct WaitingRemoval {
    /// The key to be removed.
    pub key: HashBytes,
    /// Remaining attached value, in nano.
    pub funds: u64,
    /// Query id of the request.
    pub query_id: u64,
    /// The evidence.
    pub evidence: Lazy<Evidence>,
    /// Sender of the evidence.
    pub payer: Lazy<StdAddr>,
}
