//! Evidence of misbehaviour in a file: two signed votes of one key. It can be verified without a network.
//!
//! The votes have the contracts' own format. Tycho nodes never sign them, and nothing that they do sign would be sound evidence.

use ddvs_client::{Backend, OwnerWallet};
use ddvs_contracts::Signature;
use ddvs_contracts::messages as wire;
use ddvs_contracts::signing::{self, ConsensusVote, vote_bytes};
use serde::{Deserialize, Serialize};
use tycho_crypto::ed25519::PublicKey;
use tycho_types::cell::HashBytes;

use crate::answer::Kind;
use crate::staker::query_id;
use crate::{NetworkContext, PeopleError, Request, pools};

/// Two votes of one key for different values at one height, round and type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Genesis of the network on which the votes were cast, 64 hexadecimal digits.
    pub network: HashBytes,
    /// The consensus key, 64 hexadecimal digits.
    pub key: HashBytes,
    /// The chain on which the votes were cast, -1 for the masterchain.
    pub chain: i8,
    /// Height of the block voted on.
    pub height: u64,
    /// Consensus round.
    pub round: u32,
    /// Type of vote, as numbered by the consensus.
    pub vote_type: u8,
    /// The two votes.
    pub votes: [Vote; 2],
}

/// One of the votes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// Hash of the value voted for, 64 hexadecimal digits.
    pub value_hash: HashBytes,
    /// The key's signature, 128 hexadecimal digits.
    #[serde(with = "signature")]
    pub signature: [u8; 64],
}

/// One signed vote in a separate file, from which [`Evidence::of`] makes evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedVote {
    /// Genesis of the network on which it was cast, 64 hexadecimal digits.
    pub network: HashBytes,
    /// The consensus key, 64 hexadecimal digits.
    pub key: HashBytes,
    /// The chain on which it was cast, -1 for the masterchain.
    pub chain: i8,
    /// Height of the block voted on.
    pub height: u64,
    /// Consensus round.
    pub round: u32,
    /// Type of vote, as numbered by the consensus.
    pub vote_type: u8,
    /// Hash of the value voted for, 64 hexadecimal digits.
    pub value_hash: HashBytes,
    /// The key's signature, 128 hexadecimal digits.
    #[serde(with = "signature")]
    pub signature: [u8; 64],
}

mod signature {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &[u8; 64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 64], D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 64];
        hex::decode_to_slice(&text, &mut bytes)
            .map_err(|_| D::Error::custom("a signature has 128 hexadecimal digits"))?;
        Ok(bytes)
    }
}

/// Reason why evidence proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Both votes are for the same value, which is not an offence.
    #[error("both votes are for the same value, which is not an offence")]
    SameValue,
    /// A signature is invalid.
    #[error("the signature of vote {0} is not that key's, or not over this vote on this network")]
    Signature(u8),
    /// Anyone can sign for the key.
    #[error(
        "the key is of small order, or one of two encodings of a point: anybody can sign for it"
    )]
    WeakKey,
    /// The key is invalid.
    #[error("the key is not an Ed25519 key")]
    Key,
    /// The votes are not about the same question.
    #[error("the votes differ in their {0}, so one does not contradict the other")]
    Apart(&'static str),
}

impl Evidence {
    /// Returns evidence made of two signed votes.
    ///
    /// Fails when they are not two answers of one key to the same question. [`Self::verify`] checks their signatures.
    pub fn of(first: &SignedVote, second: &SignedVote) -> Result<Self, Flaw> {
        let differs = [
            ("network", first.network != second.network),
            ("key", first.key != second.key),
            ("chain", first.chain != second.chain),
            ("height", first.height != second.height),
            ("round", first.round != second.round),
            ("type", first.vote_type != second.vote_type),
        ];
        if let Some((what, _)) = differs.into_iter().find(|(_, differs)| *differs) {
            return Err(Flaw::Apart(what));
        }
        let vote = |signed: &SignedVote| Vote {
            value_hash: signed.value_hash,
            signature: signed.signature,
        };
        Ok(Self {
            network: first.network,
            key: first.key,
            chain: first.chain,
            height: first.height,
            round: first.round,
            vote_type: first.vote_type,
            votes: [vote(first), vote(second)],
        })
    }

    /// Verifies it without a network: both signatures, and that the votes conflict.
    ///
    /// Fails with a description of the problem.
    pub fn verify(&self) -> Result<(), Flaw> {
        if !signing::is_provable_key(&self.key) {
            return Err(Flaw::WeakKey);
        }
        let key = PublicKey::from_bytes(self.key.0).ok_or(Flaw::Key)?;
        let [first, second] = &self.votes;
        if first.value_hash == second.value_hash {
            return Err(Flaw::SameValue);
        }
        for (number, vote) in (1..).zip(&self.votes) {
            let bytes = vote_bytes(&self.network, &self.vote(vote.value_hash));
            if !key.verify_raw(&bytes, &vote.signature) {
                return Err(Flaw::Signature(number));
            }
        }
        Ok(())
    }

    fn vote(&self, value_hash: HashBytes) -> ConsensusVote {
        ConsensusVote {
            chain: self.chain,
            height: self.height,
            round: self.round,
            vote_type: self.vote_type,
            value_hash,
        }
    }

    /// Returns it in the contracts' format.
    pub fn message(&self) -> Result<wire::Evidence, PeopleError> {
        let [first, second] = &self.votes;
        signing::evidence(
            self.key,
            &self.vote(first.value_hash),
            Signature(first.signature),
            second.value_hash,
            Signature(second.signature),
        )
        .map_err(PeopleError::codec("building evidence"))
    }

    /// Returns the request that submits it to the D'Elector of the chain where the key is registered; `None` if the key is
    /// removed already.
    ///
    /// Fails when it proves nothing, is of another network, or the key is registered nowhere.
    pub fn submit(
        &self,
        backend: &dyn Backend,
        context: &NetworkContext,
        payer: &OwnerWallet,
    ) -> Result<Option<Request>, PeopleError> {
        self.verify().map_err(|flaw| {
            PeopleError::cannot(
                flaw.to_string(),
                "bring two votes for different values, both signed by the key",
            )
        })?;
        if self.network != context.network.genesis {
            return Err(PeopleError::cannot(
                format!(
                    "the votes were cast on network {}, and this is {}",
                    self.network, context.network.genesis
                ),
                "bring it to that network",
            ));
        }
        let holder = pools::holder(backend, context, &self.key, ddvs_client::MASTERCHAIN)?;
        let Some(holder) = holder else {
            return Err(PeopleError::cannot(
                format!(
                    "no validator of this network holds or held the key {}",
                    self.key
                ),
                "it can be submitted only within the evidence window after the key has left",
            ));
        };
        if holder.is_removed {
            return Ok(None);
        }
        let delector = context.delector(holder.root.workchain)?;
        let value = delector.change_value(backend)?;
        let message = delector.submit_evidence(&self.message()?, value, query_id(backend)?)?;
        Ok(Some(Request {
            about: format!("bring evidence against the key {}", self.key),
            owner: payer.clone(),
            messages: vec![message],
            kind: Kind::Take,
        }))
    }
}

/// Returns the chains whose copies have not removed a key yet.
///
/// Fails only when a copy cannot be read.
pub fn copies_that_keep(
    backend: &dyn Backend,
    context: &NetworkContext,
    key: &HashBytes,
) -> Result<Vec<i8>, PeopleError> {
    let mut keep = Vec::new();
    for &chain in &context.chains {
        let holder = pools::holder(backend, context, key, chain)?;
        if !holder.is_some_and(|holder| holder.is_removed) {
            keep.push(chain);
        }
    }
    Ok(keep)
}

#[cfg(test)]
mod tests;
