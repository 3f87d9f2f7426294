//! Who acts: people with keys that follow from the seed, so that a story can be repeated.

use std::collections::BTreeSet;

use ddvs_client::{ClientError, OwnerWallet};
use ddvs_contracts::Network;
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

    /// A key that somebody keeps elsewhere.
    pub fn from_pair(pair: KeyPair) -> Self {
        Self { pair }
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

/// A story: who acts, on which network.
#[derive(Debug, Clone)]
pub struct Story {
    /// What the contracts' addresses follow from.
    pub network: Network,
    /// Who acts.
    pub cast: Cast,
    /// What keys and delays follow from.
    pub seed: u64,
}

/// Those who come to a network from outside.
#[derive(Debug, Clone)]
pub struct People {
    nora: Person,
    uma: Person,
    ivan: Person,
    mallory: Person,
    mallory_elsewhere: Person,
    mallory_main: Person,
    walter: Person,
}

impl People {
    /// Everybody, by seed; `elsewhere` is a workchain other than 1.
    ///
    /// Fails only when the wallet's code is not to be had.
    pub fn new(seed: u64, elsewhere: i8, network_id: i32) -> Result<Self, ClientError> {
        let person = |name: &str, chain: i8| Person::new(seed, name, chain, network_id);
        Ok(Self {
            nora: person("Nora", 1)?,
            uma: person("Uma", 0)?,
            ivan: person("Ivan", 1)?,
            mallory: person("Mallory", 1)?,
            mallory_elsewhere: person("Mallory", elsewhere)?,
            mallory_main: person("Mallory", -1)?,
            walter: person("Walter", 0)?,
        })
    }

    /// Everybody who needs coins, each account once.
    pub fn all(&self) -> Vec<&Person> {
        let mut all = vec![
            &self.nora,
            &self.uma,
            &self.ivan,
            &self.mallory,
            &self.mallory_elsewhere,
            &self.mallory_main,
            &self.walter,
        ];
        let mut seen = BTreeSet::new();
        all.retain(|person| seen.insert(person.address().clone()));
        all
    }

    /// Everybody together.
    pub fn cast(self, validators: Vec<ValidatorCast>, nora_key: ConsensusKey) -> Cast {
        Cast {
            validators,
            nora: self.nora,
            nora_key,
            uma: self.uma,
            ivan: self.ivan,
            mallory: self.mallory,
            mallory_elsewhere: self.mallory_elsewhere,
            mallory_main: self.mallory_main,
            walter: self.walter,
        }
    }
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
    /// The same attacker on another workchain.
    pub mallory_elsewhere: Person,
    /// The same attacker in the masterchain.
    pub mallory_main: Person,
    /// Brings evidence.
    pub walter: Person,
}
