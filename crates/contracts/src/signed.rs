//! What validators' keys sign (`contracts/shared/signed.tolk`).

use tycho_crypto::ed25519::KeyPair;
use tycho_types::cell::{CellBuilder, CellContext, CellSlice, HashBytes, Lazy, Load, Store};
use tycho_types::error::Error;
use tycho_types::models::StdAddr;

use crate::messages::{Evidence, PossessionProof, SignedVote};

const POSSESSION_MAGIC: u32 = 0x5fdd_0beb;
const VOTE_MAGIC: u32 = 0x0bbc_8545;

/// An Ed25519 signature, 512 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl Store for Signature {
    fn store_into(&self, builder: &mut CellBuilder, _: &dyn CellContext) -> Result<(), Error> {
        builder.store_raw(&self.0, 512)
    }
}

impl<'a> Load<'a> for Signature {
    fn load_from(slice: &mut CellSlice<'a>) -> Result<Self, Error> {
        let mut bytes = [0; 64];
        slice.load_raw(&mut bytes, 512)?;
        Ok(Self(bytes))
    }
}

/// Bytes by which a key consents to validate for a Root: 69.
pub fn possession_bytes(genesis: &HashBytes, root: &StdAddr) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(69);
    bytes.extend_from_slice(&POSSESSION_MAGIC.to_be_bytes());
    bytes.extend_from_slice(genesis.as_slice());
    bytes.push(root.workchain as u8);
    bytes.extend_from_slice(root.address.as_slice());
    bytes
}

/// A consensus vote, without its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoteContent {
    /// The chain on which it is cast.
    pub chain: i8,
    /// Block height.
    pub height: u64,
    /// Round.
    pub round: u32,
    /// Type, as the consensus numbers them.
    pub vote_type: u8,
    /// Hash of the value.
    pub value_hash: HashBytes,
}

impl VoteContent {
    /// Bytes that are signed: 82.
    pub fn bytes(&self, genesis: &HashBytes) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(82);
        bytes.extend_from_slice(&VOTE_MAGIC.to_be_bytes());
        bytes.extend_from_slice(genesis.as_slice());
        bytes.push(self.chain as u8);
        bytes.extend_from_slice(&self.height.to_be_bytes());
        bytes.extend_from_slice(&self.round.to_be_bytes());
        bytes.push(self.vote_type);
        bytes.extend_from_slice(self.value_hash.as_slice());
        bytes
    }
}

/// The public key as the contracts hold it.
pub fn public_key(key: &KeyPair) -> HashBytes {
    HashBytes(key.public_key.to_bytes())
}

/// Signs the consent of `key` to validate for `root`.
pub fn prove_possession(key: &KeyPair, genesis: &HashBytes, root: &StdAddr) -> PossessionProof {
    let signature = key.sign_raw(&possession_bytes(genesis, root));
    PossessionProof { signature: Signature(signature) }
}

/// Evidence from two votes of `key` that differ in their value.
///
/// Fails only when a cell cannot be built, which its sizes forbid.
pub fn evidence(
    key: HashBytes,
    first: &VoteContent,
    first_signature: [u8; 64],
    second_value: HashBytes,
    second_signature: [u8; 64],
) -> Result<Evidence, Error> {
    let vote = |value_hash, signature| Lazy::new(&SignedVote { value_hash, signature: Signature(signature) });
    Ok(Evidence {
        key,
        chain: first.chain,
        height: first.height,
        round: first.round,
        vote_type: first.vote_type,
        first: vote(first.value_hash, first_signature)?,
        second: vote(second_value, second_signature)?,
    })
}
