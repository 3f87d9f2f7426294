//! A network of Tycho nodes.
//!
//! One connection reads, and the other sends and tracks its messages, so that queries do not evict waiting messages.

use std::time::Duration;

use ddvs_client::{AccountView, ChainId, ClientError, Live, MessageStatus};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};

use crate::JrpcNetwork;

/// Maximum number of receivers of waiting messages that are returned at a time.
const MAX_AWAITED: usize = 32;

/// A network of Tycho nodes.
#[derive(Debug)]
pub struct NodesLive {
    reader: JrpcNetwork,
    sender: JrpcNetwork,
}

impl NodesLive {
    /// Connects to the nodes of `network`, sharing its cached states of accounts. A query for an account that no node shows at
    /// the moment takes at most `read_patience`.
    ///
    /// Fails when no node answers.
    pub fn connect(network: &JrpcNetwork, read_patience: Duration) -> Result<Self, ClientError> {
        Ok(Self {
            reader: network.connect_again(read_patience)?,
            sender: network.connect_again(read_patience)?,
        })
    }

    /// Returns some of the accounts to which messages without a transaction were sent.
    pub fn awaited(&self) -> Vec<StdAddr> {
        self.sender.awaited_accounts(MAX_AWAITED)
    }

    /// Resends messages without a transaction. To be called about every second.
    ///
    /// Fails only when no node answers.
    pub fn tend(&self) -> Result<(), ClientError> {
        self.sender.tend_outbox()
    }
}

impl Live for NodesLive {
    fn kind(&self) -> &'static str {
        self.reader.kind()
    }

    fn is_slow(&self) -> bool {
        true
    }

    fn now_ms(&self) -> Result<u64, ClientError> {
        self.reader.now_ms()
    }

    fn last_block(&self) -> Result<Option<(u32, u64)>, ClientError> {
        self.reader.last_block()
    }

    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        self.reader.account(address)
    }

    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        self.reader.config(chain)
    }

    fn send(&self, message: Cell) -> Result<HashBytes, ClientError> {
        self.sender.send(message)
    }

    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        match self.reader.message_status(hash)? {
            MessageStatus::Unknown => self.sender.message_status(hash),
            known => Ok(known),
        }
    }
}
