//! Signs votes and proposals, and verifies those of others.
//!
//! The engine accepts exactly what the contracts and light clients accept: all go through [`Scope::vote_bytes`] and
//! [`is_signed`].

use std::sync::Arc;

use async_trait::async_trait;
use ddvs_light::scope::proposal_value;
use ddvs_light::set::is_signed;
use ddvs_light::{Scope, VoteKind};
use malachitebft_app_channel::{Signer, Verifier};
use malachitebft_core_types::{Round, SignedMessage, ValidatorProof, VoteExtensionScope};
use malachitebft_signing::{Error, VerificationResult};
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::cell::HashBytes;

use crate::context::{Context, Height, Key};
use crate::guard::SignGuard;
use crate::message::{Part, Proposal, Vote};

/// Stands for a signature that was refused. It verifies for no key: its scalar is not reduced.
///
/// An error of a signer stops Malachite for good. A vote with this signature does not: the engine checks its own votes
/// like those of others, drops it, and goes on as a validator that stays silent. The codec never encodes it, so that it
/// does not leave this process.
pub(crate) const REFUSED: [u8; 64] = [0xff; 64];

/// Reason why something is not signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The round is nil or beyond [`ddvs_light::MAX_ROUND`].
    #[error("round {0} cannot be signed")]
    Round(i64),
    /// The sign guard refuses.
    #[error(
        "the sign guard refuses a {kind:?} for {value} at height {height}, round {round}: the key may have signed \
         something else there"
    )]
    Refused {
        /// What was to be signed.
        kind: VoteKind,
        /// Its height.
        height: u64,
        /// Its round.
        round: u32,
        /// Its value, as it is signed.
        value: HashBytes,
    },
}

/// A validator's key, behind its sign guard.
#[derive(Clone)]
pub(crate) struct VoteSigner {
    scope: Scope,
    key: KeyPair,
    guard: Arc<dyn SignGuard>,
}

impl VoteSigner {
    pub(crate) fn new(scope: Scope, secret_key: &SecretKey, guard: Arc<dyn SignGuard>) -> Self {
        let key = KeyPair::from(secret_key);
        Self { scope, key, guard }
    }

    /// The same key with another guard.
    #[cfg(feature = "byzantine")]
    pub(crate) fn guarded_by(&self, guard: Arc<dyn SignGuard>) -> Self {
        Self {
            guard,
            ..self.clone()
        }
    }

    pub(crate) fn public_key(&self) -> Key {
        Key(HashBytes(self.key.public_key.to_bytes()))
    }

    pub(crate) fn verifier(&self) -> VoteVerifier {
        VoteVerifier { scope: self.scope }
    }

    /// Fails only when the round cannot be signed or the guard refuses.
    pub(crate) fn sign(
        &self,
        kind: VoteKind,
        height: Height,
        round: Round,
        value: HashBytes,
    ) -> Result<[u8; 64], SignError> {
        let bytes = vote_bytes(&self.scope, kind, height, round, value)?;
        let height = height.0;
        let round = round.as_u32().unwrap_or_default();
        if self.guard.may_sign(kind, height, round, &value) {
            Ok(self.key.sign_raw(&bytes))
        } else {
            Err(SignError::Refused {
                kind,
                height,
                round,
                value,
            })
        }
    }

    /// Signs a part of a block as its sender. It is no vote, so that the guard is not asked.
    pub(crate) fn sign_part(&self, part: &mut Part) {
        part.sender = self.public_key();
        part.signature = self.key.sign_raw(&part.signed_bytes(&self.scope));
    }

    /// Signs, or stays silent.
    fn sign_or_refuse(
        &self,
        kind: VoteKind,
        height: Height,
        round: Round,
        value: HashBytes,
    ) -> [u8; 64] {
        self.sign(kind, height, round, value)
            .unwrap_or_else(|error| {
                tracing::warn!("this validator stays silent: {error}");
                REFUSED
            })
    }
}

/// Returns what is signed. Fails only when the round cannot be signed.
fn vote_bytes(
    scope: &Scope,
    kind: VoteKind,
    height: Height,
    round: Round,
    value: HashBytes,
) -> Result<Vec<u8>, SignError> {
    round
        .as_u32()
        .and_then(|round| scope.vote_bytes(kind, height.0, round, value))
        .ok_or(SignError::Round(round.as_i64()))
}

/// Returns the value of a proposal in what is signed.
///
/// Fails only when a cell cannot be built, which its size rules out.
pub(crate) fn signed_value(proposal: &Proposal) -> Result<HashBytes, Error> {
    proposal_value(&proposal.value.id, proposal.valid_round.as_i64())
        .map_err(|error| Error::from_source(error.to_string()))
}

#[async_trait]
impl Signer<Context> for VoteSigner {
    async fn sign_vote(&self, vote: Vote) -> Result<SignedMessage<Context, Vote>, Error> {
        let value = vote.signed_value();
        let signature = self.sign_or_refuse(vote.kind(), vote.height, vote.round, value);
        Ok(SignedMessage::new(vote, signature))
    }

    async fn sign_proposal(
        &self,
        proposal: Proposal,
    ) -> Result<SignedMessage<Context, Proposal>, Error> {
        let value = signed_value(&proposal)?;
        let signature =
            self.sign_or_refuse(VoteKind::Proposal, proposal.height, proposal.round, value);
        Ok(SignedMessage::new(proposal, signature))
    }

    /// Votes have no extensions.
    async fn sign_vote_extension(
        &self,
        _: VoteExtensionScope<Context>,
        (): (),
    ) -> Result<SignedMessage<Context, ()>, Error> {
        Err(Error::from_source("votes have no extensions"))
    }

    /// Binds the key to an identity of the network. The bytes begin with `PoV`, so that they are no vote.
    async fn sign_validator_proof(
        &self,
        public_key: Vec<u8>,
        peer_id: Vec<u8>,
    ) -> Result<ValidatorProof<Context>, Error> {
        let bytes = ValidatorProof::<Context>::signing_bytes(&public_key, &peer_id);
        let signature = self.key.sign_raw(&bytes);
        Ok(ValidatorProof::new(public_key, peer_id, signature))
    }
}

/// Verifies what validators of a chain signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VoteVerifier {
    scope: Scope,
}

impl VoteVerifier {
    fn verify(
        self,
        kind: VoteKind,
        height: Height,
        round: Round,
        value: HashBytes,
        signature: &[u8; 64],
        key: &Key,
    ) -> VerificationResult {
        let bytes = vote_bytes(&self.scope, kind, height, round, value);
        VerificationResult::from_bool(bytes.is_ok_and(|bytes| is_signed(&key.0, &bytes, signature)))
    }
}

impl VoteVerifier {
    /// Whether the sender of a part signed it.
    pub(crate) fn is_part_signed(&self, part: &Part) -> bool {
        let bytes = part.signed_bytes(&self.scope);
        is_signed(&part.sender.0, &bytes, &part.signature)
    }
}

#[async_trait]
impl Verifier<Context> for VoteVerifier {
    async fn verify_signed_vote(
        &self,
        vote: &Vote,
        signature: &[u8; 64],
        key: &Key,
    ) -> Result<VerificationResult, Error> {
        let value = vote.signed_value();
        Ok(self.verify(vote.kind(), vote.height, vote.round, value, signature, key))
    }

    async fn verify_signed_proposal(
        &self,
        proposal: &Proposal,
        signature: &[u8; 64],
        key: &Key,
    ) -> Result<VerificationResult, Error> {
        let value = signed_value(proposal)?;
        let (height, round) = (proposal.height, proposal.round);
        Ok(self.verify(VoteKind::Proposal, height, round, value, signature, key))
    }

    async fn verify_signed_vote_extension(
        &self,
        _: &VoteExtensionScope<Context>,
        (): &(),
        _: &[u8; 64],
        _: &Key,
    ) -> Result<VerificationResult, Error> {
        Ok(VerificationResult::Invalid)
    }

    async fn verify_validator_proof(
        &self,
        proof: &ValidatorProof<Context>,
    ) -> Result<VerificationResult, Error> {
        let Ok(key) = proof.decoded_public_key() else {
            return Ok(VerificationResult::Invalid);
        };
        let is_valid = is_signed(&key.0, &proof.preimage(), &proof.signature);
        Ok(VerificationResult::from_bool(is_valid))
    }
}

#[cfg(test)]
#[path = "signer_tests.rs"]
mod tests;
