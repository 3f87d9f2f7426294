//! The config of a chain: the dictionary that is the first reference of its D'Elector's data.

use std::sync::Arc;

use ddvs_types::{ChainId, MASTERCHAIN, ValidatorSetRecord, execution::executor_params_with};
use tycho_executor::{ExecutorParams, ParsedConfig};
use tycho_types::cell::{Cell, HashBytes, Load};
use tycho_types::models::{
    BlockchainConfig, BlockchainConfigParams, GlobalCapabilities, ValidatorSet, WorkchainFormat,
};

/// Parameters that every chain's config must hold: executor version, workchains, storage prices,
/// gas prices (masterchain, workchains), forward prices (masterchain, workchains), special
/// accounts, validator set.
pub const MANDATORY_PARAMS: [u32; 9] = [8, 12, 18, 20, 21, 24, 25, 31, PARAM_VALIDATORS];

/// The number of the current validator set.
pub const PARAM_VALIDATORS: u32 = 34;

/// Number of the parameter with the address of the config contract.
const PARAM_CONFIG_ADDRESS: u32 = 0;

/// A chain's config, parsed once for each content of the dictionary.
#[derive(Debug)]
pub struct ChainConfig {
    /// Hash of the dictionary's root.
    pub root_hash: HashBytes,
    /// Parameters as the executor uses them.
    pub parsed: ParsedConfig,
    /// Param 34.
    pub validator_set: Arc<ValidatorSetRecord>,
    /// Gas after which a block of this chain takes no further message.
    pub block_gas_limit: u64,
    capabilities: GlobalCapabilities,
    /// Time from which another entry of param 18 applies.
    next_prices_at: Option<u32>,
}

/// Reason why a dictionary is not a valid config.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The D'Elector has no data, or that has no reference.
    #[error("the D'Elector's data has no first reference")]
    NoDictionary,
    /// A mandatory parameter is missing.
    #[error("parameter {0} is missing")]
    Missing(u32),
    /// Param 0 names another contract.
    #[error("parameter 0 names {found}, not the D'Elector {expected}")]
    Address {
        /// The D'Elector of the chain.
        expected: HashBytes,
        /// The address in param 0.
        found: HashBytes,
    },
    /// Something cannot be decoded.
    #[error("{what} cannot be decoded: {cause}")]
    Codec {
        /// The part that cannot be decoded.
        what: &'static str,
        /// Decoding error.
        cause: tycho_types::error::Error,
    },
}

fn codec(what: &'static str) -> impl FnOnce(tycho_types::error::Error) -> ConfigError {
    move |cause| ConfigError::Codec { what, cause }
}

/// Returns the config dictionary's root in a D'Elector's data.
pub(crate) fn dictionary(data: Option<&Cell>) -> Result<Cell, ConfigError> {
    data.and_then(|data| data.reference_cloned(0))
        .ok_or(ConfigError::NoDictionary)
}

impl ChainConfig {
    /// Parses the dictionary of `chain`, whose D'Elector is account `delector`.
    ///
    /// `previous` avoids parsing an unchanged validator set.
    ///
    /// Fails only when a mandatory parameter is missing or cannot be decoded, or when param 0 is present and names
    /// another account.
    pub(crate) fn parse(
        chain: ChainId,
        delector: HashBytes,
        dictionary: &Cell,
        now: u32,
        previous: Option<&Self>,
    ) -> Result<Self, ConfigError> {
        let params = BlockchainConfigParams::from_raw(dictionary.clone());
        for param in MANDATORY_PARAMS {
            let found = params
                .as_dict()
                .contains_key(param)
                .map_err(codec("the dictionary"))?;
            if !found {
                return Err(ConfigError::Missing(param));
            }
        }
        let dict = params.as_dict();
        if let Some(cell) = dict
            .get(PARAM_CONFIG_ADDRESS)
            .map_err(codec("parameter 0"))?
        {
            let found = cell.parse::<HashBytes>().map_err(codec("parameter 0"))?;
            if found != delector {
                return Err(ConfigError::Address {
                    expected: delector,
                    found,
                });
            }
        }
        let cell = dict
            .get(PARAM_VALIDATORS)
            .map_err(codec("parameter 34"))?
            .ok_or(ConfigError::Missing(PARAM_VALIDATORS))?;
        let validator_set = match previous {
            Some(previous) if previous.validator_set.hash == *cell.repr_hash() => {
                previous.validator_set.clone()
            }
            _ => {
                let mut slice = cell.as_slice().map_err(codec("parameter 34"))?;
                let set = ValidatorSet::load_from(&mut slice).map_err(codec("parameter 34"))?;
                Arc::new(ValidatorSetRecord {
                    hash: *cell.repr_hash(),
                    set,
                })
            }
        };
        let capabilities = params
            .get_global_version()
            .map_err(codec("parameter 8"))?
            .capabilities;
        let config = BlockchainConfig {
            address: delector,
            params,
        };
        let parsed = ParsedConfig::parse(config, now).map_err(codec("the parameters"))?;
        let block_gas_limit = parsed.gas_prices(chain == MASTERCHAIN).block_gas_limit;
        let next_prices_at = next_prices_at(&parsed, now);
        Ok(Self {
            root_hash: *dictionary.repr_hash(),
            parsed,
            validator_set,
            block_gas_limit,
            capabilities,
            next_prices_at,
        })
    }

    /// Whether another entry of param 18 applies at `now`, so that the config must be parsed again.
    pub(crate) fn prices_outdated(&self, now: u32) -> bool {
        self.next_prices_at.is_some_and(|at| at <= now)
    }

    /// The dictionary's root.
    pub fn dictionary(&self) -> Option<&Cell> {
        self.parsed.raw.params.as_dict().root().as_ref()
    }

    /// Returns the content of one parameter.
    ///
    /// Fails only when the dictionary itself is broken.
    pub fn param(&self, id: u32) -> Result<Option<Cell>, tycho_types::error::Error> {
        self.parsed.raw.params.as_dict().get(id)
    }

    /// Whether a message may be sent to `workchain`. The masterchain always accepts messages.
    pub fn accepts_messages_to(&self, workchain: ChainId) -> bool {
        workchain == MASTERCHAIN
            || self
                .parsed
                .workchains
                .get(&i32::from(workchain))
                .is_some_and(|description| {
                    description.accept_msgs
                        && matches!(description.format, WorkchainFormat::Basic(_))
                })
    }

    /// Returns the executor's settings for a block.
    pub(crate) fn executor_params(
        &self,
        now: u32,
        start_lt: u64,
        rand_seed: HashBytes,
    ) -> ExecutorParams {
        ExecutorParams {
            rand_seed,
            ..executor_params_with(self.capabilities, self.parsed.global_id, now, start_lt)
        }
    }
}

fn next_prices_at(parsed: &ParsedConfig, now: u32) -> Option<u32> {
    parsed
        .storage_prices
        .iter()
        .map(|prices| prices.utime_since)
        .filter(|&at| at > now)
        .min()
}
