//! The interface of all networks.

use std::sync::Arc;

use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::StdAddr;

use crate::{Block, ChainId, ClientError, Live, TransactionRecord};

/// Basic facts about a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainInfo {
    /// Its id.
    pub id: ChainId,
    /// Address of its D'Elector & Config contract.
    pub delector: StdAddr,
    /// Number of its last block.
    pub seqno: u32,
}

/// A network with its history: the stream of its blocks, and the transactions of an account.
pub trait Backend: Live {
    /// All chains, the masterchain first.
    fn chains(&self) -> Result<Vec<ChainInfo>, ClientError>;

    /// At most `limit` transactions of an account with a logical time above `after_lt`, ascending.
    fn transactions(
        &self,
        account: &StdAddr,
        after_lt: u64,
        limit: usize,
    ) -> Result<Vec<Arc<TransactionRecord>>, ClientError>;

    /// The next block of any chain: makes it where time is virtual, otherwise waits for it. `None` if no chain makes
    /// blocks.
    fn next_block(&mut self) -> Result<Option<Arc<Block>>, ClientError>;

    /// Position after the last block, for [`Self::blocks_since`].
    fn cursor(&self) -> Result<u64, ClientError>;

    /// At most `limit` blocks of all chains from a position on, in the order in which they arrived.
    fn blocks_since(&self, cursor: u64, limit: usize) -> Result<Vec<Arc<Block>>, ClientError>;

    /// Operations that only a network's operator has, if this network offers them to its user.
    fn operator(&mut self) -> Option<&mut dyn Operator> {
        None
    }
}

/// Operations that only a network's operator has. A scenario that needs them reports its steps as not applicable
/// elsewhere.
pub trait Operator {
    /// Stops a chain. Messages that it has sent stay deliverable, and messages to it wait.
    fn silence(&mut self, chain: ChainId) -> Result<(), ClientError>;

    /// Resumes a chain.
    fn resume(&mut self, chain: ChainId) -> Result<(), ClientError>;

    /// Makes a chain's blocks `factor` times as far apart; 1 is normal.
    fn slow(&mut self, chain: ChainId, factor: u32) -> Result<(), ClientError>;

    /// Sets the minimum delay of messages from one chain to another.
    fn set_pair_delay(
        &mut self,
        source: ChainId,
        destination: ChainId,
        base_ms: u64,
    ) -> Result<(), ClientError>;

    /// Makes the next block of one chain, even before it is due.
    fn produce_block(&mut self, chain: ChainId) -> Result<Arc<Block>, ClientError>;

    /// Puts an internal message into the queue of its destination as if an account of `source` had sent it, which no
    /// real network allows.
    fn inject_internal(&mut self, source: ChainId, message: Cell)
    -> Result<HashBytes, ClientError>;

    /// Whether no message waits anywhere.
    fn is_idle(&self) -> bool;
}
