//! A network of Tycho nodes.
//!
//! One connection reads, one sends and looks after what it sent; a third, in the feed, waits for blocks. So no call has
//! to wait for one of another kind.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ddvs_client::{AccountView, Backend, ChainId, ClientError, MessageStatus, Supply};
use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Settings};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};

use super::Live;

/// A network of Tycho nodes.
#[derive(Debug)]
pub struct NodesLive {
    reader: JrpcNetwork,
    sender: Mutex<JrpcNetwork>,
}

impl NodesLive {
    /// Connects to the nodes.
    ///
    /// Fails when no node answers, or they are of another network.
    pub fn connect(
        description: &NetworkDescription,
        settings: &Settings,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            reader: JrpcNetwork::connect(description.clone(), settings.clone())?,
            sender: Mutex::new(JrpcNetwork::connect(description.clone(), settings.clone())?),
        })
    }

    fn sender(&self) -> MutexGuard<'_, JrpcNetwork> {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends again what has no transaction yet. To be called every second or so.
    ///
    /// Fails only when no node answers.
    pub fn tend(&self) -> Result<(), ClientError> {
        let sender = self.sender();
        if sender.pending_messages().is_empty() {
            return Ok(());
        }
        sender.message_status(&HashBytes::ZERO).map(drop)
    }
}

impl Live for NodesLive {
    fn kind(&self) -> &'static str {
        self.reader.kind()
    }

    fn now_ms(&self) -> Result<u64, ClientError> {
        self.reader.now_ms()
    }

    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        self.reader.account(address)
    }

    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        self.reader.config(chain)
    }

    fn send(&self, message: Cell) -> Result<HashBytes, ClientError> {
        self.sender().send_external(message)
    }

    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        match self.reader.message_status(hash)? {
            MessageStatus::Unknown => self.sender().message_status(hash),
            known => Ok(known),
        }
    }

    /// Nodes do not tell.
    fn supply(&self) -> Option<Supply> {
        None
    }
}
