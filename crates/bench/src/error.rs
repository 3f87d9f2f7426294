//! Errors of measurements.

use ddvs_ledger::{Fault, GenesisRefusal, SendError};
use ddvs_zerostate::SpecError;
use tycho_types::error::Error;

/// Error of a measurement.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The network that was to be measured cannot exist.
    #[error("no such network: {0}")]
    Spec(#[from] SpecError),
    /// The ledger refuses the zerostate.
    #[error("the ledger refuses the zerostate: {0}")]
    Genesis(#[from] GenesisRefusal),
    /// A message was rejected.
    #[error("a message was rejected: {0}")]
    Send(#[from] SendError),
    /// The embedded network is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// A cell could not be built or read.
    #[error("a cell: {0}")]
    Cell(#[from] Error),
    /// A user's message could not be built.
    #[error(transparent)]
    Client(#[from] ddvs_client::ClientError),
    /// A server did not answer.
    #[error("request to the server: {0}")]
    Http(String),
    /// The index or the server in front of it failed.
    #[error("the index: {0}")]
    Index(#[from] ddvs_index::IndexError),
    /// The server could not be started.
    #[error("the server: {0:#}")]
    Server(#[from] anyhow::Error),
    /// The measured event did not happen: a figure would be wrong.
    #[error("{0}")]
    NotDone(String),
}
