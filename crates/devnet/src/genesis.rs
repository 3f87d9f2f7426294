//! Options and genesis of a devnet.

use anyhow::{Context, Result, ensure};
use ddvs_client::OwnerWallet;
use ddvs_embedded::EmbeddedNetwork;
use ddvs_ledger::{DelayPlan, HistoryLimits};
use ddvs_types::{COIN_U64, MASTERCHAIN};
use ddvs_zerostate::{
    AccountSpec, ChainSpec, Limits, Prices, Spec, Terms, ValidatorSpec, Zerostate,
};
use tycho_crypto::ed25519::{PublicKey, SecretKey};
use tycho_types::boc::Boc;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// Param 19 of a devnet: part of every standard wallet's id.
pub const GLOBAL_ID: i32 = 0x0dd5;

/// Coins of the faucet on each chain.
const FAUCET_COINS: u64 = 1_000_000_000;
/// Coins of a genesis owner besides the stake.
const OWNER_COINS: u64 = 100_000;
/// Stake of the first genesis validator; each one has a little more than the previous one.
const STAKE_COINS: u64 = 100_000;
/// Longest delay of a message between chains, in ms.
const MAX_DELAY_MS: u64 = 100;
/// Maximum number of a chain's genesis validators.
const MAX_VALIDATORS: u16 = 10_000;

/// History kept by the ledger itself: the index has all of it.
pub(crate) const HISTORY: HistoryLimits = HistoryLimits {
    max_blocks: 20_000,
    max_transactions: 100_000,
};

/// Periods of pools, in seconds: short, so that users can watch the whole life of a stake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolPeriods {
    /// From Lock until a stake may leave.
    pub lock_s: u32,
    /// From unstake until coins are free.
    pub unlock_s: u32,
    /// For which a key that left can be blamed; shorter than the one before.
    pub evidence_s: u32,
}

impl PoolPeriods {
    /// Periods of which the longest is given; the others are a third and two thirds of it.
    pub fn with_unlock_s(unlock_s: u32) -> Self {
        Self {
            lock_s: unlock_s / 3,
            unlock_s,
            evidence_s: unlock_s - unlock_s.div_ceil(3),
        }
    }
}

impl Default for PoolPeriods {
    fn default() -> Self {
        Self {
            lock_s: 30,
            unlock_s: 90,
            evidence_s: 60,
        }
    }
}

/// Options of a devnet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevnetOptions {
    /// Workchains besides the masterchain.
    pub workchains: u8,
    /// Genesis validators of each workchain.
    pub validators: u16,
    /// Time between blocks of each chain.
    pub block_time_ms: u64,
    /// Periods of the genesis pools.
    pub periods: PoolPeriods,
    /// Seed of message delays and the contracts' randomness.
    pub seed: u64,
    /// Further accounts with coins, such as those of simulated users.
    pub funded: Vec<(StdAddr, u64)>,
}

impl Default for DevnetOptions {
    fn default() -> Self {
        Self {
            workchains: 2,
            validators: 4,
            block_time_ms: 200,
            periods: PoolPeriods::default(),
            seed: 1,
            funded: Vec::new(),
        }
    }
}

/// Secret keys of a genesis validator.
#[derive(Clone)]
pub struct ValidatorKeys {
    /// Of the owner's account.
    pub owner: [u8; 32],
    /// Its consensus key.
    pub consensus: [u8; 32],
}

/// All secret keys of a devnet.
#[derive(Clone)]
pub struct Keys {
    /// Of the faucet: one account on each chain.
    pub faucet: [u8; 32],
    /// Of the genesis validators: all of the first workchain, then all of the next.
    pub validators: Vec<ValidatorKeys>,
}

impl std::fmt::Debug for Keys {
    // Secrets are omitted.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys of {} validators", self.validators.len())
    }
}

impl Keys {
    /// Returns the keys of a network with these options.
    pub fn of(options: &DevnetOptions) -> Self {
        let count = usize::from(options.workchains) * usize::from(options.validators);
        Self::from_seed(options.seed, count)
    }

    /// Returns keys that anyone can compute from the seed: for tests only.
    pub fn from_seed(seed: u64, validators: usize) -> Self {
        let secret =
            |name: String| Boc::file_hash(format!("ddvs devnet {seed} {name}").as_bytes()).0;
        Self {
            faucet: secret("faucet".to_owned()),
            validators: (0..validators)
                .map(|index| ValidatorKeys {
                    owner: secret(format!("owner {index}")),
                    consensus: secret(format!("consensus {index}")),
                })
                .collect(),
        }
    }
}

/// A devnet before its first block.
#[derive(Debug, Clone)]
pub struct Devnet {
    /// Its zerostate.
    pub zerostate: Zerostate,
    /// Accounts of the genesis owners, in the order of the keys.
    pub owners: Vec<StdAddr>,
    /// Public consensus keys, in the order of the keys.
    pub consensus: Vec<HashBytes>,
    /// Accounts of the faucet, by chain.
    pub faucets: Vec<StdAddr>,
    seed: u64,
}

impl Devnet {
    /// Builds it. `start_time` is in Unix seconds.
    ///
    /// Fails when the options are out of range, or there are not as many keys as validators.
    pub fn new(options: &DevnetOptions, keys: &Keys, start_time: u32) -> Result<Self> {
        ensure!(
            (1..=16).contains(&options.workchains),
            "--workchains must be 1 to 16, not {}",
            options.workchains
        );
        ensure!(
            (1..=MAX_VALIDATORS).contains(&options.validators),
            "--validators must be 1 to {MAX_VALIDATORS}, not {}",
            options.validators
        );
        ensure!(
            (20..=60_000).contains(&options.block_time_ms),
            "--block-time-ms must be 20 to 60000, not {}",
            options.block_time_ms
        );
        let count = usize::from(options.workchains) * usize::from(options.validators);
        ensure!(
            keys.validators.len() == count,
            "{} keys do not suit {count} validators",
            keys.validators.len()
        );
        let mut chains = vec![MASTERCHAIN];
        chains.extend(0..options.workchains.cast_signed());
        let (mut validators, mut owners, mut consensus) = (Vec::new(), Vec::new(), Vec::new());
        for (index, own) in keys.validators.iter().enumerate() {
            let place = index % usize::from(options.validators);
            let chain = i8::try_from(index / usize::from(options.validators))?;
            let owner = OwnerWallet::new(own.owner, chain, GLOBAL_ID)?
                .address()
                .clone();
            let key = PublicKey::from(&SecretKey::from_bytes(own.consensus)).to_bytes();
            validators.push(ValidatorSpec {
                chain,
                owner: owner.clone(),
                key: HashBytes(key),
                stake_nano: (STAKE_COINS + 1_000 * (place as u64 % 100)) * COIN_U64,
                terms: Terms {
                    lock_period: options.periods.lock_s,
                    unlock_period: options.periods.unlock_s,
                    min_stake_nano: 10 * COIN_U64,
                    nonce: place as u64,
                },
            });
            owners.push(owner);
            consensus.push(HashBytes(key));
        }
        let mut faucets = Vec::new();
        for &chain in &chains {
            faucets.push(
                OwnerWallet::new(keys.faucet, chain, GLOBAL_ID)?
                    .address()
                    .clone(),
            );
        }
        let owned = owners.iter().map(|owner| (owner, OWNER_COINS));
        let funded = options
            .funded
            .iter()
            .map(|(address, coins)| (address, *coins));
        let accounts = faucets
            .iter()
            .map(|faucet| (faucet, FAUCET_COINS))
            .chain(owned)
            .chain(funded)
            .map(|(address, coins)| AccountSpec {
                address: address.clone(),
                state_init: None,
                balance_nano: coins * COIN_U64,
            })
            .collect();
        let spec = Spec {
            name: "ddvs devnet".to_owned(),
            start_time,
            global_id: GLOBAL_ID,
            chains: chains
                .iter()
                .map(|&id| ChainSpec {
                    id,
                    block_time_ms: options.block_time_ms,
                })
                .collect(),
            limits: limits(options, count),
            prices: Prices::default(),
            validators,
            accounts,
        };
        let zerostate = ddvs_zerostate::build(&spec).context("building the devnet's zerostate")?;
        Ok(Self {
            zerostate,
            owners,
            consensus,
            faucets,
            seed: options.seed,
        })
    }

    /// Starts the network. Blocks are made on request.
    ///
    /// Fails only when the zerostate describes a network that could not run, which it does not.
    pub fn network(&self) -> Result<EmbeddedNetwork> {
        let delays = DelayPlan::random(self.seed, MAX_DELAY_MS);
        Ok(EmbeddedNetwork::start_with_history(
            &self.zerostate,
            self.seed,
            delays,
            HISTORY,
        )?)
    }
}

fn limits(options: &DevnetOptions, count: usize) -> Limits {
    let default = Limits::default();
    // offenders can be removed until two validators of a chain are left
    let min_validators = options.validators.min(2);
    // some do not fit into the masterchain's set, so that places are contested
    let fitting = u16::try_from(count - count / 3).unwrap_or(u16::MAX);
    Limits {
        min_validators,
        main_validators: fitting.clamp(min_validators, default.main_validators),
        evidence_window_s: options.periods.evidence_s,
        min_unlock_period_s: options.periods.evidence_s + 1,
        ..default
    }
}
