//! Taking in what others send: external messages and addresses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ddvs_chain::{ExternalRefusal, Fault, SendError};
use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};

use crate::chains::{Chains, now_ms};
use crate::mempool::MempoolRefusal;
use crate::peer::Peer;
use crate::record::{NodeRecord, RecordRefusal, Records};

/// Most messages that are handed on at a time.
const MAX_FORWARDS: usize = 64;

/// Reason why an external message is not taken.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    /// There is no such chain.
    #[error("there is no chain {0}")]
    NoSuchChain(ChainId),
    /// The message is malformed, or its contract does not accept it.
    #[error(transparent)]
    Refused(#[from] ExternalRefusal),
    /// It waits already, or too many do.
    #[error(transparent)]
    Mempool(#[from] MempoolRefusal),
    /// The chain failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<SendError> for AdmitError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Refused(refusal) => Self::Refused(refusal),
            SendError::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// Takes in what others send.
#[derive(Debug)]
pub struct Admission {
    /// Public key of this node.
    pub key: HashBytes,
    /// All chains of this node.
    pub chains: Arc<Chains>,
    /// Where other nodes are.
    pub records: Arc<Records>,
    /// This node's own address.
    pub own: String,
    /// Asks other nodes.
    pub peer: Peer,
    /// Messages that are being handed on.
    pub forwards: Arc<AtomicUsize>,
}

impl Admission {
    /// Takes an external message that its contract accepts, and hands it on to the chain's validators unless it came from a
    /// node. A message that waits already is handed on again: its sender repeats it because no block has it.
    ///
    /// Fails with a refusal when the message is malformed or not accepted, or too many wait.
    pub fn admit(
        &self,
        chain: ChainId,
        message: Cell,
        is_forwarded: bool,
    ) -> Result<HashBytes, AdmitError> {
        let replica = (self.chains.replica(chain)).ok_or(AdmitError::NoSuchChain(chain))?;
        replica.chain().view(now_ms())?.check_external(&message)?;
        let hash = *message.repr_hash();
        let mut site = (self.chains.site(chain)).ok_or(AdmitError::NoSuchChain(chain))?;
        let height = site.height();
        match site.mempool.add(message.clone(), height) {
            Ok(()) => {}
            Err(MempoolRefusal::Duplicate) if !is_forwarded => {}
            Err(refusal) => return Err(refusal.into()),
        }
        drop(site);
        if !is_forwarded {
            self.forward(chain, message);
        }
        Ok(hash)
    }

    /// Hands a message on to the validators of its chain, in the background.
    fn forward(&self, chain: ChainId, message: Cell) {
        let Some(set) = (self.chains.site(chain)).map(|site| site.replica.next_set().clone())
        else {
            return;
        };
        let members = set.members().iter();
        let nodes = members.filter_map(|member| self.records.of(&member.key));
        let nodes: Vec<_> = nodes
            .map(|record| record.http)
            .filter(|node| *node != self.own)
            .collect();
        // each takes a thread for a while; the sender of one that is not handed on repeats it
        let forwards = self.forwards.clone();
        if forwards.fetch_add(1, Ordering::Relaxed) >= MAX_FORWARDS {
            forwards.fetch_sub(1, Ordering::Relaxed);
            tracing::warn!(chain, "a message is not handed on: too many are");
            return;
        }
        let peer = self.peer.clone();
        let done = forwards.clone();
        let sent = thread::Builder::new()
            .name("forward".to_owned())
            .spawn(move || {
                for node in nodes {
                    if let Err(error) = peer.forward(&node, chain, &message) {
                        tracing::debug!("not forwarded: {error}");
                    }
                }
                done.fetch_sub(1, Ordering::Relaxed);
            });
        if let Err(error) = sent {
            forwards.fetch_sub(1, Ordering::Relaxed);
            tracing::warn!("a message is not forwarded: {error}");
        }
    }

    /// Takes the address of a validator's node; whether it is news.
    ///
    /// Fails when it is not signed, or its key is registered nowhere.
    pub fn take_record(&self, record: NodeRecord) -> Result<bool, RecordRefusal> {
        self.records.take(record, |key| self.is_registered(key))
    }

    /// Whether a key is registered on any chain.
    fn is_registered(&self, key: &HashBytes) -> bool {
        let replicas = self.chains.ids().filter_map(|id| self.chains.replica(id));
        let mut storages = replicas.filter_map(|replica| replica.delector().ok().flatten());
        storages.any(|storage| {
            let holders = storage.holders(key);
            holders.is_ok_and(|holders| !holders.is_empty())
        })
    }
}
