//! The zerostate: the first state of a network, and the checks before it starts.

mod encode;

use std::collections::{BTreeMap, BTreeSet};

use ddvs_types::{ChainId, MASTERCHAIN};
use tycho_types::cell::HashBytes;
use tycho_types::models::{ShardAccounts, StateInit, StdAddr};
use tycho_types::num::Tokens;

use crate::GenesisRefusal;
use crate::chain::MAX_COINS_NANO;
use crate::config::{self, ChainConfig, ConfigError};

/// Maximum number of chains in a network: each new block looks at one queue for each of them.
pub const MAX_CHAINS: usize = 64;

/// An account of the zerostate.
#[derive(Debug, Clone)]
pub struct GenesisAccount {
    /// Its address.
    pub address: StdAddr,
    /// Code and data. `None` makes an account that only holds coins until it is deployed.
    pub state_init: Option<StateInit>,
    /// Its balance in nano.
    pub balance_nano: u128,
}

/// A chain of the zerostate.
#[derive(Debug, Clone)]
pub struct ChainGenesis {
    /// -1 for the masterchain, 0 and above for workchains.
    pub id: ChainId,
    /// Time between two blocks, at least 1 ms.
    pub block_time_ms: u64,
    /// Address of the chain's D'Elector, which must be among `accounts`.
    pub delector: StdAddr,
    /// Hash that the D'Elector's code must have.
    pub delector_code_hash: HashBytes,
    /// All accounts of the chain, in any order.
    pub accounts: Vec<GenesisAccount>,
}

/// A chain of the zerostate that passed all checks.
#[derive(Debug)]
pub struct CheckedChain {
    pub(crate) id: ChainId,
    pub(crate) block_time_ms: u64,
    pub(crate) delector: StdAddr,
    pub(crate) accounts: ShardAccounts,
    pub(crate) balance_nano: u128,
    pub(crate) config: ChainConfig,
    pub(crate) start_time_ms: u64,
}

impl CheckedChain {
    /// Its id.
    pub fn id(&self) -> ChainId {
        self.id
    }

    /// Time between two of its blocks, in ms.
    pub fn block_time_ms(&self) -> u64 {
        self.block_time_ms
    }
}

/// Checks everything that must hold before a network of these chains may start, and returns them by ascending id.
///
/// Fails only with a refusal that describes the problem.
pub fn check(
    chains: Vec<ChainGenesis>,
    start_time_ms: u64,
) -> Result<Vec<CheckedChain>, GenesisRefusal> {
    if chains.len() > MAX_CHAINS {
        let found = chains.len();
        return Err(GenesisRefusal::TooManyChains {
            found,
            limit: MAX_CHAINS,
        });
    }
    let now = u32::try_from(start_time_ms / 1000)
        .map_err(|_| GenesisRefusal::StartTime(start_time_ms))?;
    let ids = check_ids(&chains)?;
    check_account_ids(&chains)?;
    let mut checked = Vec::with_capacity(chains.len());
    for chain in chains {
        checked.push(check_chain(chain, &ids, start_time_ms, now)?);
    }
    checked.sort_by_key(|chain| chain.id);
    let total = checked
        .iter()
        .try_fold(0u128, |sum, chain| sum.checked_add(chain.balance_nano));
    match total {
        Some(total) if total <= MAX_COINS_NANO => Ok(checked),
        _ => Err(GenesisRefusal::SupplyOverflow),
    }
}

fn check_ids(chains: &[ChainGenesis]) -> Result<BTreeSet<ChainId>, GenesisRefusal> {
    let mut ids = BTreeSet::new();
    for chain in chains {
        if chain.id < MASTERCHAIN {
            return Err(GenesisRefusal::ChainId(chain.id));
        }
        if !ids.insert(chain.id) {
            return Err(GenesisRefusal::DuplicateChain(chain.id));
        }
        if chain.block_time_ms == 0 {
            return Err(GenesisRefusal::BlockTime(chain.id));
        }
    }
    if !ids.contains(&MASTERCHAIN) {
        return Err(GenesisRefusal::NoMasterchain);
    }
    Ok(ids)
}

fn check_account_ids(chains: &[ChainGenesis]) -> Result<(), GenesisRefusal> {
    let mut holders = BTreeMap::<HashBytes, ChainId>::new();
    for chain in chains {
        for account in &chain.accounts {
            let address = &account.address;
            if address.workchain != chain.id || address.anycast.is_some() {
                let address = address.clone();
                return Err(GenesisRefusal::ForeignAccount {
                    chain: chain.id,
                    address,
                });
            }
            if let Some(first) = holders.insert(address.address, chain.id) {
                let (id, second) = (address.address, chain.id);
                return Err(GenesisRefusal::DuplicateAccount { id, first, second });
            }
        }
    }
    Ok(())
}

fn check_chain(
    chain: ChainGenesis,
    ids: &BTreeSet<ChainId>,
    start_time_ms: u64,
    now: u32,
) -> Result<CheckedChain, GenesisRefusal> {
    let ChainGenesis {
        id,
        block_time_ms,
        delector,
        delector_code_hash,
        mut accounts,
    } = chain;
    let data = {
        let state = accounts
            .iter()
            .find(|account| account.address == delector)
            .and_then(|account| account.state_init.as_ref())
            .ok_or_else(|| GenesisRefusal::DelectorMissing {
                chain: id,
                address: delector.clone(),
            })?;
        let found = state
            .code
            .as_ref()
            .map_or(HashBytes::ZERO, |code| *code.repr_hash());
        if found != delector_code_hash {
            let expected = delector_code_hash;
            return Err(GenesisRefusal::DelectorCode {
                chain: id,
                expected,
                found,
            });
        }
        state.data.clone()
    };
    let config = config::dictionary(data.as_ref())
        .and_then(|dict| ChainConfig::parse(id, delector.address, &dict, now, None))
        .map_err(|error| match error {
            ConfigError::Missing(param) => GenesisRefusal::ParamMissing { chain: id, param },
            other => GenesisRefusal::Config {
                chain: id,
                reason: other.to_string(),
            },
        })?;
    for &workchain in ids {
        if !config.accepts_messages_to(workchain) {
            return Err(GenesisRefusal::WorkchainUnlisted {
                chain: id,
                workchain,
            });
        }
    }
    accounts.sort_unstable_by_key(|account| account.address.address);
    let mut entries = Vec::with_capacity(accounts.len());
    let mut balance_nano = 0u128;
    for account in accounts {
        let special = config.parsed.is_special(&account.address);
        balance_nano = balance_nano
            .checked_add(account.balance_nano)
            .filter(|sum| *sum <= Tokens::MAX.into_inner())
            .ok_or(GenesisRefusal::SupplyOverflow)?;
        let address = account.address.clone();
        let entry =
            encode::account(account, now, special).map_err(|error| GenesisRefusal::Account {
                address,
                reason: error.to_string(),
            })?;
        entries.extend(entry);
    }
    let accounts =
        ShardAccounts::try_from_sorted_slice(&entries).map_err(|e| GenesisRefusal::Config {
            chain: id,
            reason: format!("accounts: {e}"),
        })?;
    Ok(CheckedChain {
        id,
        block_time_ms,
        delector,
        accounts,
        balance_nano,
        config,
        start_time_ms,
    })
}
