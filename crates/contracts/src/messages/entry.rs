//! One change of a batch.

use tycho_types::cell::Lazy;
use tycho_types::error::Error;
use tycho_types::num::Tokens;
use tycho_types::prelude::*;

use super::{Evidence, PossessionProof};

/// Change of one Root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchEntry {
    /// Sets its stake or its key.
    SetStake {
        /// Stake that counts from now on; zero if it leaves.
        stake: Tokens,
        /// Ed25519 public key.
        key: HashBytes,
        /// Time at which it joined, left, or changed its key, in Unix seconds.
        since: u32,
        /// Present when the key is new in this registry.
        proof: Option<Lazy<PossessionProof>>,
    },
    /// Permanently removes it for misbehaviour.
    RemoveKey {
        /// Two conflicting votes.
        evidence: Lazy<Evidence>,
    },
    /// Forgets a key that left long ago.
    ForgetKey {
        /// Ed25519 public key.
        key: HashBytes,
    },
}

impl Store for BatchEntry {
    fn store_into(
        &self,
        builder: &mut CellBuilder,
        context: &dyn CellContext,
    ) -> Result<(), Error> {
        match self {
            Self::SetStake {
                stake,
                key,
                since,
                proof,
            } => {
                builder.store_bit_zero()?;
                stake.store_into(builder, context)?;
                key.store_into(builder, context)?;
                since.store_into(builder, context)?;
                proof.store_into(builder, context)
            }
            Self::RemoveKey { evidence } => {
                builder.store_small_uint(0b10, 2)?;
                evidence.store_into(builder, context)
            }
            Self::ForgetKey { key } => {
                builder.store_small_uint(0b11, 2)?;
                key.store_into(builder, context)
            }
        }
    }
}

impl<'a> Load<'a> for BatchEntry {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        if !slice.load_bit()? {
            return Ok(Self::SetStake {
                stake: Tokens::load_from(slice)?,
                key: HashBytes::load_from(slice)?,
                since: u32::load_from(slice)?,
                proof: Option::load_from(slice)?,
            });
        }
        Ok(if slice.load_bit()? {
            Self::ForgetKey {
                key: HashBytes::load_from(slice)?,
            }
        } else {
            Self::RemoveKey {
                evidence: Lazy::load_from(slice)?,
            }
        })
    }
}
