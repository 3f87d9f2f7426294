//! The config-params dictionary of one chain, numbered as on TON and Everscale.

use ddvs_contracts::params::{AcceptedRoot, AcceptedRoots, PARAM_DDVS, PARAM_ROOT_CODES};
use ddvs_contracts::{Codes, Network, address};
use ddvs_types::MASTERCHAIN;
use tycho_types::cell::{Cell, CellBuilder, CellFamily, HashBytes, Lazy, Store};
use tycho_types::dict::Dict;
use tycho_types::error::Error;
use tycho_types::models::{
    BlockLimits, BlockParamLimits, BlockchainConfig, BlockchainConfigParams, ElectionTimings,
    GasLimitsPrices, GlobalCapabilities, GlobalCapability, GlobalVersion, MsgForwardPrices,
    SizeLimitsConfig, StoragePrices, ValidatorCountParams, ValidatorStakeParams,
    WorkchainDescription, WorkchainFormat, WorkchainFormatBasic,
};
use tycho_types::num::Tokens;

use crate::{Prices, Spec};

const PARAM_CURRENT_SET: u32 = 34;
const PARAM_SIZE_LIMITS: u32 = 43;
/// Parameters that a node needs to start.
const MANDATORY: [u32; 17] = [
    0, 8, 9, 12, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 31, 34, 43,
];

/// Returns the root cell of the dictionary for `chain`; `set` is its first validator set.
pub(crate) fn dictionary(
    spec: &Spec,
    codes: &Codes,
    network: &Network,
    chain: i8,
    set: Cell,
) -> Result<Cell, Error> {
    let own = address::delector_address(network, chain)?.address;
    let mut params = BlockchainConfig::new_empty(own).params;
    // of the two addresses, tools read the first one, and engines pay the fees of blocks to the second one
    params.set_elector_address(&own)?;
    params.set_fee_collector_address(&own)?;
    params.set_global_version(&GlobalVersion {
        version: 12,
        // the executor always returns the first bits of a bounced body; other engines do so only if this says it
        capabilities: GlobalCapabilities::from([GlobalCapability::CapBounceMsgBody]),
    })?;
    params.set_mandatory_params(&MANDATORY)?;
    params.set_workchains(&workchains(spec)?)?;
    set_validator_limits(&mut params, spec)?;
    params.set_storage_prices(&[StoragePrices {
        utime_since: 0,
        bit_price_ps: 1,
        cell_price_ps: 500,
        mc_bit_price_ps: 1_000,
        mc_cell_price_ps: 500_000,
    }])?;
    params.set_global_id(spec.global_id)?;
    for masterchain in [true, false] {
        params.set_gas_prices(masterchain, &gas_prices(&spec.prices, masterchain))?;
        params.set_block_limits(masterchain, &block_limits(&spec.prices))?;
        params.set_msg_forward_prices(masterchain, &forward_prices(&spec.prices, masterchain))?;
    }
    // gas-free only where a stock engine makes it so: the masterchain's own copy
    let special = [address::delector_address(network, MASTERCHAIN)?.address];
    params.set_fundamental_addresses(&special)?;
    params.set_raw(PARAM_CURRENT_SET, set)?;
    params.set_raw(PARAM_SIZE_LIMITS, size_limits()?)?;
    let ddvs = spec
        .prices
        .params(&spec.limits, spec.chains.len(), chain == MASTERCHAIN);
    params.set_raw(PARAM_DDVS, CellBuilder::build_from(ddvs)?)?;
    params.set_raw(
        PARAM_ROOT_CODES,
        CellBuilder::build_from(accepted_roots(codes, network)?)?,
    )?;
    params.as_dict().root().clone().ok_or(Error::InvalidData)
}

fn accepted_roots(codes: &Codes, network: &Network) -> Result<AcceptedRoots, Error> {
    let mut accepted = Dict::new();
    accepted.set(
        network.root_code_hash,
        AcceptedRoot {
            code_depth: network.root_code_depth,
            network: Lazy::new(network)?,
            wallet_code: codes.depool_wallet.clone(),
        },
    )?;
    Ok(AcceptedRoots { codes: accepted })
}

fn workchains(spec: &Spec) -> Result<Dict<i32, WorkchainDescription>, Error> {
    let mut workchains = Dict::new();
    for id in spec.chain_ids().into_iter().filter(|&id| id != MASTERCHAIN) {
        workchains.set(i32::from(id), workchain(spec.start_time))?;
    }
    Ok(workchains)
}

/// Returns the description of a workchain in param 12: one that is never split, and exists since `enabled_since` (Unix
/// seconds).
pub fn workchain(enabled_since: u32) -> WorkchainDescription {
    WorkchainDescription {
        enabled_since,
        actual_min_split: 0,
        min_split: 0,
        max_split: 0,
        active: true,
        accept_msgs: true,
        zerostate_root_hash: HashBytes::ZERO,
        zerostate_file_hash: HashBytes::ZERO,
        version: 0,
        format: WorkchainFormat::Basic(WorkchainFormatBasic {
            vm_version: 0,
            vm_mode: 0,
        }),
    }
}

/// Params 15, 16 and 17 repeat limits of param 200, for tools that know only them.
fn set_validator_limits(params: &mut BlockchainConfigParams, spec: &Spec) -> Result<(), Error> {
    let limits = &spec.limits;
    params.set_election_timings(&election_timings(
        limits.set_interval_s,
        limits.min_unlock_period_s,
    ))?;
    params.set_validator_count_params(&ValidatorCountParams {
        max_validators: limits.max_validators,
        max_main_validators: limits.main_validators,
        min_validators: limits.min_validators,
    })?;
    params.set_validator_stake_params(&ValidatorStakeParams {
        min_stake: Tokens::new(limits.min_stake_nano.into()),
        max_stake: Tokens::new(limits.max_stake_nano.into()),
        min_total_stake: Tokens::new(limits.min_stake_nano.into()),
        max_stake_factor: u32::MAX,
    })?;
    Ok(())
}

fn factor(masterchain: bool) -> u64 {
    if masterchain {
        Prices::MASTERCHAIN_FACTOR
    } else {
        1
    }
}

fn gas_prices(prices: &Prices, masterchain: bool) -> GasLimitsPrices {
    let price = prices.gas_price_nano * factor(masterchain);
    GasLimitsPrices {
        gas_price: price << 16,
        gas_limit: prices.gas_limit,
        special_gas_limit: 100_000_000,
        gas_credit: 10_000,
        block_gas_limit: prices.block_gas_limit,
        freeze_due_limit: 100_000_000,
        delete_due_limit: 1_000_000_000,
        flat_gas_limit: 100,
        flat_gas_price: price * 100,
    }
}

fn forward_prices(prices: &Prices, masterchain: bool) -> MsgForwardPrices {
    let lump_price = prices.message_price_nano * factor(masterchain);
    MsgForwardPrices {
        lump_price,
        bit_price: (lump_price << 16) / 1_000,
        cell_price: (lump_price << 16) / 10,
        ihr_price_factor: 0,
        first_frac: 21_845,
        next_frac: 21_845,
    }
}

fn block_limits(prices: &Prices) -> BlockLimits {
    let limits = |hard_limit: u32| BlockParamLimits {
        underload: hard_limit / 8,
        soft_limit: hard_limit / 2,
        hard_limit,
    };
    BlockLimits {
        bytes: limits(4 << 20),
        gas: limits(u32::try_from(prices.block_gas_limit).unwrap_or(u32::MAX)),
        lt_delta: limits(100_000),
    }
}

/// Returns param 15 of a chain without elections: a set is in force for `set_interval_s` or longer, and stakes are held
/// for `min_unlock_period_s` or longer after they last counted.
pub fn election_timings(set_interval_s: u32, min_unlock_period_s: u32) -> ElectionTimings {
    ElectionTimings {
        // a round of no time at all would be a division by zero in tools
        validators_elected_for: set_interval_s.max(1),
        elections_start_before: 0,
        elections_end_before: 0,
        stake_held_for: min_unlock_period_s,
    }
}

/// Returns param 43: the limits that Tycho reads, then those that TON's engine reads after them under the same tag.
/// What Tycho takes as bits of an account, TON's engine takes as cells of one in the masterchain: no limit either way.
fn size_limits() -> Result<Cell, Error> {
    // a D'Elector with 20,000 Roots has some 300,000 cells
    let limits = SizeLimitsConfig {
        max_msg_bits: 1 << 21,
        max_msg_cells: 1 << 13,
        max_library_cells: 1_000,
        max_vm_data_depth: 512,
        max_ext_msg_size: 65_535,
        max_ext_msg_depth: 512,
        max_acc_state_cells: 1 << 20,
        max_acc_state_bits: (1 << 20) * 1_023,
        max_acc_public_libraries: 256,
        defer_out_queue_size_limit: 256,
    };
    let (max_extra_currencies, max_fixed_prefix_bits, min_storage_dict_cells) = (2, 8, 26);
    let mut builder = CellBuilder::new();
    limits.store_into(&mut builder, Cell::empty_context())?;
    builder.store_u32(max_extra_currencies)?;
    builder.store_u8(max_fixed_prefix_bits)?;
    builder.store_u32(min_storage_dict_cells)?;
    builder.build()
}
