//! The validators of a chain at a height, with their weights.

use tycho_crypto::ed25519::PublicKey;
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Load};
use tycho_types::error::Error;
use tycho_types::models::ValidatorSet as Param34;

/// A validator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Its public key, which is its identity too.
    pub key: HashBytes,
    /// Its weight.
    pub weight: u64,
}

/// A validator set. Two sets with the same members and weights are equal, whatever slots param 34 gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatorSet {
    /// Ascending by key.
    members: Vec<Member>,
    total_weight: u64,
    hash: HashBytes,
}

/// Reason why members are not a set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// There is no member.
    #[error("a validator set has no member")]
    Empty,
    /// A key is there twice.
    #[error("key {0} is twice in a validator set")]
    Twice(HashBytes),
    /// A weight is zero.
    #[error("key {0} has no weight in a validator set")]
    Weightless(HashBytes),
    /// The weights exceed 63 bits.
    #[error("the weights of a validator set exceed 63 bits")]
    TooHeavy,
    /// Something cannot be encoded or decoded.
    #[error("a validator set cannot be decoded: {0}")]
    Cell(#[from] Error),
}

impl ValidatorSet {
    /// Returns the set of these members, in any order.
    ///
    /// Fails only when there is none, a key is there twice, or a weight is zero or too large.
    pub fn new(members: impl IntoIterator<Item = Member>) -> Result<Self, SetError> {
        let mut members: Vec<_> = members.into_iter().collect();
        members.sort_unstable_by_key(|member| member.key);
        if members.is_empty() {
            return Err(SetError::Empty);
        }
        let mut total_weight = 0_u64;
        let mut digest = HashBytes::ZERO;
        for (index, member) in members.iter().enumerate() {
            if index > 0 && members[index - 1].key == member.key {
                return Err(SetError::Twice(member.key));
            }
            if member.weight == 0 {
                return Err(SetError::Weightless(member.key));
            }
            total_weight = (total_weight.checked_add(member.weight))
                .filter(|total| *total < 1 << 63)
                .ok_or(SetError::TooHeavy)?;
            let mut builder = CellBuilder::new();
            builder.store_u256(&digest)?;
            builder.store_u256(&member.key)?;
            builder.store_u64(member.weight)?;
            digest = *builder.build()?.repr_hash();
        }
        Ok(Self {
            members,
            total_weight,
            hash: digest,
        })
    }

    /// Decodes the set of param 34.
    ///
    /// Fails only when the cell is not a set of such members.
    pub fn from_param(param: &Cell) -> Result<Self, SetError> {
        let mut slice = param.as_slice()?;
        Self::from_model(&Param34::load_from(&mut slice)?)
    }

    /// Returns the set as decoded from param 34.
    ///
    /// Fails only when it is not a set of such members.
    pub fn from_model(set: &Param34) -> Result<Self, SetError> {
        Self::new(set.list.iter().map(|validator| Member {
            key: validator.public_key,
            weight: validator.weight,
        }))
    }

    /// The members, ascending by key.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Sum of all weights.
    pub fn total_weight(&self) -> u64 {
        self.total_weight
    }

    /// Hash of all members and weights.
    pub fn hash(&self) -> HashBytes {
        self.hash
    }

    /// Returns the member with a key.
    pub fn get(&self, key: &HashBytes) -> Option<&Member> {
        let found = self
            .members
            .binary_search_by_key(key, |member| member.key)
            .ok()?;
        Some(&self.members[found])
    }
}

/// Whether `key` signed `bytes`, as the D'Elector checks it. A key that is no point of the curve signs nothing.
pub fn is_signed(key: &HashBytes, bytes: &[u8], signature: &[u8; 64]) -> bool {
    PublicKey::from_bytes(key.0).is_some_and(|key| key.verify_raw(bytes, signature))
}
