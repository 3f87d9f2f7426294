//! Errors. A refusal says why a block or an import is not valid, a fault is a defect.

use ddvs_chain::{BodyRefusal, Fault};
use ddvs_light::CertificateError;
use ddvs_types::ChainId;
use tycho_types::error::Error;

/// Reason why a header or messages of another chain are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportRefusal {
    /// There is no such other chain.
    #[error("there is no other chain {0}")]
    NoSuchChain(ChainId),
    /// The header is of another network or incarnation, or it does not name exactly the other chains.
    #[error("it is not a header of chain {0} of this network and incarnation")]
    Scope(ChainId),
    /// The header is not later than the one that is known, or not earlier than the block that takes it.
    #[error("header {height} of chain {chain} is not between the known one and this block")]
    Time {
        /// The chain.
        chain: ChainId,
        /// Height of the header.
        height: u64,
    },
    /// The header does not continue the one that is known: another parent, or lanes that are shorter.
    #[error("header {height} of chain {chain} does not continue the known one")]
    Continuity {
        /// The chain.
        chain: ChainId,
        /// Height of the header.
        height: u64,
    },
    /// So many messages would follow the imported ones in the header's lane that no block could prove where it stops. An earlier
    /// header comes first.
    #[error(
        "header {height} of chain {chain} is too many messages ahead: take an earlier one first"
    )]
    TooFar {
        /// The chain.
        chain: ChainId,
        /// Height of the header.
        height: u64,
    },
    /// The header's set is not one to which this chain has agreed: it has not applied the batches, or it has applied others or
    /// too many later ones.
    #[error("the set that signs for chain {0} is not agreed")]
    NotAgreed(ChainId),
    /// The certificate proves nothing.
    #[error("the certificate of chain {chain} proves nothing: {cause}")]
    Certificate {
        /// The chain.
        chain: ChainId,
        /// Description of the problem.
        cause: CertificateError,
    },
    /// The messages are not the next ones of the lane.
    #[error("the messages are not the next ones of the lane from chain {0}")]
    Lane(ChainId),
    /// More coins came out of a chain than ever went in.
    #[error("chain {chain} has sent {sent_nano} nano, but only {held_nano} ever went in")]
    Coins {
        /// The chain.
        chain: ChainId,
        /// All that it says that it has sent.
        sent_nano: u128,
        /// All that it was issued, and that others say they have sent to it.
        held_nano: u128,
    },
    /// A cell cannot be decoded.
    #[error("it cannot be decoded: {0}")]
    Cell(#[from] Error),
}

/// Reason why a block is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockRefusal {
    /// Its encoding is not the one encoding of a body.
    #[error("its body cannot be decoded: {0}")]
    Encoding(String),
    /// It is larger than any block may be.
    #[error("its body has {0} bytes, more than any block may have")]
    TooLarge(usize),
    /// There are too many headers or hashes in it.
    #[error("there are too many {0} in its body")]
    TooMany(&'static str),
    /// Hashes of later messages are not those of exactly the chains of which messages are imported.
    #[error("hashes of later messages are not there for exactly the chains that it imports from")]
    Later,
    /// Its time is not after that of the block before.
    #[error("its time of {0} ms is not after that of the block before")]
    Time(u64),
    /// A part of it is of another chain and not proven.
    #[error("an import is not valid: {0}")]
    Import(#[from] ImportRefusal),
    /// The chain does not process it.
    #[error("the chain does not process it: {0}")]
    Body(#[from] BodyRefusal),
}

/// Reason why a block was not made again.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The block is not valid; nothing changed.
    #[error(transparent)]
    Refused(#[from] BlockRefusal),
    /// The chain failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<ddvs_chain::ExecuteError> for ExecuteError {
    fn from(error: ddvs_chain::ExecuteError) -> Self {
        match error {
            ddvs_chain::ExecuteError::Refused(refusal) => Self::Refused(refusal.into()),
            ddvs_chain::ExecuteError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl From<ImportRefusal> for ExecuteError {
    fn from(refusal: ImportRefusal) -> Self {
        Self::Refused(refusal.into())
    }
}
