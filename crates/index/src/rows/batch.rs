//! Batches, votes, removals, evidence.

use ddvs_client::ChainId;
use serde::{Deserialize, Serialize};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::{At, TxKey};

/// One content under one number of an origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRow {
    /// Chain whose registry it changes.
    pub origin: ChainId,
    /// Its number there.
    pub seqno: u32,
    /// Hash of its content.
    pub hash: HashBytes,
    /// Hash of the batch before; zero until the content is known.
    pub previous: HashBytes,
    /// What it changes; empty until the content is known.
    pub entries: Vec<EntryRow>,
    /// Where its origin proposed it first.
    pub proposed: Option<At>,
    /// Bases that the origin announced, each as applied numbers by chain.
    pub bases: Vec<Vec<(ChainId, u32)>>,
    /// Votes, by voter.
    pub votes: Vec<VoteRow>,
    /// Copies that applied it.
    pub applied: Vec<AppliedRow>,
}

impl BatchRow {
    pub(crate) fn new(origin: ChainId, seqno: u32, hash: HashBytes) -> Self {
        Self {
            origin,
            seqno,
            hash,
            previous: HashBytes::ZERO,
            entries: Vec::new(),
            proposed: None,
            bases: Vec::new(),
            votes: Vec::new(),
            applied: Vec::new(),
        }
    }
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryRow {
    /// A stake, or a key.
    SetStake {
        /// The Root.
        root: StdAddr,
        /// What counts from now on; zero: it leaves.
        stake_nano: u128,
        /// Its key.
        key: HashBytes,
    },
    /// Removed for misbehaviour.
    RemoveKey {
        /// The Root.
        root: StdAddr,
        /// The key that misbehaved.
        key: HashBytes,
    },
    /// A key that left long ago is forgotten.
    ForgetKey {
        /// The Root.
        root: StdAddr,
        /// The key.
        key: HashBytes,
    },
}

/// A chain's yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoteRow {
    /// Whose.
    pub voter: ChainId,
    /// Where it was seen first.
    pub at: At,
    /// Copies that have it, the voter's own included.
    pub known_by: Vec<ChainId>,
}

/// A copy that applied a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedRow {
    /// The copy and its block.
    pub at: At,
    /// Chains whose yes it had.
    pub voters: Vec<ChainId>,
    /// Their stake, as the copy counted just before.
    pub yes_nano: u128,
    /// All stake, as the copy counted just before.
    pub all_nano: u128,
}

/// How one copy's registry of one chain stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyRow {
    /// The copy.
    pub copy: ChainId,
    /// The chain whose registry it is.
    pub origin: ChainId,
    /// Number of the last applied batch.
    pub seqno: u32,
    /// Hash of that batch.
    pub last_hash: HashBytes,
    /// Registered stake.
    pub total_nano: u128,
    /// Whether the chain forked.
    pub is_frozen: bool,
    /// Registered Roots.
    pub roots: u32,
    /// Roots whose stake reaches the minimum.
    pub eligible: u32,
}

/// A key that was removed for misbehaviour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedRow {
    /// The key.
    pub key: HashBytes,
    /// Its Root.
    pub root: StdAddr,
    /// Number of the batch, on the Root's chain.
    pub seqno: u32,
    /// Where the first copy applied it.
    pub at: At,
}

/// Evidence that somebody brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRow {
    /// The transaction of the D'Elector.
    pub transaction: TxKey,
    /// Its block.
    pub at: At,
    /// Who brought it.
    pub from: StdAddr,
    /// The key that is blamed.
    pub key: HashBytes,
    /// The chain on which the votes were cast.
    pub chain: ChainId,
    /// Height of the block voted on.
    pub height: u64,
    /// Consensus round.
    pub round: u32,
    /// Kind of vote.
    pub vote_type: u8,
    /// Exit code of the D'Elector; 0 if it took the evidence.
    pub exit_code: Option<i32>,
}
