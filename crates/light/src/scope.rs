//! What the validators of a chain sign.

use ddvs_contracts::signing::{self, ConsensusVote};
use ddvs_types::ChainId;
use tycho_types::cell::{CellBuilder, HashBytes};
use tycho_types::error::Error;

/// Bits of a signed round that hold the round itself; the incarnation is above them.
const ROUND_BITS: u32 = 24;

/// The highest round that can be signed. With rounds of half a minute a height reaches it after 15 years.
pub const MAX_ROUND: u32 = (1 << ROUND_BITS) - 1;

/// A chain of a network, in one of its incarnations: signatures of one scope prove nothing in another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope {
    /// Hash of the network's genesis description.
    pub genesis: HashBytes,
    /// The chain.
    pub chain: ChainId,
    /// How often the chain was recovered by the majority of the others.
    pub incarnation: u8,
}

/// What a validator signs at a round of a height, at most once each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoteKind {
    /// The value looks valid.
    Prevote,
    /// More than two thirds of the weight prevoted for the value.
    Precommit,
    /// The value is proposed.
    Proposal,
}

impl VoteKind {
    /// Number of the kind in the signed bytes and in evidence.
    pub const fn number(self) -> u8 {
        match self {
            Self::Prevote => 1,
            Self::Precommit => 2,
            Self::Proposal => 3,
        }
    }
}

impl Scope {
    /// Returns the vote whose bytes a validator signs, and that evidence names; `None` beyond [`MAX_ROUND`].
    /// `value` is the hash of the block's header, and zero for none.
    pub fn vote(
        &self,
        kind: VoteKind,
        height: u64,
        round: u32,
        value: HashBytes,
    ) -> Option<ConsensusVote> {
        (round <= MAX_ROUND).then(|| ConsensusVote {
            chain: self.chain,
            height,
            round: u32::from(self.incarnation) << ROUND_BITS | round,
            vote_type: kind.number(),
            value_hash: value,
        })
    }

    /// Returns the bytes that a validator signs, as the D'Elector rebuilds them from evidence: 82 bytes. `None` beyond
    /// [`MAX_ROUND`].
    pub fn vote_bytes(
        &self,
        kind: VoteKind,
        height: u64,
        round: u32,
        value: HashBytes,
    ) -> Option<Vec<u8>> {
        let vote = self.vote(kind, height, round, value)?;
        Some(signing::vote_bytes(&self.genesis, &vote))
    }
}

/// Returns the value of a vote of kind [`VoteKind::Proposal`]: the hash of the proposed value together with the round in
/// which it had two thirds of the prevotes, -1 if in none.
///
/// Fails only when a cell cannot be built, which its size rules out.
pub fn proposal_value(value: &HashBytes, proof_of_lock_round: i64) -> Result<HashBytes, Error> {
    let mut builder = CellBuilder::new();
    builder.store_u64(proof_of_lock_round.cast_unsigned())?;
    builder.store_u256(value)?;
    Ok(*builder.build()?.repr_hash())
}
