//! The embedded network, shared by one thread that makes blocks and any number that read.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ddvs_client::{
    AccountView, Backend, ChainId, ClientError, EmbeddedNetwork, MessageStatus, Supply,
};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};

use super::Live;

/// The embedded network. Clones share it.
#[derive(Debug, Clone)]
pub struct EmbeddedLive {
    network: Arc<RwLock<EmbeddedNetwork>>,
}

impl EmbeddedLive {
    /// Shares a network.
    pub fn new(network: EmbeddedNetwork) -> Self {
        Self {
            network: Arc::new(RwLock::new(network)),
        }
    }

    /// The network, to look at. Held for a moment only: no block is made meanwhile.
    pub fn read(&self) -> RwLockReadGuard<'_, EmbeddedNetwork> {
        // a panic while a block was made leaves the chain as it was before or after it
        self.network.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The network, to change it: for a block, or for a message's way into the queue.
    pub fn write(&self) -> RwLockWriteGuard<'_, EmbeddedNetwork> {
        self.network.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live for EmbeddedLive {
    fn kind(&self) -> &'static str {
        "embedded"
    }

    fn now_ms(&self) -> Result<u64, ClientError> {
        self.read().now_ms()
    }

    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        self.read().account(address)
    }

    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        self.read().config(chain)
    }

    fn send(&self, message: Cell) -> Result<HashBytes, ClientError> {
        self.write().send_external(message)
    }

    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        self.read().message_status(hash)
    }

    fn supply(&self) -> Option<Supply> {
        Some(self.read().network().supply())
    }
}
