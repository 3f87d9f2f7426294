//! Builds all accounts of all chains.

use std::collections::{BTreeMap, BTreeSet};

use ddvs_chain::{ChainGenesis, GenesisAccount};
use ddvs_contracts::storage::{ChainRegistry, DElectorStorage, Local, Pending, Total};
use ddvs_contracts::{Codes, Network, address};
use ddvs_types::{COIN_U64, MASTERCHAIN};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::error::Error;
use tycho_types::models::{StateInit, StdAddr};
use tycho_types::num::Tokens;

use crate::registry::Member;
use crate::{Spec, SpecError, config, description, pool, registry};

/// Initial balance of a D'Elector.
const DELECTOR_BALANCE: u64 = 1_000 * COIN_U64;

/// A network before its first block.
#[derive(Debug, Clone)]
pub struct Zerostate {
    /// The network in all static data.
    pub network: Network,
    /// The genesis description, whose hash is the genesis hash.
    pub description: Cell,
    /// Unix time.
    pub start_time: u32,
    /// Chains by ascending id.
    pub chains: Vec<ZeroChain>,
    /// Addresses of the genesis Roots, in the order of the spec.
    pub roots: Vec<StdAddr>,
}

/// One chain before its first block.
#[derive(Debug, Clone)]
pub struct ZeroChain {
    /// -1 for the masterchain.
    pub id: i8,
    /// Time between blocks.
    pub block_time_ms: u64,
    /// Address of its D'Elector & Config.
    pub delector: StdAddr,
    /// Code hash of its D'Elector & Config.
    pub delector_code_hash: HashBytes,
    /// All its accounts, the D'Elector first.
    pub accounts: Vec<ZeroAccount>,
}

/// An account before the first block.
#[derive(Debug, Clone)]
pub struct ZeroAccount {
    /// Its address.
    pub address: StdAddr,
    /// Code and data; without them it only holds coins.
    pub state_init: Option<StateInit>,
    /// Its balance.
    pub balance_nano: u128,
}

impl Zerostate {
    /// Returns the chains in the form from which [`ddvs_chain`] starts.
    pub fn chain_genesis(&self) -> Vec<ChainGenesis> {
        let account = |account: &ZeroAccount| GenesisAccount {
            address: account.address.clone(),
            state_init: account.state_init.clone(),
            balance_nano: account.balance_nano,
        };
        let chain = |chain: &ZeroChain| ChainGenesis {
            id: chain.id,
            block_time_ms: chain.block_time_ms,
            delector: chain.delector.clone(),
            delector_code_hash: chain.delector_code_hash,
            accounts: chain.accounts.iter().map(account).collect(),
        };
        self.chains.iter().map(chain).collect()
    }

    /// Time at which the network starts, in ms since 1970.
    pub fn start_time_ms(&self) -> u64 {
        u64::from(self.start_time) * 1_000
    }
}

/// Builds the zerostate.
///
/// Fails only when the spec describes a network that could not run.
pub fn build(spec: &Spec) -> Result<Zerostate, SpecError> {
    build_with(spec, &Codes::default())
}

/// Like [`build`], with other contracts than the committed ones: another network, by its genesis hash.
pub fn build_with(spec: &Spec, codes: &Codes) -> Result<Zerostate, SpecError> {
    spec.check()?;
    let description = description::describe(spec, codes)?;
    let net = Network::with_codes(*description.repr_hash(), codes);
    let (members, roots) = members(spec, codes, &net)?;
    let registries = registries(spec, &members)?;

    let mut chains = Vec::new();
    for id in spec.chain_ids() {
        let delector = address::delector_address(&net, id)?;
        let mut accounts = vec![delector_account(
            spec,
            codes,
            &net,
            id,
            &members,
            &registries,
        )?];
        for (validator, root) in spec.validators.iter().zip(&roots) {
            if validator.chain == id {
                accounts.extend(pool::accounts(
                    validator,
                    codes,
                    &net,
                    root,
                    spec.start_time,
                )?);
            }
        }
        for account in spec
            .accounts
            .iter()
            .filter(|account| account.address.workchain == id)
        {
            accounts.push(ZeroAccount {
                address: account.address.clone(),
                state_init: account.state_init.clone(),
                balance_nano: account.balance_nano.into(),
            });
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = accounts
            .iter()
            .find(|account| !seen.insert(account.address.address))
        {
            return Err(SpecError::AccountTwice(twice.address.to_string()));
        }
        let block_time_ms = spec
            .chains
            .iter()
            .find(|chain| chain.id == id)
            .map_or(0, |chain| chain.block_time_ms);
        let delector_code_hash = net.delector_code_hash;
        chains.push(ZeroChain {
            id,
            block_time_ms,
            delector,
            delector_code_hash,
            accounts,
        });
    }
    Ok(Zerostate {
        network: net,
        description,
        start_time: spec.start_time,
        chains,
        roots,
    })
}

fn members(
    spec: &Spec,
    codes: &Codes,
    net: &Network,
) -> Result<(Vec<Member>, Vec<StdAddr>), SpecError> {
    let (mut members, mut roots) = (Vec::new(), Vec::new());
    let (mut keys, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for (index, validator) in spec.validators.iter().enumerate() {
        let chain = validator.chain;
        let state = address::root_state_init_with(codes, net, chain, &validator.root_terms())?;
        let root = address::address_of(chain, &state)?;
        if !keys.insert(validator.key) || !ids.insert(root.clone()) {
            return Err(SpecError::Twice(index));
        }
        members.push(Member {
            chain: validator.chain,
            root: root.address,
            key: validator.key,
            stake_nano: validator.stake_nano,
        });
        roots.push(root);
    }
    Ok((members, roots))
}

fn registries(spec: &Spec, members: &[Member]) -> Result<Dict<i8, ChainRegistry>, Error> {
    let mut registries = BTreeMap::new();
    for id in spec.chain_ids() {
        let own: Vec<_> = members.iter().filter(|member| member.chain == id).collect();
        registries.insert(
            id,
            registry::registry(&own, spec.limits.min_stake_nano, spec.start_time)?,
        );
    }
    let mut dict = Dict::new();
    for (id, registry) in registries {
        dict.set(id, registry)?;
    }
    Ok(dict)
}

fn delector_account(
    spec: &Spec,
    codes: &Codes,
    net: &Network,
    chain: i8,
    members: &[Member],
    registries: &Dict<i8, ChainRegistry>,
) -> Result<ZeroAccount, Error> {
    let ranking = if chain == MASTERCHAIN {
        let all: Vec<_> = members.iter().collect();
        registry::ranking(&all, spec.limits.main_validators)?
    } else {
        let own: Vec<_> = members
            .iter()
            .filter(|member| member.chain == chain)
            .collect();
        registry::ranking(&own, spec.limits.max_validators)?
    };
    let set = registry::validator_set(&ranking, spec.start_time)?;
    let local = Local {
        waiting: Dict::new(),
        head: 0,
        tail: 0,
        closed_end: 0,
        batch_items: 0,
        partial: false,
        in_flight: false,
        ask_due: false,
        set_dirty: false,
        published_at: spec.start_time,
        owed: Tokens::ZERO,
        cast: Dict::new(),
        cast_count: 0,
        cast_at: 0,
        look_at: 0,
        rare: None,
        ranking: Lazy::new(&ranking)?,
    };
    let total = registries
        .values()
        .map(|registry| Ok(registry?.total.into_inner()))
        .sum::<Result<u128, Error>>()?;
    let storage = DElectorStorage {
        config: config::dictionary(spec, codes, net, chain, set)?,
        registries: registries.clone(),
        pending: Pending::default(),
        local: Lazy::new(&local)?,
        genesis: net.genesis,
        chain,
        treasury: Tokens::ZERO,
        changes: 0,
        total: Total(total),
        moved: Total::default(),
        open: 0,
        unvouched: 0,
        awake: 0,
        wake_at: Total::default(),
    };
    Ok(ZeroAccount {
        address: address::delector_address(net, chain)?,
        state_init: Some(address::state_init(
            codes.delector.clone(),
            CellBuilder::build_from(storage)?,
        )),
        balance_nano: DELECTOR_BALANCE.into(),
    })
}
