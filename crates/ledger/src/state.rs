//! The network as plain data, for storing and restoring it.
//!
//! A state contains no history, only the position in it. Its cells are those of the running network, so the cost of
//! exporting one depends only on the waiting messages; a store needs to write only the cells that it does not have
//! yet.

use ddvs_types::{ChainId, ChainSupply};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::StdAddr;

use crate::{DelayPlan, Limits};

/// Everything that determines the network's future.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkState {
    /// Seed of the contracts' randomness.
    pub seed: u64,
    /// Virtual time, in ms since 1970.
    pub now_ms: u64,
    /// Blocks made so far: [`crate::Network::cursor`].
    pub cursor: u64,
    /// Coins of the zerostate, in nano.
    pub issued_nano: u128,
    /// Coins of [`crate::Network::inject_internal`], in nano.
    pub injected_nano: u128,
    /// Delays between chains and of blocks.
    pub delays: DelayPlan,
    /// Limits of queues and blocks.
    pub limits: Limits,
    /// All chains, by ascending id.
    pub chains: Vec<ChainState>,
    /// All queues of internal messages, including empty ones.
    pub queues: Vec<QueueState>,
}

/// One chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainState {
    /// Its id.
    pub id: ChainId,
    /// Address of its D'Elector.
    pub delector: StdAddr,
    /// Time between blocks in the genesis, in ms.
    pub block_time_ms: u64,
    /// Factor by which it is slowed, 1 if it is not.
    pub slow_factor: u32,
    /// Whether it makes no blocks.
    pub is_silenced: bool,
    /// Number of its last block, 0 before the first.
    pub seqno: u32,
    /// Hash of its last block.
    pub last_hash: HashBytes,
    /// Virtual time of its last block in ms.
    pub last_block_ms: u64,
    /// When its next block is due, in ms.
    pub due_ms: u64,
    /// Next free logical time.
    pub lt: u64,
    /// Its coins by kind.
    pub supply: ChainSupply,
    /// All its accounts, TL-B `ShardAccounts`.
    pub accounts: Cell,
    /// Root of the config dictionary in force. It differs from the D'Elector's if that was rejected.
    pub config: Cell,
    /// External messages that wait, in order of arrival.
    pub externals: Vec<Cell>,
}

/// Internal messages from one chain to another, or to later blocks of the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueState {
    /// The chain that sent them.
    pub source: ChainId,
    /// The chain that will import them.
    pub destination: ChainId,
    /// Messages ever queued here.
    pub pushed: u64,
    /// Time from which the last message is available, in ms; later ones are not available before.
    pub last_available_at_ms: u64,
    /// Waiting messages, in order.
    pub messages: Vec<WaitingMessage>,
}

/// An internal message that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingMessage {
    /// The message.
    pub cell: Cell,
    /// Virtual time from which a block may import it.
    pub available_at_ms: u64,
}

/// Reason why a state is not one that a network could have.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// A part cannot be decoded.
    #[error("chain {chain}: {what}: {cause}")]
    Cell {
        /// The chain.
        chain: ChainId,
        /// The part that cannot be decoded.
        what: &'static str,
        /// Decoding error.
        cause: tycho_types::error::Error,
    },
    /// The config in force is invalid.
    #[error("chain {chain}: the config in force: {cause}")]
    Config {
        /// The chain.
        chain: ChainId,
        /// Description of the problem.
        cause: crate::config::ConfigError,
    },
    /// An external message could never have been admitted.
    #[error(transparent)]
    External(#[from] crate::ExternalRefusal),
    /// Chains and queues do not match.
    #[error("the queues are not one for each pair of chains")]
    Queues,
    /// A chain occurs twice, or the masterchain is missing.
    #[error("the chains are not a masterchain and distinct others")]
    Chains,
    /// Time or a counter is out of range.
    #[error(transparent)]
    Fault(#[from] crate::Fault),
    /// Coins are missing, or there are too many.
    #[error("coins do not balance: {0}")]
    Supply(String),
}

impl RestoreError {
    pub(crate) fn cell(
        chain: ChainId,
        what: &'static str,
    ) -> impl FnOnce(tycho_types::error::Error) -> Self {
        move |cause| Self::Cell { chain, what, cause }
    }
}
