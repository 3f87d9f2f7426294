//! The embedded network, shared by one thread that makes blocks and any number of readers.
//!
//! Nobody waits for a block in production: readers see the chains after the last block, and a message is checked on that
//! state and put where the next block takes it.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ddvs_client::{
    AccountView, ChainId, ClientError, Head, Live, MessageStatus, NotKept, Refusal, Supply,
};
use ddvs_ledger::{ChainView, ExternalRefusal, Network, SendError};
use ddvs_types::external_receiver;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};

use crate::EmbeddedNetwork;
use crate::error::{of_fault, of_send};
use crate::inbox::{Inbox, Journal, MAX_INBOX};

/// The embedded network. Clones share it.
#[derive(Debug, Clone)]
pub struct EmbeddedLive {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    network: RwLock<EmbeddedNetwork>,
    /// Locked only to read or replace the pointer.
    seen: RwLock<Arc<Seen>>,
    /// Locked only to read or add.
    inbox: Mutex<Inbox>,
    journal: Option<Arc<dyn Journal>>,
}

/// The network after its last block.
#[derive(Debug)]
struct Seen {
    now_ms: u64,
    chains: BTreeMap<ChainId, ChainView>,
    supply: Supply,
}

impl Seen {
    fn of(network: &Network) -> Self {
        let views = network.chain_ids().iter().map(|&id| network.view(id));
        Self {
            now_ms: network.now_ms(),
            chains: views.flatten().map(|view| (view.id(), view)).collect(),
            supply: network.supply(),
        }
    }

    fn chain(&self, id: ChainId) -> Result<&ChainView, Refusal> {
        self.chains.get(&id).ok_or(Refusal::UnknownChain(id))
    }
}

/// The network during a change. Others see the new state when this ends.
#[derive(Debug)]
pub struct Changing<'a> {
    network: RwLockWriteGuard<'a, EmbeddedNetwork>,
    inner: &'a Inner,
}

impl Deref for Changing<'_> {
    type Target = EmbeddedNetwork;

    fn deref(&self) -> &EmbeddedNetwork {
        &self.network
    }
}

impl DerefMut for Changing<'_> {
    fn deref_mut(&mut self) -> &mut EmbeddedNetwork {
        &mut self.network
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        let seen = Arc::new(Seen::of(&self.network.network()));
        let mut place = self
            .inner
            .seen
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *place = seen;
    }
}

impl EmbeddedLive {
    /// Wraps a network.
    pub fn new(network: EmbeddedNetwork) -> Self {
        Self::build(network, None)
    }

    /// Like [`Self::new`], with a journal of accepted messages.
    pub fn with_journal(network: EmbeddedNetwork, journal: Arc<dyn Journal>) -> Self {
        Self::build(network, Some(journal))
    }

    fn build(network: EmbeddedNetwork, journal: Option<Arc<dyn Journal>>) -> Self {
        let seen = Arc::new(Seen::of(&network.network()));
        Self {
            inner: Arc::new(Inner {
                network: RwLock::new(network),
                seen: RwLock::new(seen),
                inbox: Mutex::default(),
                journal,
            }),
        }
    }

    /// Returns the network for reading. No block is made meanwhile.
    pub fn read(&self) -> RwLockReadGuard<'_, EmbeddedNetwork> {
        // a panic during the production of a block leaves the chain as it was before or after it
        self.inner
            .network
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the network for changes. Messages that arrived meanwhile are in its queues.
    pub fn write(&self) -> Changing<'_> {
        let mut network = self
            .inner
            .network
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        {
            let mut inbox = self.inbox();
            inbox.empty_into(network.network_mut());
            // before another message arrives
            if let Some(journal) = self
                .inner
                .journal
                .as_ref()
                .filter(|_| inbox.waiting.is_empty())
            {
                journal.turn();
            }
        }
        Changing {
            network,
            inner: &self.inner,
        }
    }

    fn seen(&self) -> Arc<Seen> {
        self.inner
            .seen
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inner
            .inbox
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live for EmbeddedLive {
    fn kind(&self) -> &'static str {
        "embedded"
    }

    fn now_ms(&self) -> Result<u64, ClientError> {
        Ok(self.seen().now_ms)
    }

    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        let seen = self.seen();
        seen.chain(address.workchain)?
            .account(address)
            .map_err(of_fault)
    }

    fn head(&self, chain: ChainId) -> Option<Head> {
        let seen = self.seen();
        let view = seen.chains.get(&chain)?;
        Some(Head {
            seqno: view.seqno(),
            hash: view.last_hash(),
            lt: view.lt(),
        })
    }

    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        Ok(self.seen().chain(chain)?.config().parsed.raw.params.clone())
    }

    fn send(&self, message: Cell) -> Result<HashBytes, ClientError> {
        let hash = *message.repr_hash();
        let Some(receiver) = external_receiver(&message) else {
            let words = "not an external message to a plain address";
            return Err(Refusal::Message(words.to_owned()).into());
        };
        if self.inbox().hashes.contains(&hash) {
            return Ok(hash);
        }
        let seen = self.seen();
        let chain = seen.chain(receiver.workchain)?;
        chain.check_external(&message).map_err(of_send)?;
        let mut inbox = self.inbox();
        if inbox.waiting.len() >= MAX_INBOX {
            let full = ExternalRefusal::QueueFull {
                chain: chain.id(),
                limit: MAX_INBOX,
            };
            return Err(of_send(SendError::Refused(full)));
        }
        if inbox.hashes.insert(hash) {
            if let Some(journal) = &self.inner.journal {
                let noted = journal.append(&message);
                noted.map_err(|cause| {
                    inbox.hashes.remove(&hash);
                    ClientError::fault("keeping a message", NotKept(cause))
                })?;
            }
            inbox.waiting.push_back((chain.id(), message));
        }
        Ok(hash)
    }

    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        let waiting = {
            let inbox = self.inbox();
            let is_here = inbox.hashes.contains(hash);
            let mut waiting = inbox.waiting.iter().filter(|_| is_here);
            let own = waiting.find(|(_, message)| message.repr_hash() == hash);
            own.map(|(chain, _)| *chain)
        };
        match waiting {
            Some(chain) => Ok(MessageStatus::InMempool { chain }),
            None => self.read().message_status(hash),
        }
    }

    fn supply(&self) -> Option<Supply> {
        Some(self.seen().supply.clone())
    }
}
