//! What the engine asks of the node, in the engine's order: one request at a time, the next one after the reply.

use std::ops::RangeInclusive;
use std::time::Duration;

use bytes::Bytes;
use ddvs_contracts::messages::Evidence;
use ddvs_light::{Certificate, ValidatorSet};
use tokio::sync::oneshot;
use tycho_types::cell::HashBytes;

use crate::timings::Timings;

/// Where a request is answered. Dropping it stops the engine, except where the request says otherwise.
pub type Reply<T> = oneshot::Sender<T>;

/// An encoded block with the hash of its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Hash of the header, which is what validators sign. Not zero.
    pub id: HashBytes,
    /// The block, as the node encodes it.
    pub bytes: Bytes,
}

/// A height and who validates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The height.
    pub height: u64,
    /// Its validators, whose weights add up to [`crate::MAX_WEIGHT`] at most.
    pub set: ValidatorSet,
    /// How long its steps take.
    pub timings: Timings,
}

/// What the node finds of a block that was proposed or fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The header has this hash, the body is the one that it names, and the block may follow the last one.
    Valid(HashBytes),
    /// The header has this hash and may not follow the last one, whatever the body: this validator votes against it.
    Invalid(HashBytes),
    /// The bytes are no block, or the body is not the one that the header names. Anyone can make such bytes out of a
    /// valid block, so they are ignored, and a peer that served them for a decided block is avoided.
    Malformed,
    /// The node cannot tell now, as it lacks something that others may have. The block is ignored; a decided block is
    /// fetched again later.
    Unknown,
}

/// A proposal that is not decided. The node keeps it until its height is decided, for the case of a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProposal {
    /// Its height.
    pub height: u64,
    /// Its round.
    pub round: u32,
    /// Round in which more than two thirds prevoted for the block, if any did.
    pub valid_round: Option<u32>,
    /// Key of the proposer.
    pub proposer: HashBytes,
    /// The block.
    pub block: Block,
    /// Whether the node found it valid.
    pub is_valid: bool,
}

/// A block that is decided, with the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its height.
    pub height: u64,
    /// The block.
    pub block: Block,
    /// Precommits of more than two thirds of the weight.
    pub certificate: Certificate,
}

/// Part that this engine takes in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It proposes and votes.
    Proposer,
    /// It votes.
    Validator,
    /// It only follows: its key is not in the set.
    Follower,
}

/// A question or an order to the node.
#[derive(Debug)]
pub enum Request {
    /// The engine listens: where does it start? Comes once.
    Ready {
        /// The height after the last one that the node holds a decision of.
        reply: Reply<Start>,
    },
    /// Which proposals of this height were stored? Comes once, after [`Self::Ready`].
    LoadProposals {
        /// The height.
        height: u64,
        /// All of them, in any order.
        reply: Reply<Vec<StoredProposal>>,
    },
    /// A round has begun. Needs no reply.
    StartedRound {
        /// Its height.
        height: u64,
        /// The round.
        round: u32,
        /// Key of the proposer.
        proposer: HashBytes,
        /// What this engine does in it.
        role: Role,
    },
    /// This engine proposes: which block? Dropping the reply lets the round pass without a proposal.
    ///
    /// After a crash the engine proposes what was stored for the round, without asking.
    BuildBlock {
        /// Height of the block.
        height: u64,
        /// Round of the proposal.
        round: u32,
        /// After this time the engine no longer waits.
        timeout: Duration,
        /// The block, of at most [`crate::EngineConfig::max_block_bytes`].
        reply: Reply<Block>,
    },
    /// Is this block valid? It is not known where it comes from until its proposal is here, so the node trusts nothing.
    ///
    /// For the same bytes the answer must be the same after a restart.
    CheckBlock {
        /// Height of the block, which is the one after the last decided.
        height: u64,
        /// Round of the proposal.
        round: u32,
        /// Key of the proposer. When `is_decided`, that of the round's proposer.
        proposer: HashBytes,
        /// The encoded block.
        bytes: Bytes,
        /// Whether it was fetched as decided, with a certificate that the engine has verified.
        is_decided: bool,
        /// What the node finds.
        reply: Reply<Verdict>,
    },
    /// A proposal that must survive a crash before the engine votes for it, own ones too.
    StoreProposal {
        /// The proposal.
        proposal: StoredProposal,
        /// Answered when it is on disk.
        reply: Reply<()>,
    },
    /// A block is decided. The node executes and stores it with its certificate; both must survive a crash.
    ///
    /// Comes again after a restart if the node names the same height in [`Self::Ready`].
    Decided {
        /// The block with a minimal certificate.
        decision: Decision,
        /// Answered when it is on disk.
        reply: Reply<()>,
    },
    /// The height is over: its time has passed, and no more precommits are collected.
    Finalized {
        /// The height.
        height: u64,
        /// Id of its block.
        id: HashBytes,
        /// The certificate with all precommits that have arrived: the better one to keep.
        certificate: Certificate,
        /// Double votes and double proposals of this height, for the D'Elector.
        evidence: Vec<Evidence>,
        /// The next height.
        reply: Reply<Start>,
    },
    /// From which height on does the node serve decided blocks?
    FirstHeight {
        /// The lowest height, and the one of [`Start`] if there is none.
        reply: Reply<u64>,
    },
    /// Decided blocks for a peer that is behind.
    LoadDecisions {
        /// Their heights, of which some may not exist; at most 64.
        heights: RangeInclusive<u64>,
        /// Decisions of heights in a row, from the first height on; fewer if the node has fewer.
        reply: Reply<Vec<Decision>>,
    },
}
