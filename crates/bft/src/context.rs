//! The types that the engine computes with.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use malachitebft_core_types as engine;
use malachitebft_core_types::{LinearTimeouts, NilOrVal, Round};
use tycho_types::cell::HashBytes;

use crate::message::{Part, Proposal, Vote};
use crate::proposer;

/// Height of a block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Height(pub(crate) u64);

impl fmt::Display for Height {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl engine::Height for Height {
    const ZERO: Self = Self(0);
    const INITIAL: Self = Self(1);

    /// Saturates: peers tell heights that nobody has checked.
    fn increment_by(&self, n: u64) -> Self {
        Self(self.0.saturating_add(n))
    }

    fn decrement_by(&self, n: u64) -> Option<Self> {
        self.0.checked_sub(n).map(Self)
    }

    fn as_u64(&self) -> u64 {
        self.0
    }
}

/// Public key of a validator, which is its address too. It need not be a point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(pub(crate) HashBytes);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl engine::Address for Key {}

/// A block as the consensus sees it: identical with every value of the same id. Proposals carry the id alone, and then
/// `bytes` is empty.
#[derive(Clone)]
pub(crate) struct Value {
    pub(crate) id: HashBytes,
    pub(crate) bytes: Bytes,
}

impl Value {
    /// A value of which nothing but the id is known.
    pub(crate) fn of_id(id: HashBytes) -> Self {
        Self {
            id,
            bytes: Bytes::new(),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.id, self.bytes.len())
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.id.cmp(&other.id)
    }
}

impl engine::Value for Value {
    type Id = HashBytes;

    fn id(&self) -> HashBytes {
        self.id
    }
}

/// A validator with its weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Validator {
    pub(crate) key: Key,
    pub(crate) weight: u64,
}

impl engine::Validator<Context> for Validator {
    fn address(&self) -> &Key {
        &self.key
    }

    fn public_key(&self) -> &Key {
        &self.key
    }

    fn voting_power(&self) -> u64 {
        self.weight
    }
}

/// The validators of a height, ascending by key; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Validators {
    members: Arc<Vec<Validator>>,
    total_weight: u64,
}

/// The set is too heavy for the engine, which multiplies weights by three in 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the weights of the validator set add up to {0}, and the engine computes with {MAX_WEIGHT} at most"
)]
pub struct TooHeavy(pub u64);

/// The largest sum of weights with which the engine computes.
pub const MAX_WEIGHT: u64 = u64::MAX / 3;

impl Validators {
    /// Fails only when the weights exceed [`MAX_WEIGHT`].
    pub(crate) fn new(set: &ddvs_light::ValidatorSet) -> Result<Self, TooHeavy> {
        let total_weight = set.total_weight();
        if total_weight > MAX_WEIGHT {
            return Err(TooHeavy(total_weight));
        }
        let members = set.members().iter().map(|member| Validator {
            key: Key(member.key),
            weight: member.weight,
        });
        Ok(Self {
            members: Arc::new(members.collect()),
            total_weight,
        })
    }

    /// The proposer of a round.
    pub(crate) fn proposer(&self, height: u64, round: u32) -> &Validator {
        let weights = self.members.iter().map(|member| member.weight);
        &self.members[proposer::index(weights, self.total_weight, height, round)]
    }
}

impl engine::ValidatorSet<Context> for Validators {
    fn count(&self) -> usize {
        self.members.len()
    }

    fn total_voting_power(&self) -> u64 {
        self.total_weight
    }

    fn get_by_address(&self, address: &Key) -> Option<&Validator> {
        let found = (self.members).binary_search_by_key(address, |member| member.key);
        found.ok().map(|index| &self.members[index])
    }

    fn get_by_index(&self, index: usize) -> Option<&Validator> {
        self.members.get(index)
    }
}

/// Ed25519 with keys and signatures as bytes: whether they are points is part of verifying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ed25519;

impl engine::SigningScheme for Ed25519 {
    type DecodingError = std::array::TryFromSliceError;
    type Signature = [u8; 64];
    type PublicKey = Key;
    /// The engine never sees a secret.
    type PrivateKey = ();

    fn decode_signature(bytes: &[u8]) -> Result<[u8; 64], Self::DecodingError> {
        bytes.try_into()
    }

    fn encode_signature(signature: &[u8; 64]) -> Vec<u8> {
        signature.to_vec()
    }

    fn decode_public_key(bytes: &[u8]) -> Result<Key, Self::DecodingError> {
        bytes.try_into().map(|bytes| Key(HashBytes(bytes)))
    }

    fn encode_public_key(key: &Key) -> Vec<u8> {
        key.0.as_slice().to_vec()
    }
}

/// Ties the types together.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Context;

impl engine::Context for Context {
    type Address = Key;
    type Height = Height;
    type ProposalPart = Part;
    type Proposal = Proposal;
    type Validator = Validator;
    type ValidatorSet = Validators;
    type Timeouts = LinearTimeouts;
    type Value = Value;
    type Vote = Vote;
    type Extension = ();
    type SigningScheme = Ed25519;

    fn select_proposer<'a>(
        &self,
        set: &'a Validators,
        height: Height,
        round: Round,
    ) -> &'a Validator {
        set.proposer(height.0, round.as_u32().unwrap_or_default())
    }

    fn new_proposal(
        &self,
        height: Height,
        round: Round,
        value: Value,
        valid_round: Round,
        proposer: Key,
    ) -> Proposal {
        Proposal {
            height,
            round,
            value,
            valid_round,
            proposer,
        }
    }

    fn new_prevote(
        &self,
        height: Height,
        round: Round,
        value: NilOrVal<HashBytes>,
        validator: Key,
    ) -> Vote {
        Vote {
            vote_type: engine::VoteType::Prevote,
            height,
            round,
            value,
            validator,
        }
    }

    fn new_precommit(
        &self,
        height: Height,
        round: Round,
        value: NilOrVal<HashBytes>,
        validator: Key,
    ) -> Vote {
        Vote {
            vote_type: engine::VoteType::Precommit,
            height,
            round,
            value,
            validator,
        }
    }
}
