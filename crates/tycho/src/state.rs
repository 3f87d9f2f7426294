//! The states of all chains before their first block, in the engine's import format.

mod account;

use ddvs_contracts::storage::DElectorStorage;
use ddvs_types::MASTERCHAIN;
use ddvs_zerostate::{ZeroAccount, ZeroChain, Zerostate};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};
use tycho_types::dict::AugDict;
use tycho_types::models::{
    BlockchainConfig, BlockchainConfigParams, ConsensusInfo, CurrencyCollection, DepthBalanceInfo,
    GenesisInfo, McStateExtra, ShardAccounts, ShardDescription, ShardHashes, ShardIdent,
    ShardStateUnsplit, ValidatorInfo,
};

use crate::TychoError;
use crate::params::{self, EngineRules, WorkchainState};

/// The state of one chain, as a file.
#[derive(Debug, Clone)]
pub struct StateFile {
    /// The chain.
    pub chain: i8,
    /// Hash of its root cell.
    pub root_hash: HashBytes,
    /// BLAKE3 of the file.
    pub file_hash: HashBytes,
    /// The file.
    pub bytes: Vec<u8>,
}

impl StateFile {
    fn new(chain: i8, state: &ShardStateUnsplit) -> Result<Self, tycho_types::error::Error> {
        let root = CellBuilder::build_from(state)?;
        let bytes = Boc::encode(&root);
        Ok(Self {
            chain,
            root_hash: *root.repr_hash(),
            file_hash: Boc::file_hash_blake(&bytes),
            bytes,
        })
    }
}

/// Builds all files, the masterchain's first.
///
/// Fails only when a chain has no D'Elector, or an account cannot be built.
pub fn state_files(
    zerostate: &Zerostate,
    global_id: i32,
    rules: EngineRules,
) -> Result<Vec<StateFile>, TychoError> {
    let build = |chain: &ZeroChain, accounts: &[ZeroAccount]| {
        shard_state(chain.id, accounts, zerostate.start_time, global_id)
    };
    let mut files = Vec::new();
    let mut main = None;
    for chain in &zerostate.chains {
        check_delector(chain)?;
        if chain.id == MASTERCHAIN {
            main = Some(chain);
        }
    }
    let main = main.ok_or_else(|| TychoError::Options("the masterchain is missing".into()))?;
    for chain in &zerostate.chains {
        if chain.id == MASTERCHAIN {
            continue;
        }
        let accounts = workchain_config(chain, main)?;
        let state = build(chain, &accounts)?;
        files.push(StateFile::new(chain.id, &state).map_err(fault(chain.id))?);
    }
    let workchains: Vec<_> = files
        .iter()
        .map(|file| WorkchainState {
            id: file.chain,
            root_hash: file.root_hash,
            file_hash: file.file_hash,
        })
        .collect();
    let (accounts, config) = engine_config(main, &workchains, rules)?;
    let mut state = build(main, &accounts)?;
    add_masterchain(&mut state, &workchains, main, config).map_err(fault(MASTERCHAIN))?;
    files.insert(
        0,
        StateFile::new(MASTERCHAIN, &state).map_err(fault(MASTERCHAIN))?,
    );
    Ok(files)
}

fn fault<E: Into<anyhow::Error>>(chain: i8) -> impl FnOnce(E) -> TychoError {
    move |cause| TychoError::fault(format!("building the zerostate of chain {chain}"), cause)
}

/// No chain starts without it.
fn check_delector(chain: &ZeroChain) -> Result<(), TychoError> {
    let found = chain
        .accounts
        .iter()
        .find(|account| account.address == chain.delector)
        .and_then(|account| account.state_init.as_ref()?.code.as_ref());
    if found.is_none_or(|code| *code.repr_hash() != chain.delector_code_hash) {
        return Err(TychoError::Options(format!(
            "chain {} has no D'Elector & Config: no chain starts without it",
            chain.id
        )));
    }
    Ok(())
}

/// Returns the masterchain's accounts, with the engine's parameters in the config of its D'Elector.
fn engine_config(
    main: &ZeroChain,
    workchains: &[WorkchainState],
    rules: EngineRules,
) -> Result<(Vec<ZeroAccount>, BlockchainConfigParams), TychoError> {
    let mut params = None;
    let accounts = with_config(main, |config| {
        let made = params::with_engine_params(config, workchains, rules)?;
        let root = made.as_dict().root().clone();
        params = Some(made);
        root.ok_or_else(|| TychoError::Options("the config is empty".into()))
    })?;
    let params = params.ok_or_else(|| TychoError::Options("the config is empty".into()))?;
    Ok((accounts, params))
}

/// Returns a workchain's accounts. On this engine the wallets and Roots of all chains see the masterchain's
/// parameters, so every D'Elector must charge what those say.
fn workchain_config(chain: &ZeroChain, main: &ZeroChain) -> Result<Vec<ZeroAccount>, TychoError> {
    let op_value_nano = params::ddvs_params(config_of(main)?)?.op_value_nano;
    with_config(chain, |config| params::with_op_value(config, op_value_nano))
}

fn config_of(chain: &ZeroChain) -> Result<Cell, TychoError> {
    let mut found = None;
    with_config(chain, |config| {
        found = Some(config.clone());
        Ok(config)
    })?;
    found.ok_or_else(|| TychoError::Options("the config is empty".into()))
}

/// Returns the accounts of a chain with another config dictionary in its D'Elector.
fn with_config(
    chain: &ZeroChain,
    change: impl FnOnce(Cell) -> Result<Cell, TychoError>,
) -> Result<Vec<ZeroAccount>, TychoError> {
    let mut accounts = chain.accounts.clone();
    let delector = accounts
        .iter_mut()
        .find(|account| account.address == chain.delector)
        .and_then(|account| account.state_init.as_mut()?.data.as_mut());
    let data = delector.ok_or_else(|| TychoError::Options("the D'Elector has no data".into()))?;
    let mut storage: DElectorStorage = data.parse().map_err(fault(chain.id))?;
    storage.config = change(storage.config)?;
    *data = CellBuilder::build_from(storage).map_err(fault(chain.id))?;
    Ok(accounts)
}

fn shard_state(
    chain: i8,
    accounts: &[ZeroAccount],
    now: u32,
    global_id: i32,
) -> Result<ShardStateUnsplit, TychoError> {
    let build = || -> Result<_, anyhow::Error> {
        let mut state = ShardStateUnsplit {
            global_id,
            shard_ident: ShardIdent::new_full(chain.into()),
            gen_utime: now,
            min_ref_mc_seqno: u32::MAX,
            ..Default::default()
        };
        let mut shard = ShardAccounts::new();
        for account in accounts {
            let balance = CurrencyCollection::new(account.balance_nano);
            state.total_balance.try_add_assign(&balance)?;
            let depth_balance = DepthBalanceInfo {
                balance,
                split_depth: 0,
            };
            shard.set(
                account.address.address,
                depth_balance,
                account::shard_account(account, now)?,
            )?;
        }
        state.accounts = Lazy::new(&shard)?;
        Ok(state)
    };
    build().map_err(fault(chain))
}

/// Returns the part that only the masterchain's state has: the other chains, the config, and the start of consensus.
fn add_masterchain(
    state: &mut ShardStateUnsplit,
    workchains: &[WorkchainState],
    main: &ZeroChain,
    params: BlockchainConfigParams,
) -> Result<(), anyhow::Error> {
    let now = state.gen_utime;
    let shards: Vec<_> = workchains
        .iter()
        .map(|chain| {
            (
                ShardIdent::new_full(chain.id.into()),
                description(chain, now),
            )
        })
        .collect();
    let shuffle = params.get_collation_config()?.shuffle_mc_validators;
    let session = 0;
    let (_, validator_list_hash_short) = params
        .get_current_validator_set()?
        .compute_mc_subset(session, shuffle)
        .ok_or_else(|| anyhow::anyhow!("the first validator set is empty"))?;
    state.custom = Some(Lazy::new(&McStateExtra {
        shards: ShardHashes::from_shards(shards.iter().map(|(id, descr)| (id, descr)))?,
        config: BlockchainConfig {
            address: main.delector.address,
            params,
        },
        validator_info: ValidatorInfo {
            validator_list_hash_short,
            catchain_seqno: session,
            nx_cc_updated: true,
        },
        consensus_info: ConsensusInfo {
            vset_switch_round: 0,
            prev_vset_switch_round: 0,
            genesis_info: GenesisInfo {
                start_round: 0,
                genesis_millis: u64::from(now) * 1_000,
            },
            prev_shuffle_mc_validators: shuffle,
        },
        prev_blocks: AugDict::new(),
        after_key_block: true,
        last_key_block: None,
        block_create_stats: None,
        global_balance: state.total_balance.clone(),
    })?);
    Ok(())
}

fn description(chain: &WorkchainState, now: u32) -> ShardDescription {
    ShardDescription {
        seqno: 0,
        reg_mc_seqno: 0,
        start_lt: 0,
        end_lt: 0,
        root_hash: chain.root_hash,
        file_hash: chain.file_hash,
        before_split: false,
        before_merge: false,
        want_split: false,
        want_merge: false,
        nx_cc_updated: true,
        next_catchain_seqno: 0,
        ext_processed_to_anchor_id: 0,
        top_sc_block_updated: false,
        min_ref_mc_seqno: u32::MAX,
        gen_utime: now,
        split_merge_at: None,
        fees_collected: CurrencyCollection::ZERO,
        funds_created: CurrencyCollection::ZERO,
    }
}
