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
    /// Where its votes are weighed, as applied numbers by chain; empty until the content is known.
    pub base: Vec<(ChainId, u32)>,
    /// Where else copies found it agreed.
    pub claims: Vec<ClaimRow>,
    /// Votes, by voter.
    pub votes: Vec<VoteRow>,
    /// Copies that have it applied.
    pub applied: Vec<AppliedRow>,
    /// Copies that had applied it and took it back, the latest 32.
    pub taken_back: Vec<TakenBackRow>,
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
            base: Vec::new(),
            claims: Vec::new(),
            votes: Vec::new(),
            applied: Vec::new(),
            taken_back: Vec::new(),
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

/// A base at which a copy found a content agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRow {
    /// The copy.
    pub copy: ChainId,
    /// Applied numbers by chain.
    pub base: Vec<(ChainId, u32)>,
}

/// A copy that took a batch back: its origin had sent another one to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBackRow {
    /// The copy and the block in which it did.
    pub at: At,
    /// The block in which it had applied the batch.
    pub applied: At,
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
    /// Hashes of the batches before, the newest first: one for each batch that can be taken back.
    pub hashes_before: Vec<HashBytes>,
    /// Registered stake.
    pub total_nano: u128,
    /// Registered Roots.
    pub roots: u32,
    /// Roots whose stake reaches the minimum.
    pub eligible: u32,
    /// Logical time of the copy's last transaction by then.
    pub lt: u64,
}

impl CopyRow {
    /// Hash of an applied batch, if the copy still tells it.
    pub fn hash_of(&self, seqno: u32) -> Option<&HashBytes> {
        match self.seqno.checked_sub(seqno)? {
            0 => Some(&self.last_hash),
            behind => self.hashes_before.get(behind as usize - 1),
        }
    }

    /// Last batches that the copy can take back.
    pub(crate) fn undoable(&self) -> u32 {
        u32::try_from(self.hashes_before.len()).unwrap_or(u32::MAX)
    }
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
