//! The network as plain data, for storing and restoring it.
//!
//! A state contains no history, only the position in it. Its cells are those of the running network, so the cost of
//! exporting one depends only on the waiting messages; a store needs to write only the cells that it does not have
//! yet.

use ddvs_chain::ChainState;
use ddvs_types::ChainId;
use tycho_types::cell::Cell;

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
    /// Delays between chains and of blocks.
    pub delays: DelayPlan,
    /// Limits of queues and blocks.
    pub limits: Limits,
    /// All chains, by ascending id.
    pub chains: Vec<SiteState>,
    /// All queues of messages between chains, including empty ones.
    pub queues: Vec<QueueState>,
}

/// One chain, and when it makes its blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteState {
    /// The chain.
    pub chain: ChainState,
    /// Time between blocks in the genesis, in ms.
    pub block_time_ms: u64,
    /// Factor by which it is slowed, 1 if it is not.
    pub slow_factor: u32,
    /// Whether it makes no blocks.
    pub is_silenced: bool,
    /// Virtual time of its last block in ms.
    pub last_block_ms: u64,
    /// When its next block is due, in ms.
    pub due_ms: u64,
    /// External messages that wait, in order of arrival.
    pub externals: Vec<Cell>,
}

/// Messages from one chain to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueState {
    /// The chain that sent them.
    pub source: ChainId,
    /// The chain that will import them.
    pub destination: ChainId,
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
    /// A chain's state.
    #[error(transparent)]
    Chain(#[from] ddvs_chain::RestoreError),
    /// A waiting message cannot be decoded.
    #[error("chain {source_chain}: a waiting message: {cause}")]
    Message {
        /// The chain that sent it.
        source_chain: ChainId,
        /// Decoding error.
        cause: tycho_types::error::Error,
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
    /// What waits between two chains is not what one sent and the other did not import.
    #[error("what chain {source_chain} sent to chain {destination} is not what arrived or waits")]
    Lane {
        /// The chain that sent it.
        source_chain: ChainId,
        /// Its destination.
        destination: ChainId,
    },
    /// Time or a counter is out of range.
    #[error(transparent)]
    Fault(#[from] crate::Fault),
}

impl RestoreError {
    pub(crate) fn message(source: ChainId) -> impl FnOnce(tycho_types::error::Error) -> Self {
        move |cause| Self::Message {
            source_chain: source,
            cause,
        }
    }
}
