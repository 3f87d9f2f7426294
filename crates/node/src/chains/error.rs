//! Errors of taking and loading blocks.

use ddvs_light::CertificateError;
use ddvs_replica::{BlockRefusal, StateRefusal};
use ddvs_types::ChainId;

use crate::block::Malformed;
use crate::store::StoreError;

/// Reason why a decided block is not taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// There is no such chain.
    #[error("there is no chain {0}")]
    NoSuchChain(ChainId),
    /// It is not the next block of its chain.
    #[error("block {found} of chain {chain} does not follow block {known}")]
    NotNext {
        /// The chain.
        chain: ChainId,
        /// Height of the block.
        found: u64,
        /// Height that is known.
        known: u64,
    },
    /// The bytes are not a block.
    #[error("it is not a block: {0}")]
    Malformed(#[from] Malformed),
    /// It is not certified by the chain's set.
    #[error("its certificate proves nothing: {0}")]
    Certificate(#[from] CertificateError),
    /// The chain's validators have certified what is not valid: they are captured, and the chain is followed no further.
    #[error("chain {chain} is captured: its block {height} is certified but not valid: {reason}")]
    Captured {
        /// The chain.
        chain: ChainId,
        /// Height of the block.
        height: u64,
        /// Why it is not valid.
        reason: String,
    },
    /// The state transition failed.
    #[error(transparent)]
    Fault(#[from] ddvs_chain::Fault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reason why the chains cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored state is not that of its header.
    #[error("the stored state of chain {chain}: {cause}")]
    State {
        /// The chain.
        chain: ChainId,
        /// Description of the problem.
        cause: StateRefusal,
    },
    /// A stored state cannot be decoded.
    #[error("the stored state of chain {chain}: {cause}")]
    Encoding {
        /// The chain.
        chain: ChainId,
        /// Description of the problem.
        cause: BlockRefusal,
    },
    /// A stored block cannot be executed again.
    #[error("block {height} of chain {chain} cannot be executed again: {reason}")]
    Block {
        /// The chain.
        chain: ChainId,
        /// Height of the block.
        height: u64,
        /// Description of the problem.
        reason: String,
    },
}
