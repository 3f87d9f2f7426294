//! The simulated users and their state.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use ddvs_client::{Backend, ChainId, DePoolRoot, DePoolWallet, Live, MASTERCHAIN, OwnerWallet};
use ddvs_contracts::{Network, RootTerms};
use ddvs_index::Identity;
use ddvs_types::COIN;
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::boc::Boc;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

use crate::{DevnetOptions, GLOBAL_ID, Keys};

/// Users of the network.
pub(super) const USERS: usize = 8;
/// Minimum number of checks after a request before its sender acts again.
const PATIENCE_TICKS: u64 = 6;
/// Number of blocks of a chain that must have passed by then: a request passes through several chains.
const PATIENCE_BLOCKS: u64 = 15;
/// Maximum number of later validators; after them none join.
pub(super) const MAX_COMERS: u32 = 1_000_000;
/// Amount of coins that is not worth returning.
pub(super) const CRUMBS: u128 = 5 * COIN;
/// Number of consecutive missing validators of a chain after which the search ends.
const MAX_MISSING: usize = 16;

/// A user with an account.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub name: String,
    pub wallet: OwnerWallet,
    /// The user's DePool Wallet, on the same chain.
    pub pool: DePoolWallet,
}

impl Person {
    pub fn new(
        seed: u64,
        name: &str,
        chain: ChainId,
        network: &Network,
        secret: Option<[u8; 32]>,
    ) -> Result<Self> {
        let secret = secret.unwrap_or_else(|| secret_of(seed, name));
        let wallet = OwnerWallet::new(secret, chain, GLOBAL_ID)?;
        Ok(Self {
            name: name.to_owned(),
            pool: DePoolWallet::new(network, chain, wallet.address())?,
            wallet,
        })
    }

    pub fn address(&self) -> &StdAddr {
        self.wallet.address()
    }

    pub fn chain(&self) -> ChainId {
        self.address().workchain
    }

    /// Coins in their account, in nano.
    pub fn coins_nano(&self, live: &dyn Live) -> Result<u128> {
        Ok(live.account(self.address())?.balance_nano)
    }
}

/// A validator with known keys.
#[derive(Clone)]
pub(super) struct Validator {
    pub owner: Person,
    pub key: KeyPair,
    pub terms: RootTerms,
}

impl std::fmt::Debug for Validator {
    // The secret key is omitted.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Validator").field(&self.owner.name).finish()
    }
}

/// A validator that joined after the genesis.
#[derive(Debug, Clone)]
pub(super) struct Comer {
    pub validator: Validator,
    /// Address of its Root.
    pub root: StdAddr,
    /// Tick at which it joined.
    pub since: u64,
}

impl Comer {
    pub fn new(validator: Validator, network: &Network, since: u64) -> Result<Self> {
        let chain = validator.owner.chain();
        let root = DePoolRoot::new(network, chain, validator.terms.clone())?;
        Ok(Self {
            root: root.address().clone(),
            validator,
            since,
        })
    }
}

/// Pseudo-random numbers from a seed.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    /// Returns a number below `limit`, 0 for 0.
    pub fn below(&mut self, limit: usize) -> usize {
        // xorshift64* (Vigna 2014)
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(drawn % (limit as u64).max(1)).unwrap_or(0)
    }

    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

/// All users.
#[derive(Debug)]
pub(super) struct People {
    pub options: DevnetOptions,
    pub network: Network,
    pub chains: Vec<ChainId>,
    /// The faucet's account on each chain.
    pub faucets: BTreeMap<ChainId, Person>,
    pub users: Vec<Person>,
    /// Submits evidence.
    pub watcher: Person,
    pub genesis: Vec<Validator>,
    /// Later validators that have not left, by number.
    pub comers: BTreeMap<u32, Comer>,
    /// Number of the next one to join, by chain.
    pub next_comers: BTreeMap<ChainId, u32>,
    pub random: Random,
    pub tick: u64,
    /// Ticks after a request before its sender acts again.
    pub patience: u64,
    /// Tick at which each user may act again.
    pub busy: BTreeMap<String, u64>,
    /// Tick before which nobody misbehaves.
    pub peace_until: u64,
    /// Tick before which nobody leaves voluntarily.
    pub stay_until: u64,
}

impl People {
    /// Returns all users, with the validators that joined before, according to the chain.
    pub fn new(options: &DevnetOptions, backend: &dyn Backend) -> Result<Self> {
        let identity = Identity::read(backend).context("reading the network")?;
        let network = identity.network;
        let seed = options.seed;
        let keys = Keys::of(options);
        let workchains: Vec<ChainId> = (0..options.workchains.cast_signed()).collect();
        let person = |name: &str, chain: ChainId| Person::new(seed, name, chain, &network, None);
        let mut faucets = BTreeMap::new();
        for &chain in workchains.iter().chain([&MASTERCHAIN]) {
            let faucet = Person::new(seed, "the faucet", chain, &network, Some(keys.faucet))?;
            faucets.insert(chain, faucet);
        }
        let users = (0..USERS).map(|number| {
            let chain = workchains[number % workchains.len()];
            person(&format!("user {}", number + 1), chain)
        });
        let mut genesis = Vec::new();
        for (number, own) in keys.validators.iter().enumerate() {
            let place = number % usize::from(options.validators);
            let chain = ChainId::try_from(number / usize::from(options.validators))?;
            let name = format!("genesis validator {chain}.{place}");
            let owner = Person::new(seed, &name, chain, &network, Some(own.owner))?;
            genesis.push(Validator {
                terms: terms(options, &owner, place as u64),
                owner,
                key: KeyPair::from(&SecretKey::from_bytes(own.consensus)),
            });
        }
        let block_ticks = options.block_time_ms * PATIENCE_BLOCKS / super::TICK_MS;
        let patience = PATIENCE_TICKS.max(block_ticks);
        let mut people = Self {
            patience,
            users: users.collect::<Result<_>>()?,
            watcher: person("the watcher", 0)?,
            options: options.clone(),
            network,
            chains: workchains,
            faucets,
            genesis,
            comers: BTreeMap::new(),
            next_comers: BTreeMap::new(),
            random: Random(splitmix(seed ^ backend.cursor()?) | 1),
            tick: 0,
            busy: BTreeMap::new(),
            peace_until: 2 * patience,
            stay_until: 10 * patience,
        };
        people.meet_comers(backend)?;
        Ok(people)
    }

    /// Returns the later validator with a number.
    pub fn comer(&self, number: u32) -> Result<Validator> {
        let chain = self.chains[number as usize % self.chains.len()];
        let name = format!("validator {}", number + 1);
        let seed = self.options.seed;
        let owner = Person::new(seed, &name, chain, &self.network, None)?;
        let secret = secret_of(seed, &format!("consensus key of {name}"));
        Ok(Validator {
            terms: terms(&self.options, &owner, 0),
            owner,
            key: KeyPair::from(&SecretKey::from_bytes(secret)),
        })
    }

    /// Finds the validators that joined before this process started. Numbers of a chain are as far apart as there are
    /// chains; a validator that has left keeps an account with a few coins, and a missing one hides few later ones.
    fn meet_comers(&mut self, backend: &dyn Backend) -> Result<()> {
        let step = u32::try_from(self.chains.len())?;
        for (first, chain) in (0..).zip(self.chains.clone()) {
            let (mut number, mut missing) = (first, 0);
            self.next_comers.insert(chain, first);
            while number < MAX_COMERS && missing < MAX_MISSING {
                let validator = self.comer(number)?;
                let account = backend.account(validator.owner.address())?;
                number += step;
                if account.account.is_none() {
                    missing += 1;
                    continue;
                }
                missing = 0;
                self.next_comers.insert(chain, number);
                let root = DePoolRoot::new(&self.network, chain, validator.terms.clone())?;
                let has_root = backend.account(root.address())?.state_init().is_some();
                let is_gone = account.balance_nano < CRUMBS
                    && (!has_root || root.state(backend)?.backing_nano() == 0);
                if !is_gone {
                    let comer = Comer::new(validator, &self.network, self.tick)?;
                    self.comers.insert(number - step, comer);
                }
            }
        }
        Ok(())
    }

    /// Whether a user still waits for the last request.
    pub fn is_busy(&self, person: &Person) -> bool {
        self.busy
            .get(&person.name)
            .is_some_and(|until| *until > self.tick)
    }

    /// Returns a query id for a request.
    pub fn query_id(&mut self) -> u64 {
        self.tick << 16 | self.random.below(1 << 16) as u64
    }
}

fn terms(options: &DevnetOptions, owner: &Person, nonce: u64) -> RootTerms {
    RootTerms {
        owner: owner.address().clone(),
        lock_period: options.periods.lock_s,
        unlock_period: options.periods.unlock_s,
        min_stake: Tokens::new(10 * COIN),
        nonce,
    }
}

pub(super) fn secret_of(seed: u64, name: &str) -> [u8; 32] {
    let HashBytes(secret) = Boc::file_hash(format!("ddvs devnet {seed} {name}").as_bytes());
    secret
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
fn splitmix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
