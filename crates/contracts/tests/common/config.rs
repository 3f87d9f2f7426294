//! A config with stock prices and workchains 0 to 3.

use ddvs_contracts::params::{DdvsParams, PARAM_DDVS};
use tycho_executor::ParsedConfig;
use tycho_types::models::*;
use tycho_types::prelude::*;

/// Prices of the pool tests, with the message values that a network would charge.
pub fn params() -> DdvsParams {
    let prices = ddvs_zerostate::Prices::default();
    let charged = prices.params(&ddvs_zerostate::Limits::default(), 4, false);
    DdvsParams {
        min_validators: 1,
        max_validators: 100,
        main_validators: 21,
        max_batch: 20,
        max_roots: 10_000,
        max_queue: 1_000,
        min_stake_nano: 1_000_000_000_000,
        max_stake_nano: 1_000_000_000_000_000,
        churn_bp: 3_333,
        slash_bp: 1_000,
        evidence_window_s: 10,
        min_unlock_period_s: 20,
        set_interval_s: 0,
        op_value_nano: charged.op_value_nano,
        batch_value_nano: 300_000_000,
        item_value_nano: 50_000_000,
        answer_value_nano: charged.answer_value_nano,
        peer_value_nano: 50_000_000,
        reserve_nano: 1_000_000_000,
        max_lock_period_s: 10_000,
        max_unlock_period_s: 20_000,
        vote_value_nano: charged.vote_value_nano,
        entry_value_nano: charged.entry_value_nano,
        place_value_nano: charged.place_value_nano,
        ..DdvsParams::default()
    }
}

pub fn config() -> BlockchainConfig {
    config_with(params())
}

pub fn config_with(ddvs: DdvsParams) -> BlockchainConfig {
    let mut config = BlockchainConfig::new_empty(HashBytes([0x55; 32]));
    let params = &mut config.params;
    params
        .set_global_version(&GlobalVersion {
            version: 12,
            capabilities: Default::default(),
        })
        .unwrap();
    let mut workchains = Dict::new();
    for id in 0..4 {
        workchains.set(id, ddvs_zerostate::workchain(0)).unwrap();
    }
    params.set_workchains(&workchains).unwrap();
    params
        .set_storage_prices(&[StoragePrices {
            utime_since: 0,
            bit_price_ps: 1,
            cell_price_ps: 500,
            mc_bit_price_ps: 1_000,
            mc_cell_price_ps: 500_000,
        }])
        .unwrap();
    params.set_global_id(42).unwrap();
    for masterchain in [true, false] {
        // as on the Tycho networks seen so far
        let gas_price = if masterchain { 10_000 } else { 1_000 };
        params
            .set_gas_prices(
                masterchain,
                &GasLimitsPrices {
                    gas_price: gas_price << 16,
                    gas_limit: 1_000_000,
                    special_gas_limit: 100_000_000,
                    gas_credit: 10_000,
                    block_gas_limit: 100_000_000,
                    freeze_due_limit: 100_000_000,
                    delete_due_limit: 1_000_000_000,
                    flat_gas_limit: 100,
                    flat_gas_price: gas_price * 100,
                },
            )
            .unwrap();
        params
            .set_msg_forward_prices(
                masterchain,
                &MsgForwardPrices {
                    lump_price: if masterchain { 4_000_000 } else { 400_000 },
                    bit_price: 26_214_400,
                    cell_price: 2_621_440_000,
                    ihr_price_factor: 0,
                    first_frac: 21_845,
                    next_frac: 21_845,
                },
            )
            .unwrap();
    }
    params.set_fundamental_addresses(&[]).unwrap();
    params
        .set_size_limits(&ParsedConfig::DEFAULT_SIZE_LIMITS_CONFIG)
        .unwrap();
    params
        .set_raw(PARAM_DDVS, CellBuilder::build_from(ddvs).unwrap())
        .unwrap();
    config
}
