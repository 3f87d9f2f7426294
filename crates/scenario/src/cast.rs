//! Participants of the scenario.

use std::collections::BTreeSet;

use ddvs_client::ClientError;
use ddvs_client::seeded::{ConsensusKey, Person};
use ddvs_contracts::Network;
use tycho_types::models::StdAddr;

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

/// A scenario's participants and network.
#[derive(Debug, Clone)]
pub struct Story {
    /// The network, from which the contracts' addresses follow.
    pub network: Network,
    /// The participants.
    pub cast: Cast,
    /// Seed of keys and delays.
    pub seed: u64,
}

/// Participants that are not part of the genesis.
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
    /// Returns all participants, by seed; `elsewhere` is a workchain other than 1.
    ///
    /// Fails only when the wallet's code is not available.
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

    /// Returns everyone who needs coins, each account once.
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

/// All participants.
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
    /// Submits evidence.
    pub walter: Person,
}
