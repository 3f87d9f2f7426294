//! The D'Elector & Config of one chain.

use ddvs_contracts::messages::{
    ContentId, Evidence, Message, Poke, PublishSet, PurgeKey, SubmitEvidence,
};
use ddvs_contracts::params::DdvsParams;
use ddvs_contracts::storage::{ChainRegistry, DElectorStorage, RootEntry};
use ddvs_contracts::{Network, address};
use num_bigint::BigInt;
use tycho_types::cell::{HashBytes, Lazy};
use tycho_types::error::Error;
use tycho_types::models::{BlockchainConfigParams, StdAddr, ValidatorSet};
use tycho_vm::RcStackValue;

use super::{params, read_active};
use crate::{ChainId, ClientError, Live, Outgoing, Refusal};

/// A D'Elector & Config.
#[derive(Debug, Clone)]
pub struct DElector {
    address: StdAddr,
}

impl DElector {
    /// The copy on `chain`.
    ///
    /// Fails with a fault when a cell cannot be built, which its sizes forbid.
    pub fn new(network: &Network, chain: ChainId) -> Result<Self, ClientError> {
        let address = address::delector_address(network, chain).map_err(fault)?;
        Ok(Self { address })
    }

    /// Its address.
    pub fn address(&self) -> &StdAddr {
        &self.address
    }

    /// Its chain.
    pub fn chain(&self) -> ChainId {
        self.address.workchain
    }

    /// Submits evidence of double signing (anyone).
    pub fn submit_evidence(
        &self,
        evidence: &Evidence,
        value_nano: u128,
        query_id: u64,
    ) -> Result<Outgoing, ClientError> {
        let evidence = Lazy::new(evidence).map_err(fault)?;
        self.send(SubmitEvidence { query_id, evidence }, value_nano)
    }

    /// Requests to forget a key whose evidence window has passed (anyone).
    pub fn purge_key(
        &self,
        root: HashBytes,
        key: HashBytes,
        value_nano: u128,
        query_id: u64,
    ) -> Result<Outgoing, ClientError> {
        self.send(
            PurgeKey {
                query_id,
                root,
                key,
            },
            value_nano,
        )
    }

    /// Writes collected changes to param 34 once the interval has passed (anyone).
    pub fn publish_set(&self, value_nano: u128, query_id: u64) -> Result<Outgoing, ClientError> {
        self.send(PublishSet { query_id }, value_nano)
    }

    /// Makes it ask another copy for a batch that it lacks (anyone).
    pub fn poke(
        &self,
        origin: ChainId,
        seqno: u32,
        content: ContentId,
        value_nano: u128,
        query_id: u64,
    ) -> Result<Outgoing, ClientError> {
        self.send(
            Poke {
                query_id,
                origin,
                seqno,
                content,
            },
            value_nano,
        )
    }

    fn send(&self, body: impl Message, value_nano: u128) -> Result<Outgoing, ClientError> {
        let body = body.to_cell().map_err(fault)?;
        Ok(Outgoing::new(self.address.clone(), value_nano, body))
    }

    /// Value to attach to a change, in nano; the unused part comes back.
    pub fn change_value(&self, live: &dyn Live) -> Result<u128, ClientError> {
        Ok(params(live, self.chain())?.update_value_nano().into())
    }

    /// Value to attach to a poke, in nano; the unused part comes back.
    pub fn poke_value(&self, live: &dyn Live) -> Result<u128, ClientError> {
        Ok(params(live, self.chain())?.poke_value_nano().into())
    }

    /// Limits and prices of its chain: its param 200.
    pub fn params(&self, live: &dyn Live) -> Result<DdvsParams, ClientError> {
        params(live, self.chain())
    }

    /// Its whole storage.
    pub fn storage(&self, live: &dyn Live) -> Result<DElectorStorage, ClientError> {
        read_active(live, &self.address)
    }

    /// Its registry of `chain`.
    pub fn registry(&self, live: &dyn Live, chain: ChainId) -> Result<ChainRegistry, ClientError> {
        self.storage(live)?
            .registries
            .get(chain)
            .map_err(fault)?
            .ok_or_else(|| Refusal::UnknownChain(chain).into())
    }

    /// A Root in the registry of its chain; `None` for one that was never there, was forgotten after it left, or was
    /// removed.
    pub fn root_entry(
        &self,
        live: &dyn Live,
        root: &StdAddr,
    ) -> Result<Option<RootEntry>, ClientError> {
        let registry = self.registry(live, root.workchain)?;
        let entry = registry.roots.get(root.address).map_err(fault)?;
        Ok(entry.filter(|entry| !entry.is_removed))
    }

    /// The current param 34 of this copy; the node uses it from its next block on.
    pub fn current_set(&self, live: &dyn Live) -> Result<ValidatorSet, ClientError> {
        let storage = self.storage(live)?;
        BlockchainConfigParams::from_raw(storage.config)
            .get_current_validator_set()
            .map_err(fault)
    }

    /// Hash of the data about `chain` on which copies must agree.
    pub fn registry_digest(&self, live: &dyn Live, chain: ChainId) -> Result<BigInt, ClientError> {
        let args = vec![RcStackValue::new_dyn_value(BigInt::from(chain))];
        let output = live.get_method(&self.address, "registry_digest", args)?;
        output
            .stack
            .last()
            .and_then(|value| value.as_int())
            .cloned()
            .ok_or_else(|| {
                ClientError::fault("registry_digest", anyhow::anyhow!("it returned no number"))
            })
    }
}

fn fault(cause: Error) -> ClientError {
    ClientError::fault("a D'Elector's message or state", cause)
}
