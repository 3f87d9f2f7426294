//! Limits and status of a network.

use ddvs_types::ChainId;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// Limits of queues and blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of external messages that wait for a block of one chain.
    pub max_queued_externals: usize,
    /// Maximum number of transactions in one block, whatever the gas limit allows.
    pub max_block_transactions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_queued_externals: 100_000,
            max_block_transactions: 100_000,
        }
    }
}

/// Status of a chain between two blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainStatus {
    /// The chain.
    pub id: ChainId,
    /// Address of its D'Elector.
    pub delector: StdAddr,
    /// Number of its last block, 0 before the first.
    pub seqno: u32,
    /// Hash of its last block.
    pub last_hash: HashBytes,
    /// Virtual time of its last block in ms.
    pub last_block_ms: u64,
    /// Virtual time at which the next block is due in ms.
    pub due_ms: u64,
    /// Next free logical time.
    pub lt: u64,
    /// Time between blocks in the genesis, in ms.
    pub block_time_ms: u64,
    /// Factor by which the chain is slowed, 1 if it is not.
    pub slow_factor: u32,
    /// Whether it makes no blocks.
    pub is_silenced: bool,
    /// Number of waiting external messages.
    pub queued_externals: usize,
}
