//! Status of one node, whatever workchains it shows.

use ddvs_client::{ChainId, ClientError};
use tycho_types::cell::{HashBytes, Load};
use tycho_types::models::{BlockchainConfig, StdAddr, ValidatorSet};

use crate::Settings;
use crate::http::Http;
use crate::wire::{self, Config, ContractState, Nothing, OfAddress, Timings};

/// One node's answers.
#[derive(Debug, Clone)]
pub struct NodeReport {
    /// Number of its last masterchain block.
    pub mc_seqno: u32,
    /// Unix time of that block.
    pub mc_time_s: u32,
    /// Param 19 of its network.
    pub global_id: i32,
    /// Hash of the masterchain's config.
    pub config_hash: HashBytes,
    /// The validator set in force there: param 34.
    pub set: ValidatorSet,
    /// Workchains of its network.
    pub workchains: Vec<ChainId>,
}

/// Returns the number of the last masterchain block of the node at `url`, with the smallest request.
///
/// Fails only when it does not answer.
pub fn height(url: &str, settings: &Settings) -> Result<u32, ClientError> {
    let answer: Result<Timings, _> = Http::new(settings).call(url, 1, "getTimings", &Nothing {});
    let failed = |cause| ClientError::fault(format!("asking {url}"), anyhow::Error::new(cause));
    Ok(answer.map_err(failed)?.last_mc_block_seqno)
}

/// Whether the node at `url` shows an account: it shows only one workchain.
///
/// Fails only when it does not answer.
pub fn shows(url: &str, address: &StdAddr, settings: &Settings) -> Result<bool, ClientError> {
    let question = OfAddress { address };
    let answer: Result<ContractState, _> =
        Http::new(settings).call(url, 1, "getContractState", &question);
    let failed = |cause| ClientError::fault(format!("asking {url}"), anyhow::Error::new(cause));
    answer
        .and_then(|answer| answer.is_of(address))
        .map_err(failed)
}

/// Queries the node at `url`, such as `http://127.0.0.1:8001`.
///
/// Fails only when it does not answer, for example during its start, or its answer cannot be understood.
pub fn probe(url: &str, settings: &Settings) -> Result<NodeReport, ClientError> {
    let http = Http::new(settings);
    let failed = |cause| ClientError::fault(format!("asking {url}"), anyhow::Error::new(cause));
    let timings: Timings = http
        .call(url, 1, "getTimings", &Nothing {})
        .map_err(failed)?;
    let answer: Config = http
        .call(url, 2, "getBlockchainConfig", &Nothing {})
        .map_err(failed)?;
    let cell = wire::cell(&answer.config).map_err(failed)?;
    let read = || -> Result<_, tycho_types::error::Error> {
        let config = BlockchainConfig::load_from(&mut cell.as_slice()?)?;
        let mut workchains = Vec::new();
        for id in config.params.get_workchains()?.keys() {
            workchains.extend(ChainId::try_from(id?).ok());
        }
        Ok((config.params.get_current_validator_set()?, workchains))
    };
    let (set, workchains) = read()
        .map_err(|cause| ClientError::fault(format!("reading the config of {url}"), cause))?;
    Ok(NodeReport {
        mc_seqno: timings.last_mc_block_seqno,
        mc_time_s: timings.last_mc_utime,
        global_id: answer.global_id,
        config_hash: *cell.repr_hash(),
        set,
        workchains,
    })
}
