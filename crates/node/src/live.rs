//! The network's current state, as this node knows it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ddvs_client::{AccountView, ChainId, ClientError, Head, Live, MessageStatus, Refusal};
use ddvs_types::{Supply, external_receiver};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};

use crate::admit::{Admission, AdmitError};
use crate::chains::now_ms;

/// The network's current state, as this node knows it.
#[derive(Debug, Clone)]
pub struct NodeLive {
    node: Arc<Admission>,
}

impl NodeLive {
    /// The state that this node knows.
    pub fn new(node: Arc<Admission>) -> Self {
        Self { node }
    }

    fn replica(&self, chain: ChainId) -> Result<ddvs_replica::Replica, ClientError> {
        let replica = self.node.chains.replica(chain);
        Ok(replica.ok_or(Refusal::UnknownChain(chain))?)
    }
}

fn fault(cause: ddvs_chain::Fault) -> ClientError {
    ClientError::fault("the node's state", cause)
}

impl Live for NodeLive {
    fn kind(&self) -> &'static str {
        "ddvs nodes"
    }

    fn now_ms(&self) -> Result<u64, ClientError> {
        Ok(now_ms())
    }

    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        let replica = self.replica(address.workchain)?;
        replica.chain().account(address).map_err(fault)
    }

    fn head(&self, chain: ChainId) -> Option<Head> {
        let replica = self.node.chains.replica(chain)?;
        let chain = replica.chain();
        Some(Head {
            seqno: chain.seqno(),
            hash: chain.last_hash(),
            lt: chain.lt(),
        })
    }

    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        let replica = self.replica(chain)?;
        let dictionary = replica.chain().config().dictionary().cloned();
        Ok(BlockchainConfigParams::from_raw(
            dictionary.unwrap_or_default(),
        ))
    }

    fn send(&self, message: Cell) -> Result<HashBytes, ClientError> {
        let malformed = "not an external message to a plain address";
        let receiver =
            external_receiver(&message).ok_or_else(|| Refusal::Message(malformed.to_owned()))?;
        let admitted = self.node.admit(receiver.workchain, message, false);
        admitted.map_err(|error| match error {
            AdmitError::NoSuchChain(chain) => Refusal::UnknownChain(chain).into(),
            AdmitError::Refused(ddvs_chain::ExternalRefusal::NotAccepted {
                account,
                exit_code,
            }) => Refusal::NotAccepted { account, exit_code }.into(),
            AdmitError::Refused(other) => Refusal::Message(other.to_string()).into(),
            AdmitError::Mempool(refusal) => Refusal::Message(refusal.to_string()).into(),
            AdmitError::Fault(cause) => fault(cause),
        })
    }

    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        for chain in self.node.chains.ids() {
            let site = self.node.chains.site(chain);
            if site.is_some_and(|site| site.mempool.contains(hash)) {
                return Ok(MessageStatus::InMempool { chain });
            }
        }
        // what became of it is in the index
        Ok(MessageStatus::Unknown)
    }

    fn supply(&self) -> Option<Supply> {
        let replicas = self.node.chains.ids();
        let replicas = replicas.filter_map(|chain| self.node.chains.replica(chain));
        let chains: BTreeMap<_, _> = replicas
            .map(|replica| (replica.chain().id(), *replica.chain().supply()))
            .collect();
        // chains are not read at one time, so what is between them is only about right
        let sum =
            |kind: fn(&ddvs_types::ChainSupply) -> u128| chains.values().map(kind).sum::<u128>();
        let sent_nano = sum(|chain| chain.sent_nano);
        let between_nano = sent_nano.saturating_sub(sum(|chain| chain.received_nano));
        Some(Supply::new(chains, between_nano))
    }
}
