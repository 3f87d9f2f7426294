//! The world: a running network, and everyone on it. `world/act.rs` contains actions, `world/time.rs` waiting,
//! `world/look.rs` reading, `world/watch.rs` what a test does after each block, and `world/check.rs` what holds at rest.

mod act;
mod cast;
mod check;
mod look;
mod time;
mod watch;

use ddvs_client::seeded::{ConsensusKey, Person};
use ddvs_client::{ChainId, DElector, DePoolRoot, DePoolWallet};
use ddvs_contracts::{Codes, Network, RootTerms};
use ddvs_embedded::EmbeddedNetwork;
use ddvs_zerostate::{Spec, Terms, Zerostate};
use tycho_types::num::Tokens;

pub use self::act::internal;
use self::cast::{Owners, cast};
pub use self::look::unlocking;
use self::watch::Watch;
use crate::Shape;

/// Signature domain of the world's wallets.
const NETWORK_ID: i32 = 0x0000_dd76;
/// Blocks, of all chains together, that one action may take.
const MAX_BLOCKS: usize = 800;

/// A validator: its owner, its key and its Root.
#[derive(Debug, Clone)]
pub struct Validator {
    /// Its owner.
    pub owner: Person,
    /// Its consensus key.
    pub key: ConsensusKey,
    /// Its Root.
    pub root: DePoolRoot,
}

/// A running network and everyone on it.
#[derive(Debug, Clone)]
pub struct World {
    /// The network.
    pub net: EmbeddedNetwork,
    /// The network, from which the contracts' addresses follow.
    pub network: Network,
    /// Code of the contracts.
    pub codes: Codes,
    /// The spec of the zerostate.
    pub spec: Spec,
    /// Genesis validators by chain.
    pub validators: Vec<Vec<Validator>>,
    /// People by chain, the masterchain's first.
    pub people: Vec<Vec<Person>>,
    terms: Terms,
    seed: u64,
    query_id: u64,
    watch: Watch,
}

impl World {
    /// Builds the zerostate and starts the network.
    #[track_caller]
    pub fn new(shape: &Shape) -> Self {
        Self::edited(shape, |_| ())
    }

    /// The same, with changes to the zerostate that no network file can ask for.
    #[track_caller]
    pub fn edited(shape: &Shape, edit: impl FnOnce(&mut Zerostate)) -> Self {
        let (spec, owners, people) = cast(shape);
        let mut zerostate =
            ddvs_zerostate::build_with(&spec, &shape.codes).expect("the shape is a sound network");
        edit(&mut zerostate);
        Self::start(shape, spec, &zerostate, owners, people)
    }

    fn start(
        shape: &Shape,
        spec: Spec,
        zerostate: &Zerostate,
        owners: Owners,
        people: Vec<Vec<Person>>,
    ) -> Self {
        let net = EmbeddedNetwork::start(zerostate, shape.seed, shape.delays.clone())
            .expect("the zerostate is sound");
        let mut world = Self {
            net,
            network: zerostate.network.clone(),
            codes: shape.codes.clone(),
            spec,
            validators: Vec::new(),
            people,
            terms: shape.terms.clone(),
            seed: shape.seed,
            query_id: 0,
            watch: Watch::default(),
        };
        for list in owners {
            let validator = |(index, (owner, key)): (usize, (Person, ConsensusKey))| Validator {
                root: world.root_of(&owner, index as u64),
                owner,
                key,
            };
            let validators = list.into_iter().enumerate().map(validator).collect();
            world.validators.push(validators);
        }
        world
    }

    // --- Who ---

    /// Person `index` on `chain`.
    pub fn person(&self, chain: ChainId, index: usize) -> Person {
        self.people[(chain + 1) as usize][index].clone()
    }

    /// Genesis validator `index` of workchain `chain`.
    pub fn validator(&self, chain: ChainId, index: usize) -> Validator {
        self.validators[chain as usize][index].clone()
    }

    /// A consensus key by name.
    pub fn key(&self, name: &str) -> ConsensusKey {
        ConsensusKey::new(self.seed, name)
    }

    /// All chains, the masterchain first.
    pub fn chains(&self) -> Vec<ChainId> {
        self.net.network().chain_ids().to_vec()
    }

    // --- Handles ---

    /// The D'Elector of `chain`.
    pub fn delector(&self, chain: ChainId) -> DElector {
        DElector::new(&self.network, chain).expect("a D'Elector's address can be computed")
    }

    /// Returns the DePool Wallet of a user on their own chain.
    pub fn wallet(&self, who: &Person) -> DePoolWallet {
        self.wallet_on(who, who.address().workchain)
    }

    /// Returns the DePool Wallet of a user on `chain`.
    pub fn wallet_on(&self, who: &Person, chain: ChainId) -> DePoolWallet {
        DePoolWallet::with_codes(&self.codes, &self.network, chain, who.address())
            .expect("a wallet's address can be computed")
    }

    /// Returns the Root of a user on their own chain, deployed or not. Genesis Roots have their validator's index as
    /// nonce; use nonces from 100 on for others.
    pub fn root_of(&self, owner: &Person, nonce: u64) -> DePoolRoot {
        self.root_on(owner, owner.address().workchain, nonce)
    }

    /// Returns the Root of a user on `chain`.
    pub fn root_on(&self, owner: &Person, chain: ChainId, nonce: u64) -> DePoolRoot {
        self.root_with(self.terms(owner, nonce), chain)
    }

    /// The Root with these terms on `chain`.
    pub fn root_with(&self, terms: RootTerms, chain: ChainId) -> DePoolRoot {
        DePoolRoot::with_codes(&self.codes, &self.network, chain, terms)
            .expect("a Root's address can be computed")
    }

    /// The terms of this world's Roots.
    pub fn terms(&self, owner: &Person, nonce: u64) -> RootTerms {
        RootTerms {
            owner: owner.address().clone(),
            lock_period: self.terms.lock_period,
            unlock_period: self.terms.unlock_period,
            min_stake: Tokens::new(self.terms.min_stake_nano.into()),
            nonce,
        }
    }
}
