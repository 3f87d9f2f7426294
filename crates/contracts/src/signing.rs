//! What validators' keys sign: fixed layouts that a contract can rebuild and check in one slice.

use tycho_crypto::ed25519::KeyPair;
use tycho_types::cell::Lazy;
use tycho_types::error::Error;
use tycho_types::models::StdAddr;
use tycho_types::prelude::*;

use crate::messages::{Evidence, PossessionProof, SignedVote};
use crate::primitives::Signature;

/// crc32 of `ddvs possession`.
pub const POSSESSION_MAGIC: u32 = 0x5fdd_0beb;
/// crc32 of `ddvs vote`.
pub const VOTE_MAGIC: u32 = 0x0bbc_8545;

/// A consensus vote, without its signature: what nodes of our own will cast. Nodes of Tycho sign blocks and points of their
/// mempool, never this, so who signs twice there cannot be punished; whatever votes exist today were signed by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsensusVote {
    /// The chain on which it is cast.
    pub chain: i8,
    /// Height of the block voted on.
    pub height: u64,
    /// Consensus round.
    pub round: u32,
    /// Kind of vote, as the consensus numbers them.
    pub vote_type: u8,
    /// Hash of the value voted for.
    pub value_hash: HashBytes,
}

/// What a key signs to validate for the Root at this address: 69 bytes.
pub fn possession_bytes(genesis: &HashBytes, root: &StdAddr) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(69);
    bytes.extend_from_slice(&POSSESSION_MAGIC.to_be_bytes());
    bytes.extend_from_slice(genesis.as_slice());
    bytes.extend_from_slice(&root.workchain.to_be_bytes());
    bytes.extend_from_slice(root.address.as_slice());
    bytes
}

/// What a key signs to cast a consensus vote: 82 bytes.
pub fn vote_bytes(genesis: &HashBytes, vote: &ConsensusVote) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(82);
    bytes.extend_from_slice(&VOTE_MAGIC.to_be_bytes());
    bytes.extend_from_slice(genesis.as_slice());
    bytes.extend_from_slice(&vote.chain.to_be_bytes());
    bytes.extend_from_slice(&vote.height.to_be_bytes());
    bytes.extend_from_slice(&vote.round.to_be_bytes());
    bytes.push(vote.vote_type);
    bytes.extend_from_slice(vote.value_hash.as_slice());
    bytes
}

/// The key's consent to validate for the Root at this address.
pub fn prove_possession(key: &KeyPair, genesis: &HashBytes, root: &StdAddr) -> PossessionProof {
    PossessionProof {
        signature: Signature(key.sign_raw(&possession_bytes(genesis, root))),
    }
}

/// Signs a consensus vote.
pub fn sign_vote(key: &KeyPair, genesis: &HashBytes, vote: &ConsensusVote) -> Signature {
    Signature(key.sign_raw(&vote_bytes(genesis, vote)))
}

/// Evidence out of two signed votes of `key`: the first vote whole, the second's value and signature. Whether it holds
/// is for the contract to say.
///
/// Fails only when a cell cannot be built, which no vote causes.
pub fn evidence(
    key: HashBytes,
    vote: &ConsensusVote,
    first: Signature,
    second_value_hash: HashBytes,
    second: Signature,
) -> Result<Evidence, Error> {
    Ok(Evidence {
        key,
        chain: vote.chain,
        height: vote.height,
        round: vote.round,
        vote_type: vote.vote_type,
        first: Lazy::new(&SignedVote {
            value_hash: vote.value_hash,
            signature: first,
        })?,
        second: Lazy::new(&SignedVote {
            value_hash: second_value_hash,
            signature: second,
        })?,
    })
}

/// The public key as the contracts hold it.
pub fn public_key(key: &KeyPair) -> HashBytes {
    HashBytes(key.public_key.to_bytes())
}
