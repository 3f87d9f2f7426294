//! Pools: the registered Roots, and their state.

use std::collections::BTreeMap;

use ddvs_client::{Backend, DePoolRoot, MASTERCHAIN};
use ddvs_contracts::RootTerms;
use ddvs_contracts::storage::RootState;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use crate::standing::{self, Standing};
use crate::{NetworkContext, PeopleError};

/// A registered Root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The Root.
    pub address: StdAddr,
    /// Stake that counts, in nano; zero if it has left.
    pub stake_nano: u128,
    /// Its consensus key.
    pub key: HashBytes,
    /// Unix time at which it joined, left or changed its key.
    pub since: u32,
}

/// A pool with its state.
#[derive(Debug, Clone)]
pub struct Pool {
    /// The Root.
    pub root: DePoolRoot,
    /// Its state.
    pub state: RootState,
    /// Its key that counts.
    pub key: Option<HashBytes>,
    /// The key to be counted next.
    pub next_key: Option<HashBytes>,
    /// Its status.
    pub standing: Standing,
    /// Its coins, in nano.
    pub balance_nano: u128,
}

impl Pool {
    /// Reads a pool.
    ///
    /// Fails with a refusal when there is no Root of this network at the address.
    pub fn read(
        backend: &dyn Backend,
        context: &NetworkContext,
        address: &StdAddr,
    ) -> Result<Self, PeopleError> {
        context.check_chain(address.workchain)?;
        let root = fetch(backend, context, address)?;
        let state = root.state(backend)?;
        let fault = PeopleError::codec("reading a pool");
        let (key, next_key) = state.keys_of().map_err(&fault)?;
        Ok(Self {
            key,
            next_key,
            standing: standing::standing(backend, context, address, &state)?,
            balance_nano: backend.account(address)?.balance_nano,
            root,
            state,
        })
    }

    /// Its terms.
    pub fn terms(&self) -> &RootTerms {
        self.root.terms()
    }

    /// Returns all stake, in nano.
    pub fn active_nano(&self) -> u128 {
        self.state.active_nano()
    }
}

/// Returns the Root at an address.
///
/// Fails with a refusal and advice when there is none of this network.
pub fn fetch(
    backend: &dyn Backend,
    context: &NetworkContext,
    address: &StdAddr,
) -> Result<DePoolRoot, PeopleError> {
    let none = || {
        PeopleError::cannot(
            format!("there is no pool of this network at {address}"),
            "`ddvs query pools` lists all of them",
        )
    };
    if backend.account(address)?.data().is_none() {
        return Err(none());
    }
    DePoolRoot::fetch(backend, &context.network, address).map_err(|_| none())
}

/// Returns all registered Roots except removed ones, by the time of joining, then chain and address: on a new network the
/// genesis pools come first. Each comes from its own chain's copy, since the others learn of a change later, and not at all from
/// a silent chain.
///
/// Fails only when a workchain's D'Elector cannot be read.
pub fn registered(
    backend: &dyn Backend,
    context: &NetworkContext,
) -> Result<Vec<Registered>, PeopleError> {
    let fault = PeopleError::codec("reading the registries");
    let mut found = Vec::new();
    for &chain in context.chains.iter().filter(|&&chain| chain != MASTERCHAIN) {
        let registry = context.delector(chain)?.registry(backend, chain)?;
        for entry in registry.roots.iter() {
            let (id, entry) = entry.map_err(&fault)?;
            if entry.is_removed {
                continue;
            }
            found.push(Registered {
                address: StdAddr::new(chain, id),
                stake_nano: entry.stake.into_inner(),
                key: entry.key,
                since: entry.since,
            });
        }
    }
    found.sort_by(|one, other| (one.since, &one.address).cmp(&(other.since, &other.address)));
    Ok(found)
}

/// Returns the Root of each consensus key, including those of the last evidence window, from the copy on a chain. A set is
/// written from its own chain's copy.
///
/// Fails only when that copy cannot be read.
pub fn by_key(
    backend: &dyn Backend,
    context: &NetworkContext,
    copy: i8,
) -> Result<BTreeMap<HashBytes, StdAddr>, PeopleError> {
    let storage = context.delector(copy)?.storage(backend)?;
    let fault = PeopleError::codec("reading the registries");
    let mut found = BTreeMap::new();
    for registry in storage.registries.iter() {
        let (chain, registry) = registry.map_err(&fault)?;
        for entry in registry.keys.iter() {
            let (key, entry) = entry.map_err(&fault)?;
            found.insert(key, StdAddr::new(chain, *entry.root()));
        }
    }
    Ok(found)
}

/// Holder of a consensus key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The Root.
    pub root: StdAddr,
    /// Whether the key was removed for misbehaviour.
    pub is_removed: bool,
    /// Unix time at which the Root took another key; `None` while it is in use.
    pub retired_at: Option<u32>,
}

/// Returns the Root that holds or held a key, by the registries of the masterchain's copy, or of the copy on `chain`.
///
/// Fails only when that copy cannot be read.
pub fn holder(
    backend: &dyn Backend,
    context: &NetworkContext,
    key: &HashBytes,
    copy: i8,
) -> Result<Option<Holder>, PeopleError> {
    let storage = context.delector(copy)?.storage(backend)?;
    let fault = PeopleError::codec("reading the registries");
    let holders = storage.holders(key).map_err(fault)?;
    let first = holders.into_iter().next();
    Ok(first.map(|(root, entry)| Holder {
        root,
        is_removed: entry.is_removed(),
        retired_at: entry.retired_at(),
    }))
}
