//! Proof that the validators of a chain committed a block.

use tycho_types::cell::HashBytes;

use crate::set::is_signed;
use crate::{Scope, ValidatorSet, VoteKind};

/// A precommit for the block of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitSignature {
    /// Key of the validator.
    pub key: HashBytes,
    /// Its signature over the precommit.
    pub signature: [u8; 64],
}

/// The precommits for one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Round in which the block was committed.
    pub round: u32,
    /// The precommits, ascending by key.
    pub signatures: Vec<CommitSignature>,
}

/// Reason why a certificate proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The round cannot be signed.
    #[error("round {0} cannot be signed")]
    Round(u32),
    /// The signatures are not ascending by key: one may be there twice.
    #[error("the signatures are not ascending by key")]
    Order,
    /// A signer is not in the set.
    #[error("{0} is not in the validator set")]
    Stranger(HashBytes),
    /// A signature is not over this block.
    #[error("the signature of {0} is not over this block")]
    Signature(HashBytes),
    /// Too little of the set has signed.
    #[error("weight {signed} of {total} signed, which is not more than two thirds")]
    Weight {
        /// Weight of the signers.
        signed: u64,
        /// Weight of the set.
        total: u64,
    },
}

impl Certificate {
    /// Checks that more than two thirds of the weight of `set` signed the block with header hash `value` at `height`.
    ///
    /// Fails only when that is not proven.
    pub fn verify(
        &self,
        scope: &Scope,
        height: u64,
        value: &HashBytes,
        set: &ValidatorSet,
    ) -> Result<(), CertificateError> {
        let bytes = scope
            .vote_bytes(VoteKind::Precommit, height, self.round, *value)
            .ok_or(CertificateError::Round(self.round))?;
        if !(self.signatures).is_sorted_by(|first, second| first.key < second.key) {
            return Err(CertificateError::Order);
        }
        let mut signed = 0_u64;
        for commit in &self.signatures {
            let member = set
                .get(&commit.key)
                .ok_or(CertificateError::Stranger(commit.key))?;
            if !is_signed(&commit.key, &bytes, &commit.signature) {
                return Err(CertificateError::Signature(commit.key));
            }
            signed += member.weight;
        }
        let total = set.total_weight();
        if u128::from(signed) * 3 > u128::from(total) * 2 {
            Ok(())
        } else {
            Err(CertificateError::Weight { signed, total })
        }
    }
}
