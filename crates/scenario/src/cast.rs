//! Who acts: people with keys that follow from the seed, so that a story can be repeated.

use ddvs_client::{ClientError, OwnerWallet};
use ddvs_contracts::messages::PossessionProof;
use ddvs_contracts::signing;
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::boc::Boc;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// Secret key of a name in a story: anyone can compute it, so it is for stories only.
pub fn secret(seed: u64, name: &str) -> [u8; 32] {
    let text = format!("ddvs story {seed} {name}");
    Boc::file_hash(text.as_bytes()).0
}

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct Person {
    /// What the timeline calls them.
    pub name: String,
    /// Their account.
    pub wallet: OwnerWallet,
}

impl Person {
    /// The person of this name, with an account on `chain`.
    pub fn new(seed: u64, name: &str, chain: i8, network_id: i32) -> Result<Self, ClientError> {
        let wallet = OwnerWallet::new(secret(seed, name), chain, network_id)?;
        Ok(Self {
            name: name.to_owned(),
            wallet,
        })
    }

    /// Where their account is.
    pub fn address(&self) -> &StdAddr {
        self.wallet.address()
    }
}

/// A consensus key.
#[derive(Clone)]
pub struct ConsensusKey {
    pair: KeyPair,
}

impl std::fmt::Debug for ConsensusKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ConsensusKey").field(&self.public()).finish()
    }
}

impl ConsensusKey {
    /// The key of this name.
    pub fn new(seed: u64, name: &str) -> Self {
        let secret = secret(seed, &format!("consensus key of {name}"));
        Self {
            pair: KeyPair::from(&SecretKey::from_bytes(secret)),
        }
    }

    /// The public key as the contracts hold it.
    pub fn public(&self) -> HashBytes {
        HashBytes(self.pair.public_key.to_bytes())
    }

    /// The key's consent to validate for a Root.
    pub fn prove(&self, genesis: &HashBytes, root: &StdAddr) -> PossessionProof {
        signing::prove_possession(&self.pair, genesis, root)
    }

    /// The pair itself, to sign votes with.
    pub fn pair(&self) -> &KeyPair {
        &self.pair
    }
}

/// A genesis validator.
#[derive(Debug, Clone)]
pub struct ValidatorCast {
    /// Its owner.
    pub owner: Person,
    /// Its consensus key.
    pub key: ConsensusKey,
    /// Its Root.
    pub root: StdAddr,
    /// Its chain.
    pub chain: i8,
}

/// Everybody in the story.
#[derive(Debug, Clone)]
pub struct Cast {
    /// Genesis validators, chain by chain.
    pub validators: Vec<ValidatorCast>,
    /// Becomes a validator of workchain 1.
    pub nora: Person,
    /// Nora's consensus key.
    pub nora_key: ConsensusKey,
    /// Stakes from workchain 0.
    pub uma: Person,
    /// Stakes on workchain 1.
    pub ivan: Person,
    /// Attacks from workchain 1.
    pub mallory: Person,
    /// The same attacker on the last workchain.
    pub mallory_elsewhere: Person,
    /// The same attacker in the masterchain.
    pub mallory_main: Person,
    /// Brings evidence.
    pub walter: Person,
}
