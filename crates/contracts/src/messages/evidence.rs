//! Evidence of a validator's misbehaviour.

use tycho_types::cell::Lazy;
use tycho_types::prelude::*;

use crate::primitives::Signature;

/// One of two conflicting consensus votes of a key.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct SignedVote {
    /// Hash of the value voted for.
    pub value_hash: HashBytes,
    /// The key's signature over [`vote_bytes`](crate::signing::vote_bytes).
    pub signature: Signature,
}

/// Two votes of one key for different values at one height, round and type.
#[derive(Debug, Clone, PartialEq, Eq, Store, Load)]
pub struct Evidence {
    /// Ed25519 public key.
    pub key: HashBytes,
    /// Chain on which the votes were cast.
    pub chain: i8,
    /// Height of the block voted on.
    pub height: u64,
    /// Consensus round.
    pub round: u32,
    /// Type of vote, as numbered by the consensus.
    pub vote_type: u8,
    /// First vote.
    pub first: Lazy<SignedVote>,
    /// Second vote.
    pub second: Lazy<SignedVote>,
}
