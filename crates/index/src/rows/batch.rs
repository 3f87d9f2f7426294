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
    /// Its number in the origin's sequence.
    pub seqno: u32,
    /// Hash of its content.
    pub hash: HashBytes,
    /// Hash of the previous batch; zero until the content is known.
    pub previous: HashBytes,
    /// Its changes; empty until the content is known.
    pub entries: Vec<EntryRow>,
    /// First block in which its origin proposed it.
    pub proposed: Option<At>,
    /// Its base, as applied numbers by chain; empty until the content is known.
    pub base: Vec<(ChainId, u32)>,
    /// Other bases at which copies found it agreed.
    pub claims: Vec<ClaimRow>,
    /// Votes, by voter.
    pub votes: Vec<VoteRow>,
    /// Copies that have it applied.
    pub applied: Vec<AppliedRow>,
    /// Copies that had applied and reverted it, the latest 32.
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
    /// Sets a stake or a key.
    SetStake {
        /// The Root.
        root: StdAddr,
        /// Stake that counts from now on; zero if it leaves.
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
    /// Forgets a key that left long ago.
    ForgetKey {
        /// The Root.
        root: StdAddr,
        /// The key.
        key: HashBytes,
    },
}

/// A chain's vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoteRow {
    /// The voter.
    pub voter: ChainId,
    /// Block in which it was seen first.
    pub at: At,
    /// Copies that have it, including the voter's own.
    pub known_by: Vec<ChainId>,
}

/// A copy that applied a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedRow {
    /// The copy and its block.
    pub at: At,
    /// Chains whose votes it had.
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

/// A copy that reverted a batch: its origin had sent another one to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBackRow {
    /// The copy and the block in which it reverted the batch.
    pub at: At,
    /// The block in which it had applied the batch.
    pub applied: At,
}

/// State of one copy's registry of one chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyRow {
    /// The copy.
    pub copy: ChainId,
    /// The chain of the registry.
    pub origin: ChainId,
    /// Number of the last applied batch.
    pub seqno: u32,
    /// Hash of that batch.
    pub last_hash: HashBytes,
    /// Hashes of the batches before, newest first: one for each batch that can be reverted.
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
    /// Returns the hash of an applied batch, if the copy still has it.
    pub fn hash_of(&self, seqno: u32) -> Option<&HashBytes> {
        match self.seqno.checked_sub(seqno)? {
            0 => Some(&self.last_hash),
            behind => self.hashes_before.get(behind as usize - 1),
        }
    }

    /// Returns how many of the last batches the copy can revert.
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
    /// Block in which the first copy applied it.
    pub at: At,
}

/// Submitted evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRow {
    /// The transaction of the D'Elector.
    pub transaction: TxKey,
    /// Its block.
    pub at: At,
    /// Sender of the evidence.
    pub from: StdAddr,
    /// The accused key.
    pub key: HashBytes,
    /// The chain on which the votes were cast.
    pub chain: ChainId,
    /// Height of the block voted on.
    pub height: u64,
    /// Consensus round.
    pub round: u32,
    /// Type of vote.
    pub vote_type: u8,
    /// Exit code of the D'Elector; 0 if it accepted the evidence.
    pub exit_code: Option<i32>,
}
