//! The running network as a backend inside the process, for simulated users.

use std::sync::Arc;
use std::time::Duration;

use ddvs_api::{EmbeddedLive, Live};
use ddvs_client::{
    AccountView, Backend, Block, ChainId, ChainInfo, ClientError, MessageStatus, TransactionRecord,
};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};

/// Time between two checks for a block.
const NAP: Duration = Duration::from_millis(10);

/// A running network. Messages take the same path as those of the API.
#[derive(Debug, Clone)]
pub struct Inside {
    live: EmbeddedLive,
    cursor: u64,
}

impl Inside {
    /// Starts at the current block.
    ///
    /// Fails only when the network does.
    pub fn new(live: EmbeddedLive) -> Result<Self, ClientError> {
        let cursor = live.read().cursor()?;
        Ok(Self { live, cursor })
    }
}

impl Backend for Inside {
    fn kind(&self) -> &'static str {
        self.live.kind()
    }

    fn chains(&self) -> Result<Vec<ChainInfo>, ClientError> {
        self.live.read().chains()
    }

    fn now_ms(&self) -> Result<u64, ClientError> {
        self.live.now_ms()
    }

    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        self.live.account(address)
    }

    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        self.live.config(chain)
    }

    fn send_external(&mut self, message: Cell) -> Result<HashBytes, ClientError> {
        self.live.send(message)
    }

    fn transactions(
        &self,
        account: &StdAddr,
        after_lt: u64,
        limit: usize,
    ) -> Result<Vec<Arc<TransactionRecord>>, ClientError> {
        self.live.read().transactions(account, after_lt, limit)
    }

    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        self.live.message_status(hash)
    }

    /// Waits for the next block, which comes by the clock.
    fn next_block(&mut self) -> Result<Option<Arc<Block>>, ClientError> {
        loop {
            let next = self.live.read().blocks_since(self.cursor, 1)?.pop();
            if next.is_some() {
                self.cursor += 1;
                return Ok(next);
            }
            std::thread::sleep(NAP);
        }
    }

    fn cursor(&self) -> Result<u64, ClientError> {
        self.live.read().cursor()
    }

    fn blocks_since(&self, cursor: u64, limit: usize) -> Result<Vec<Arc<Block>>, ClientError> {
        self.live.read().blocks_since(cursor, limit)
    }
}
