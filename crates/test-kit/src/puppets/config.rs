//! Configs of the puppets' chains.

use std::num::NonZeroU16;

use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::dict::Dict;
use tycho_types::error::Error;
use tycho_types::models::{
    BlockchainConfig, GasLimitsPrices, GlobalVersion, MsgForwardPrices, StoragePrices,
    ValidatorDescription, ValidatorSet, WorkchainDescription,
};

use super::{cell, delector};

/// Settings of a config that tests change.
#[derive(Clone)]
pub struct ConfigPlan {
    /// Workchains that the config lists.
    pub workchains: Vec<ChainId>,
    /// Gas limit of a block.
    pub block_gas_limit: u64,
    /// The masterchain's limit, if it differs.
    pub main_block_gas_limit: Option<u64>,
    /// From this time on storage costs a hundred times as much.
    pub dear_storage_since: Option<u32>,
    /// Special accounts.
    pub special: Vec<HashBytes>,
    /// Keys, each 32 times this byte, and weights of the validator set.
    pub validators: Vec<(u8, u64)>,
    /// Account named by param 0, if any.
    pub config_address: Option<HashBytes>,
    /// Number of a parameter to leave out.
    pub skip: Option<u32>,
}

impl Default for ConfigPlan {
    fn default() -> Self {
        Self {
            workchains: vec![0, 1, 2],
            block_gas_limit: 10_000_000,
            main_block_gas_limit: None,
            dear_storage_since: None,
            special: vec![],
            validators: vec![(1, 10), (2, 20)],
            config_address: None,
            skip: None,
        }
    }
}

/// Returns the set with these keys, each 32 times a byte, and weights.
pub fn validator_set(validators: &[(u8, u64)]) -> ValidatorSet {
    ValidatorSet {
        utime_since: 0,
        utime_until: u32::MAX,
        main: NonZeroU16::MIN,
        total_weight: validators.iter().map(|v| v.1).sum(),
        list: validators
            .iter()
            .map(|&(key, weight)| ValidatorDescription {
                public_key: HashBytes([key; 32]),
                weight,
                adnl_addr: None,
                mc_seqno_since: 0,
                prev_total_weight: 0,
            })
            .collect(),
    }
}

impl ConfigPlan {
    /// The root of the config dictionary of a chain.
    pub fn build(&self, chain: ChainId) -> Cell {
        self.dictionary(chain)
            .expect("every value fits in its cell")
    }

    fn dictionary(&self, chain: ChainId) -> Result<Cell, Error> {
        let mut config = BlockchainConfig::new_empty(HashBytes::ZERO);
        let p = &mut config.params;
        let address = self.config_address.unwrap_or(delector(chain).address);
        p.set_raw(0, cell(address))?;
        p.set_global_version(&GlobalVersion {
            version: 12,
            capabilities: Default::default(),
        })?;
        let mut workchains = Dict::<i32, WorkchainDescription>::new();
        for id in &self.workchains {
            workchains.set(i32::from(*id), ddvs_zerostate::workchain(0))?;
        }
        p.set_workchains(&workchains)?;
        let cheap = StoragePrices {
            utime_since: 0,
            bit_price_ps: 1,
            cell_price_ps: 500,
            mc_bit_price_ps: 1000,
            mc_cell_price_ps: 500_000,
        };
        let dear = self.dear_storage_since.map(|utime_since| StoragePrices {
            utime_since,
            bit_price_ps: 100,
            cell_price_ps: 50_000,
            ..cheap
        });
        p.set_storage_prices(
            &[Some(cheap), dear]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>(),
        )?;
        for mc in [true, false] {
            let price: u64 = if mc { 10_000 } else { 400 };
            p.set_gas_prices(
                mc,
                &GasLimitsPrices {
                    gas_price: price << 16,
                    gas_limit: 1_000_000,
                    special_gas_limit: 10_000_000,
                    gas_credit: 10_000,
                    block_gas_limit: match self.main_block_gas_limit {
                        Some(limit) if mc => limit,
                        _ => self.block_gas_limit,
                    },
                    freeze_due_limit: 100_000_000,
                    delete_due_limit: 1_000_000_000,
                    flat_gas_limit: 100,
                    flat_gas_price: price * 100,
                },
            )?;
            p.set_msg_forward_prices(
                mc,
                &MsgForwardPrices {
                    lump_price: if mc { 10_000_000 } else { 400_000 },
                    bit_price: if mc { 655_360_000 } else { 26_214_400 },
                    cell_price: if mc { 65_536_000_000 } else { 2_621_440_000 },
                    ihr_price_factor: 0,
                    first_frac: 21_845,
                    next_frac: 21_845,
                },
            )?;
        }
        p.set_fundamental_addresses(&self.special)?;
        p.set_raw(34, cell(validator_set(&self.validators)))?;
        if let Some(skip) = self.skip {
            p.remove(skip)?;
        }
        p.as_dict().root().clone().ok_or(Error::InvalidData)
    }
}
