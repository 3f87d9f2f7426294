//! Config parameters that the engine needs in the masterchain besides those of every network. Values are the engine's
//! defaults unless a comment says why not.

use std::num::{NonZeroU8, NonZeroU16, NonZeroU32};

use ddvs_contracts::params::{DdvsParams, PARAM_DDVS};
use ddvs_zerostate::election_timings;
use tycho_types::cell::{Cell, CellBuilder, HashBytes};
use tycho_types::dict::Dict;
use tycho_types::error::Error;
use tycho_types::models::{
    BlockCreationRewards, BlockLimits, BlockParamLimits, BlockchainConfigParams, CollationConfig,
    ConsensusConfig, GlobalCapabilities, GlobalCapability, GlobalVersion, MsgsExecutionParams,
    WorkUnitsParams, WorkUnitsParamsExecute, WorkUnitsParamsFinalize, WorkUnitsParamsPrepare,
    WorkchainDescription,
};
use tycho_types::num::Tokens;

use crate::TychoError;
use crate::options::MIN_VALIDATORS;

/// Version that the engine reports.
const ENGINE_VERSION: u32 = 100;

/// The engine's description of one workchain.
pub(crate) struct WorkchainState {
    pub id: i8,
    pub root_hash: HashBytes,
    pub file_hash: HashBytes,
}

/// Returns param 200 of a config dictionary.
pub(crate) fn ddvs_params(root: Cell) -> Result<DdvsParams, TychoError> {
    let params = BlockchainConfigParams::from_raw(root);
    read_ddvs(&params).map_err(|cause| TychoError::fault("reading param 200", cause))
}

fn read_ddvs(params: &BlockchainConfigParams) -> Result<DdvsParams, Error> {
    let cell = params.get_raw_cell_ref(PARAM_DDVS)?;
    cell.ok_or(Error::InvalidData)?.parse()
}

/// Returns a config dictionary with another price of an operation.
pub(crate) fn with_op_value(root: Cell, op_value_nano: u64) -> Result<Cell, TychoError> {
    let mut params = BlockchainConfigParams::from_raw(root);
    let mut change = || -> Result<Option<Cell>, Error> {
        let ddvs = DdvsParams {
            op_value_nano,
            ..read_ddvs(&params)?
        };
        params.set_raw(PARAM_DDVS, CellBuilder::build_from(ddvs)?)?;
        Ok(params.as_dict().root().clone())
    };
    let root = change().map_err(|cause| TychoError::fault("writing param 200", cause))?;
    root.ok_or_else(|| TychoError::Options("the config is empty".into()))
}

/// Engine parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineRules {
    /// Minimum time between two masterchain blocks.
    pub block_time_ms: u32,
    /// Minimum time between two sets of the masterchain, which all nodes follow, in seconds.
    pub set_interval_s: u32,
    /// Whether a new set restarts the nodes' consensus, by a change of a byte in param 29.
    pub restarts_consensus: bool,
}

/// Returns the masterchain's config dictionary `root` with the parameters that the engine needs.
pub(crate) fn with_engine_params(
    root: Cell,
    workchains: &[WorkchainState],
    rules: EngineRules,
) -> Result<BlockchainConfigParams, TychoError> {
    let mut params = BlockchainConfigParams::from_raw(root);
    set_all(&mut params, workchains, rules)
        .map_err(|cause| TychoError::fault("building the engine's parameters", cause))?;
    Ok(params)
}

fn set_all(
    params: &mut BlockchainConfigParams,
    workchains: &[WorkchainState],
    rules: EngineRules,
) -> Result<(), Error> {
    let ddvs = DdvsParams {
        set_interval_s: rules.set_interval_s,
        least_set: MIN_VALIDATORS,
        restarts_consensus: rules.restarts_consensus,
        ..read_ddvs(params)?
    };
    // param 15 repeats two fields of param 200
    params.set_election_timings(&election_timings(
        ddvs.set_interval_s,
        ddvs.min_unlock_period_s,
    ))?;
    params.set_raw(PARAM_DDVS, CellBuilder::build_from(ddvs)?)?;
    params.set_global_version(&GlobalVersion {
        version: ENGINE_VERSION,
        // no creation statistics: with them, the number of a validator session is not sequential, and nodes that see
        // sets change quickly exit
        capabilities: GlobalCapabilities::from([
            GlobalCapability::CapBounceMsgBody,
            GlobalCapability::CapReportVersion,
            GlobalCapability::CapShortDequeue,
            GlobalCapability::CapFastStorageStat,
            GlobalCapability::CapOffHypercube,
            GlobalCapability::CapMyCode,
            GlobalCapability::CapFixTupleIndexBug,
        ]),
    })?;
    let mut described: Dict<i32, WorkchainDescription> = params.get_workchains()?;
    for state in workchains {
        if let Some(mut workchain) = described.get(i32::from(state.id))? {
            workchain.zerostate_root_hash = state.root_hash;
            workchain.zerostate_file_hash = state.file_hash;
            described.set(i32::from(state.id), &workchain)?;
        }
    }
    params.set_workchains(&described)?;
    // nothing is minted: coins are those of the zerostate
    params.set_block_creation_rewards(&BlockCreationRewards {
        masterchain_block_fee: Tokens::ZERO,
        basechain_block_fee: Tokens::ZERO,
    })?;
    for masterchain in [true, false] {
        params.set_block_limits(masterchain, &block_limits())?;
    }
    params.set_collation_config(&collation(rules.block_time_ms)?)?;
    params.set_consensus_config(&consensus())?;
    Ok(())
}

fn block_limits() -> BlockLimits {
    let limits = |underload, soft_limit, hard_limit| BlockParamLimits {
        underload,
        soft_limit,
        hard_limit,
    };
    BlockLimits {
        bytes: limits(1_000, 10_000, 20_000),
        gas: limits(900_000, 15_000_000, 80_000_000),
        lt_delta: limits(1_000, 20_000, 50_000),
    }
}

fn collation(block_time_ms: u32) -> Result<CollationConfig, Error> {
    let mut group_slots_fractions = Dict::<u16, u8>::new();
    group_slots_fractions.set(0, 80)?;
    group_slots_fractions.set(1, 10)?;
    Ok(CollationConfig {
        shuffle_mc_validators: true,
        mc_block_min_interval_ms: block_time_ms,
        // the proportions of the defaults: where empty workchain blocks are nearly as frequent as the masterchain's,
        // nodes reach different decisions about the next block, and the network halts
        mc_block_max_interval_ms: block_time_ms.saturating_mul(3),
        empty_sc_block_interval_ms: block_time_ms.saturating_mul(5),
        max_uncommitted_chain_length: 31,
        msgs_exec_params: MsgsExecutionParams {
            buffer_limit: 10_000,
            group_limit: 100,
            group_vert_size: 10,
            externals_expire_timeout: 58,
            open_ranges_limit: 20,
            par_0_int_msgs_count_limit: 100_000,
            par_0_ext_msgs_count_limit: 10_000_000,
            group_slots_fractions,
            range_messages_limit: 10_000,
        },
        wu_used_to_import_next_anchor: 1_200_000_000,
        work_units_params: work_units(),
    })
}

fn work_units() -> WorkUnitsParams {
    // both numbers are at most 99
    let fraction = |numerator: u16, denominator: u16| numerator * 100 + denominator;
    WorkUnitsParams {
        prepare: WorkUnitsParamsPrepare {
            fixed_part: 1_000_000,
            msgs_stats: 0,
            remaning_msgs_stats: 0,
            read_ext_msgs: 400,
            read_int_msgs: 2_300,
            read_new_msgs: 750,
            add_to_msg_groups: 130,
        },
        execute: WorkUnitsParamsExecute {
            prepare: 57_000,
            execute_err: 0,
            execute: 8_000,
            execute_delimiter: 1_000,
            serialize_enqueue: 80,
            serialize_dequeue: 80,
            insert_new_msgs: 80,
            subgroup_size: 16,
        },
        finalize: WorkUnitsParamsFinalize {
            build_transactions: 160,
            build_accounts: 400,
            build_in_msg: 130,
            build_out_msg: 130,
            serialize_min: 2_500_000,
            serialize_accounts: 2_600,
            serialize_msg: 2_600,
            state_update_min: 1_000_000,
            state_update_accounts: 700,
            state_update_msg: fraction(4, 25),
            create_diff: 900,
            serialize_diff: fraction(1, 5),
            apply_diff: 2_000,
            diff_tail_len: 1_300,
        },
    }
}

/// Small networks agree quickly, so less history than the defaults is enough, and a change of the set takes effect
/// sooner.
fn consensus() -> ConsensusConfig {
    const fn u8s(n: u8) -> NonZeroU8 {
        NonZeroU8::MIN.saturating_add(n - 1)
    }
    const fn u16s(n: u16) -> NonZeroU16 {
        NonZeroU16::MIN.saturating_add(n - 1)
    }
    const fn u32s(n: u32) -> NonZeroU32 {
        NonZeroU32::MIN.saturating_add(n - 1)
    }
    ConsensusConfig {
        clock_skew_millis: u16s(5_000),
        payload_batch_bytes: u32s(768 << 10),
        sticky_anchors: 0,
        commit_history_rounds: u8s(8),
        deduplicate_rounds: 10,
        max_consensus_lag_rounds: u16s(40),
        payload_buffer_bytes: u32s(50 << 20),
        broadcast_retry_millis: u16s(100),
        download_retry_millis: u16s(25),
        download_peers: u8s(2),
        min_sign_attempts: u8s(2),
        download_peer_queries: u8s(10),
        sync_support_rounds: u16s(30),
    }
}
