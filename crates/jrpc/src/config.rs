//! Configs of the chains, and the validator sets in them.

use std::ops::ControlFlow;
use std::sync::Arc;

use ddvs_client::{ChainId, ClientError, MASTERCHAIN, Refusal, ValidatorSetRecord};
use tycho_types::cell::{HashBytes, Load};
use tycho_types::error::Error;
use tycho_types::models::{BlockchainConfig, BlockchainConfigParams, ValidatorSet};

use crate::CallError;
use crate::nodes::Nodes;
use crate::wire::{self, Config, Nothing};

/// The number of the current validator set.
pub(crate) const PARAM_VALIDATORS: u32 = 34;

/// A chain's config, as far as blocks show it.
#[derive(Debug, Clone)]
pub(crate) struct InForce {
    pub config_hash: HashBytes,
    pub validator_set: Arc<ValidatorSetRecord>,
}

impl InForce {
    /// Reads it from parameters; `param` is 34 for the current set, 32 for the previous one.
    ///
    /// Fails only when there is no such set, or it cannot be decoded.
    pub fn of(params: &BlockchainConfigParams, param: u32) -> Result<Self, Error> {
        let cell = params.get_raw_cell(param)?.ok_or(Error::CellUnderflow)?;
        let set = ValidatorSet::load_from(&mut cell.as_slice()?)?;
        let root = params.as_dict().root().as_ref();
        Ok(Self {
            config_hash: root.map_or(HashBytes::ZERO, |root| *root.repr_hash()),
            validator_set: Arc::new(ValidatorSetRecord {
                hash: *cell.repr_hash(),
                set,
            }),
        })
    }
}

impl Nodes {
    /// Refuses nodes of another network.
    pub(crate) fn check_identity(&self) -> Result<(), ClientError> {
        let expected = self.description.global_id;
        let mut other = None;
        self.endpoints
            .call_each("getBlockchainConfig", &Nothing {}, |url, config: Config| {
                if config.global_id == expected {
                    return Ok(ControlFlow::Continue(()));
                }
                other = Some((url.to_owned(), config.global_id));
                Ok(ControlFlow::Break(()))
            })?;
        if let Some((url, found)) = other {
            let cause = anyhow::anyhow!(
                "the node at {url} belongs to network {found}, not to {expected}: use that network's description, or take the endpoint out"
            );
            return Err(ClientError::fault("connecting", cause));
        }
        let named = self.masterchain_config()?.address;
        match self.description.delector(MASTERCHAIN) {
            Some(delector) if delector.address == named => Ok(()),
            _ => {
                let cause = anyhow::anyhow!(
                    "the masterchain's config is held by {named}, which is not the described D'Elector: the description is of another network, or of an older one with the same id"
                );
                Err(ClientError::fault("connecting", cause))
            }
        }
    }

    /// Returns the masterchain's config, with the address of the account that holds it.
    pub(crate) fn masterchain_config(&self) -> Result<BlockchainConfig, ClientError> {
        let mut found = None;
        self.endpoints
            .call_each("getBlockchainConfig", &Nothing {}, |_, answer: Config| {
                self.memory().newest.config(answer.seqno)?;
                let cell = wire::cell(&answer.config)?;
                let parsed = cell
                    .as_slice()
                    .and_then(|mut s| BlockchainConfig::load_from(&mut s));
                found = Some(parsed.map_err(CallError::malformed)?);
                Ok(ControlFlow::Break(()))
            })?;
        let nothing = || ClientError::fault("getBlockchainConfig", anyhow::anyhow!("no answer"));
        found.ok_or_else(nothing)
    }

    /// Reads a config. The masterchain's comes from the node; a workchain's is the first reference of its D'Elector's
    /// data.
    pub(crate) fn read_config(
        &self,
        chain: ChainId,
    ) -> Result<BlockchainConfigParams, ClientError> {
        if chain == MASTERCHAIN {
            return Ok(self.masterchain_config()?.params);
        }
        let delector = self.description.delector(chain);
        let delector = delector.ok_or(Refusal::UnknownChain(chain))?;
        let account = self.read_account(delector)?;
        let data = account.data().ok_or(Refusal::NotActive(delector.clone()))?;
        match data.reference_cloned(0) {
            Some(dictionary) => Ok(BlockchainConfigParams::from_raw(dictionary)),
            None => {
                let cause = anyhow::anyhow!("{delector} holds none");
                Err(ClientError::fault(
                    format!("config of chain {chain}"),
                    cause,
                ))
            }
        }
    }

    /// Returns what is in force on a chain, by its config.
    pub(crate) fn in_force(&self, chain: ChainId) -> Result<InForce, ClientError> {
        let fault = |cause| {
            let what = format!("reading param {PARAM_VALIDATORS} of chain {chain}");
            ClientError::fault(what, cause)
        };
        InForce::of(&self.read_config(chain)?, PARAM_VALIDATORS).map_err(fault)
    }
}
