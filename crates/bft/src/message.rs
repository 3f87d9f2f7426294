//! Messages of the consensus: votes, proposals, and the parts in which a proposed block travels.

use bytes::Bytes;
use ddvs_light::{Scope, VoteKind};
use malachitebft_core_types as engine;
use malachitebft_core_types::{NilOrVal, Round, SignedExtension, VoteType};
use sha2::{Digest, Sha256};
use tycho_types::cell::HashBytes;

use crate::context::{Context, Height, Key, Value};

/// A prevote or a precommit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Vote {
    pub(crate) vote_type: VoteType,
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) value: NilOrVal<HashBytes>,
    pub(crate) validator: Key,
}

impl Vote {
    /// Kind of the vote in what is signed.
    pub(crate) fn kind(&self) -> VoteKind {
        match self.vote_type {
            VoteType::Prevote => VoteKind::Prevote,
            VoteType::Precommit => VoteKind::Precommit,
        }
    }

    /// Value of the vote in what is signed: zero for nil.
    pub(crate) fn signed_value(&self) -> HashBytes {
        match self.value {
            NilOrVal::Nil => HashBytes::ZERO,
            NilOrVal::Val(id) => id,
        }
    }
}

/// Votes have no extensions.
impl engine::Vote<Context> for Vote {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &NilOrVal<HashBytes> {
        &self.value
    }

    fn take_value(self) -> NilOrVal<HashBytes> {
        self.value
    }

    fn vote_type(&self) -> VoteType {
        self.vote_type
    }

    fn validator_address(&self) -> &Key {
        &self.validator
    }

    fn extension(&self) -> Option<&SignedExtension<Context>> {
        None
    }

    fn take_extension(&mut self) -> Option<SignedExtension<Context>> {
        None
    }

    fn extend(self, _: SignedExtension<Context>) -> Self {
        self
    }
}

/// A proposal of a value, whose bytes travel in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposal {
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) value: Value,
    /// Round in which two thirds prevoted for the value, nil for a new one.
    pub(crate) valid_round: Round,
    pub(crate) proposer: Key,
}

impl engine::Proposal<Context> for Proposal {
    fn height(&self) -> Height {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &Value {
        &self.value
    }

    fn take_value(self) -> Value {
        self.value
    }

    fn pol_round(&self) -> Round {
        self.valid_round
    }

    fn validator_address(&self) -> &Key {
        &self.proposer
    }
}

/// A part of a proposed block, signed by the validator that sends it: only validators may make others collect parts and
/// execute blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) valid_round: Round,
    pub(crate) proposer: Key,
    /// Validator that sends the block, which need not be the proposer.
    pub(crate) sender: Key,
    /// Number of the stream among those of the sender.
    pub(crate) stream: u64,
    /// Number of parts of the block, at least one.
    pub(crate) count: u32,
    /// Index of this part, from 0.
    pub(crate) index: u32,
    pub(crate) bytes: Bytes,
    pub(crate) signature: [u8; 64],
}

impl Part {
    /// What the sender signs. It begins unlike votes and proofs of possession, so that it is neither.
    pub(crate) fn signed_bytes(&self, scope: &Scope) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(192);
        bytes.extend_from_slice(b"ddvs part");
        bytes.extend_from_slice(scope.genesis.as_slice());
        bytes.extend_from_slice(&scope.chain.to_be_bytes());
        bytes.push(scope.incarnation);
        bytes.extend_from_slice(&self.height.0.to_be_bytes());
        bytes.extend_from_slice(&self.round.as_i64().to_be_bytes());
        bytes.extend_from_slice(&self.valid_round.as_i64().to_be_bytes());
        bytes.extend_from_slice(self.proposer.0.as_slice());
        bytes.extend_from_slice(&self.stream.to_be_bytes());
        bytes.extend_from_slice(&self.count.to_be_bytes());
        bytes.extend_from_slice(&self.index.to_be_bytes());
        bytes.extend_from_slice(&Sha256::digest(&self.bytes));
        bytes
    }
}

impl engine::ProposalPart<Context> for Part {
    fn is_first(&self) -> bool {
        self.index == 0
    }

    fn is_last(&self) -> bool {
        self.index.checked_add(1) == Some(self.count)
    }
}
