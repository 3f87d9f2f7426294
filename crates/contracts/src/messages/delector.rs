//! To the D'Elector & Config: from Roots, from anyone, and from the other copies.

use tycho_types::cell::{Cell, CellBuilder, CellContext, CellSlice, HashBytes, Lazy, Load, Store};
use tycho_types::dict::Dict;
use tycho_types::error::Error;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use super::PossessionProof;
use crate::RootTerms;
use crate::signed::Signature;

/// Root to D'Elector: count this stake.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#78420177")]
pub struct UpdateStake {
    /// The Root's number of the update.
    pub seq: u32,
    /// Stake in nano.
    pub total: Tokens,
    /// A consensus public key (Ed25519).
    pub key: HashBytes,
    /// Hash of the Root's code.
    pub code_hash: HashBytes,
    /// The Root's terms, from which its address follows.
    pub terms: Lazy<RootTerms>,
    /// The key's consent.
    pub proof: Option<Lazy<PossessionProof>>,
}

/// Anyone to D'Elector: two conflicting votes of a key.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#48f6c863")]
pub struct SubmitEvidence {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// The proof of misbehaviour.
    pub evidence: Lazy<Evidence>,
}

/// Anyone to D'Elector: forget a key that left longer ago than the evidence window.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#23c95e10")]
pub struct PurgeKey {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// The Root's address.
    pub root: HashBytes,
    /// A consensus public key (Ed25519).
    pub key: HashBytes,
}

/// Anyone to D'Elector: write collected changes to param 34.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#6d2adb5b")]
pub struct PublishSet {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
}

/// Wallet to D'Elector: coins for the treasury.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#568efac5")]
pub struct SlashedCoins {
    /// Chosen by the sender, repeated in answers.
    pub query_id: u64,
    /// The Root's address.
    pub root: StdAddr,
}

/// One of two conflicting consensus votes.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct SignedVote {
    /// Hash of the value that was voted for.
    pub value_hash: HashBytes,
    /// Ed25519.
    pub signature: Signature,
}

/// Two votes of a key for different values at one height, round and type.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Evidence {
    /// A consensus public key (Ed25519).
    pub key: HashBytes,
    /// A chain id.
    pub chain: i8,
    /// Block height of the votes.
    pub height: u64,
    /// Round of the votes.
    pub round: u32,
    /// Type of the votes.
    pub vote_type: u8,
    /// One vote.
    pub first: Lazy<SignedVote>,
    /// The other vote.
    pub second: Lazy<SignedVote>,
}

/// The origin proposes a batch.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#72e8a3f7")]
pub struct Propose {
    /// Number of the batch at its origin.
    pub seqno: u32,
    /// The content.
    pub batch: Lazy<Batch>,
    /// Packed seqnos that the origin had applied.
    pub base: Cell,
}

/// A yes to a batch.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#65a3be8e")]
pub struct Vote {
    /// The chain whose registry changes.
    pub origin: i8,
    /// Number of the batch at its origin.
    pub seqno: u32,
    /// Hash of the content.
    pub batch_hash: HashBytes,
}

/// The batch in flight also counts at this base.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#05199d16")]
pub struct Rebase {
    /// Number of the batch at its origin.
    pub seqno: u32,
    /// Packed seqnos that the origin had applied.
    pub base: Cell,
}

/// A content, to a copy that was told another one.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#78c1ad76")]
pub struct Relay {
    /// The chain whose registry changes.
    pub origin: i8,
    /// Number of the batch at its origin.
    pub seqno: u32,
    /// The content.
    pub batch: Lazy<Batch>,
    /// Packed seqnos that the origin had applied.
    pub base: Cell,
}

/// To itself: close the batch.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#5bebd977")]
pub struct CloseBatch;

/// To itself: go on.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
#[tlb(tag = "#50a43da9")]
pub struct Proceed;

/// The changes that one origin asks for under one number.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Batch {
    /// The chain whose registry changes.
    pub origin: i8,
    /// Number of the batch at its origin.
    pub seqno: u32,
    /// Hash of the batch before.
    pub previous: HashBytes,
    /// Changes by account id of the Root.
    pub entries: Dict<HashBytes, BatchEntry>,
}

/// A new stake, or a new key.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct SetStake {
    /// Stake in nano.
    pub stake: Tokens,
    /// A consensus public key (Ed25519).
    pub key: HashBytes,
    /// Unix time of joining, leaving or changing the key.
    pub since: u32,
    /// The key's consent.
    pub proof: Option<Lazy<PossessionProof>>,
}

/// Removal for misbehaviour, for good.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct RemoveKey {
    /// The proof of misbehaviour.
    pub evidence: Lazy<Evidence>,
}

/// A key that left is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct ForgetKey {
    /// A consensus public key (Ed25519).
    pub key: HashBytes,
}

/// One change of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchEntry {
    /// `0`
    SetStake(SetStake),
    /// `10`
    RemoveKey(RemoveKey),
    /// `11`
    ForgetKey(ForgetKey),
}

impl Store for BatchEntry {
    fn store_into(&self, builder: &mut CellBuilder, context: &dyn CellContext) -> Result<(), Error> {
        match self {
            Self::SetStake(entry) => {
                builder.store_bit_zero()?;
                entry.store_into(builder, context)
            }
            Self::RemoveKey(entry) => {
                builder.store_small_uint(0b10, 2)?;
                entry.store_into(builder, context)
            }
            Self::ForgetKey(entry) => {
                builder.store_small_uint(0b11, 2)?;
                entry.store_into(builder, context)
            }
        }
    }
}

impl<'a> Load<'a> for BatchEntry {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        if !slice.load_bit()? {
            SetStake::load_from(slice).map(Self::SetStake)
        } else if !slice.load_bit()? {
            RemoveKey::load_from(slice).map(Self::RemoveKey)
        } else {
            ForgetKey::load_from(slice).map(Self::ForgetKey)
        }
    }
}
