//! Genesis of a network: chains, validators with their Roots and stakes, and a faucet.

use ddvs_client::OwnerWallet;
use ddvs_types::{COIN_U64, MASTERCHAIN};
use ddvs_zerostate::{AccountSpec, ChainSpec, Limits, Prices, Spec, Terms, ValidatorSpec};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use crate::TychoError;
use crate::keys::StoredKey;
use crate::options::NetworkOptions;

/// Stake of a genesis validator, in coins.
const GENESIS_STAKE: u64 = 100_000;
/// Coins of a validator's owner besides the stake.
const OWNER_BALANCE: u64 = 100_000;
/// Coins of the faucet on each chain.
const FAUCET_BALANCE: u64 = 100_000_000;

/// Participants of the genesis.
#[derive(Debug, Clone)]
pub struct People {
    /// Keys of all nodes; the first ones validate.
    pub nodes: Vec<StoredKey>,
    /// Keys of the owners of the genesis Roots, one for each validator.
    pub owners: Vec<StoredKey>,
    /// Key of the faucet's account, the source of all test coins.
    pub faucet: StoredKey,
}

impl People {
    /// Generates all keys.
    pub fn generate(options: &NetworkOptions) -> Result<Self, TychoError> {
        let keys = |count: u16| (0..count).map(|_| StoredKey::generate()).collect();
        let keys: &dyn Fn(u16) -> Result<Vec<_>, _> = &keys;
        Ok(Self {
            nodes: keys(options.nodes)?,
            owners: keys(options.validators)?,
            faucet: StoredKey::generate()?,
        })
    }
}

/// Returns the workchain of genesis validator `index`'s Root.
fn home_of(index: u16, workchains: u8) -> i8 {
    (index % u16::from(workchains)) as i8
}

/// A key or account without an owner: a candidate without a node does nothing.
fn nobodys(what: u8, chain: i8, number: u32) -> HashBytes {
    let mut id = [what; 32];
    id[0] = chain.cast_unsigned();
    id[1..5].copy_from_slice(&number.to_be_bytes());
    HashBytes(id)
}

/// Periods of a network for the demo, in seconds: the same as on an embedded network.
const STORY_LOCK_PERIOD: u32 = 60;
const STORY_UNLOCK_PERIOD: u32 = 120;
const STORY_EVIDENCE_WINDOW: u32 = 100;

fn terms(options: &NetworkOptions) -> Terms {
    if !options.story {
        return Terms::default();
    }
    Terms {
        lock_period: STORY_LOCK_PERIOD,
        unlock_period: STORY_UNLOCK_PERIOD,
        ..Terms::default()
    }
}

fn limits(options: &NetworkOptions) -> Limits {
    let limits = Limits::default();
    if !options.story {
        return Limits {
            main_validators: options.set_size.unwrap_or(limits.main_validators),
            ..limits
        };
    }
    Limits {
        main_validators: options.set_size.unwrap_or(options.validators),
        slash_bp: 5_000,
        evidence_window_s: STORY_EVIDENCE_WINDOW,
        min_unlock_period_s: STORY_EVIDENCE_WINDOW + 1,
        ..limits
    }
}

/// Returns the spec of the network. `global_id` is its param 19, `start_time` is in Unix seconds.
pub fn spec(
    options: &NetworkOptions,
    people: &People,
    global_id: i32,
    start_time: u32,
) -> Result<Spec, TychoError> {
    let wallet = |key: &StoredKey, chain: i8| {
        OwnerWallet::new(key.secret.0, chain, global_id)
            .map_err(|cause| TychoError::fault("building a wallet", cause))
    };
    let chain = |id| ChainSpec {
        id,
        block_time_ms: options.block_time_ms.into(),
    };
    let workchains = 0..options.workchains as i8;
    let mut accounts = Vec::new();
    let mut account = |wallet: &OwnerWallet, coins: u64| {
        accounts.push(AccountSpec {
            address: wallet.address().clone(),
            state_init: None,
            balance_nano: coins * COIN_U64,
        });
    };
    let mut validators = Vec::new();
    for (index, (owner, node)) in people.owners.iter().zip(&people.nodes).enumerate() {
        let home = home_of(index as u16, options.workchains);
        let owner = wallet(owner, home)?;
        account(&owner, OWNER_BALANCE);
        validators.push(ValidatorSpec {
            chain: home,
            owner: owner.address().clone(),
            key: node.public,
            stake_nano: GENESIS_STAKE * COIN_U64,
            terms: terms(options),
        });
    }
    for id in workchains.clone() {
        for number in 1..=options.candidates {
            validators.push(ValidatorSpec {
                chain: id,
                owner: StdAddr::new(id, nobodys(0xaa, id, number)),
                key: nobodys(0xcd, id, number),
                stake_nano: Limits::default().min_stake_nano,
                terms: terms(options),
            });
        }
    }
    for id in std::iter::once(MASTERCHAIN).chain(workchains.clone()) {
        account(&wallet(&people.faucet, id)?, FAUCET_BALANCE);
    }
    let fewest = options.validators / u16::from(options.workchains);
    Ok(Spec {
        name: format!("tycho {start_time} {}", people.faucet.public),
        start_time,
        global_id,
        chains: std::iter::once(MASTERCHAIN)
            .chain(workchains)
            .map(chain)
            .collect(),
        limits: Limits {
            // one may leave each chain, if there is more than one
            min_validators: fewest.saturating_sub(1).clamp(1, 3),
            ..limits(options)
        },
        prices: Prices::default(),
        validators,
        accounts,
    })
}
