//! Byte layouts signed by validators' keys. They are fixed, so that a contract can rebuild and verify them in one
//! slice.

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

/// A consensus vote without its signature, as validators on `ddvs-node` cast it. Tycho nodes sign blocks and points of
/// their mempool, never this, so double signing cannot be punished there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsensusVote {
    /// Chain on which it is cast.
    pub chain: i8,
    /// Height of the block voted on.
    pub height: u64,
    /// Consensus round.
    pub round: u32,
    /// Type of vote, as numbered by the consensus.
    pub vote_type: u8,
    /// Hash of the value voted for.
    pub value_hash: HashBytes,
}

/// Returns the bytes that a key signs to validate for the Root at this address: 69 bytes.
pub fn possession_bytes(genesis: &HashBytes, root: &StdAddr) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(69);
    bytes.extend_from_slice(&POSSESSION_MAGIC.to_be_bytes());
    bytes.extend_from_slice(genesis.as_slice());
    bytes.extend_from_slice(&root.workchain.to_be_bytes());
    bytes.extend_from_slice(root.address.as_slice());
    bytes
}

/// Returns the bytes that a key signs to cast a consensus vote: 82 bytes.
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

/// Returns the key's proof of possession for the Root at this address.
pub fn prove_possession(key: &KeyPair, genesis: &HashBytes, root: &StdAddr) -> PossessionProof {
    PossessionProof {
        signature: Signature(key.sign_raw(&possession_bytes(genesis, root))),
    }
}

/// Signs a consensus vote.
pub fn sign_vote(key: &KeyPair, genesis: &HashBytes, vote: &ConsensusVote) -> Signature {
    Signature(key.sign_raw(&vote_bytes(genesis, vote)))
}

/// Returns evidence made of two signed votes of `key`: the first vote entirely, the second's value and signature. The
/// contract decides whether it is valid.
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

/// Returns evidence that `key` signed two values at one height of `chain`, made by signing both here, for networks
/// whose nodes cast no votes.
///
/// Fails only when a cell cannot be built, which no vote causes.
pub fn double_vote(
    key: &KeyPair,
    genesis: &HashBytes,
    chain: i8,
    height: u64,
) -> Result<Evidence, Error> {
    let [first, second] = [1, 2].map(|value| ConsensusVote {
        chain,
        height,
        round: 0,
        vote_type: 1,
        value_hash: HashBytes([value; 32]),
    });
    evidence(
        public_key(key),
        &first,
        sign_vote(key, genesis, &first),
        second.value_hash,
        sign_vote(key, genesis, &second),
    )
}

/// Whether a signature by `key` proves possession of its secret: it is the only encoding of a point of large order
/// (`contracts/shared/keys.tolk`). It need not be a point at all; no signature of such a key verifies.
pub fn is_provable_key(key: &HashBytes) -> bool {
    /// y of the points of order 8, as bytes
    const ORDER_8: [[u8; 32]; 2] = [
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
            0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
            0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
            0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
            0x92, 0xac, 0x03, 0x7a,
        ],
    ];
    let mut y = key.0;
    y[31] &= 0x7f;
    let small = y[0] <= 1 && y[1..].iter().all(|byte| *byte == 0);
    // -1, and from p on other encodings of smaller numbers
    let large = y[0] >= 0xec && y[1..31].iter().all(|byte| *byte == 0xff) && y[31] == 0x7f;
    !small && !large && !ORDER_8.contains(&y)
}

/// Returns the public key as the contracts store it.
pub fn public_key(key: &KeyPair) -> HashBytes {
    HashBytes(key.public_key.to_bytes())
}
