//! Watching: what a test does after each block.

use std::fmt;
use std::sync::Arc;

use ddvs_client::{
    AccountView, Backend, Block, ChainId, ChainInfo, ClientError, Live, MessageStatus,
    TransactionRecord,
};
use ddvs_embedded::EmbeddedNetwork;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};

use super::World;

type See = dyn FnMut(&EmbeddedNetwork, &Arc<Block>) + Send + Sync;

/// The function to call after each block, if any.
#[derive(Default)]
pub(super) struct Watch(Option<Box<See>>);

impl Clone for Watch {
    /// A clone of a world is a network of its own, which nobody watches.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watch").field(&self.0.is_some()).finish()
    }
}

impl World {
    /// Calls `see` after each block that this world makes from now on, when the accounts are as the block left them.
    /// A clone of this world is not watched, nor are blocks that a test makes on [`World::net`] itself.
    pub fn watch(
        &mut self,
        see: impl FnMut(&EmbeddedNetwork, &Arc<Block>) + Send + Sync + 'static,
    ) {
        self.watch = Watch(Some(Box::new(see)));
    }

    /// The network, whose blocks are watched.
    pub(super) fn watched(&mut self) -> Watched<'_> {
        Watched {
            net: &mut self.net,
            watch: &mut self.watch,
        }
    }
}

/// A world's network: blocks that are made on it are watched.
pub(super) struct Watched<'w> {
    net: &'w mut EmbeddedNetwork,
    watch: &'w mut Watch,
}

impl Live for Watched<'_> {
    fn kind(&self) -> &'static str {
        self.net.kind()
    }

    fn now_ms(&self) -> Result<u64, ClientError> {
        self.net.now_ms()
    }

    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        self.net.account(address)
    }

    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        self.net.config(chain)
    }

    fn send(&self, message: Cell) -> Result<HashBytes, ClientError> {
        self.net.send(message)
    }

    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        self.net.message_status(hash)
    }
}

impl Backend for Watched<'_> {
    fn chains(&self) -> Result<Vec<ChainInfo>, ClientError> {
        self.net.chains()
    }

    fn transactions(
        &self,
        account: &StdAddr,
        after_lt: u64,
        limit: usize,
    ) -> Result<Vec<Arc<TransactionRecord>>, ClientError> {
        self.net.transactions(account, after_lt, limit)
    }

    fn next_block(&mut self) -> Result<Option<Arc<Block>>, ClientError> {
        let block = self.net.next_block()?;
        if let (Some(block), Some(see)) = (&block, &mut self.watch.0) {
            see(self.net, block);
        }
        Ok(block)
    }

    fn cursor(&self) -> Result<u64, ClientError> {
        self.net.cursor()
    }

    fn blocks_since(&self, cursor: u64, limit: usize) -> Result<Vec<Arc<Block>>, ClientError> {
        self.net.blocks_since(cursor, limit)
    }
}
