//! Why the index cannot do what was asked.

use std::path::PathBuf;

/// Error of everything in this crate.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The file was written by another version of this crate.
    #[error(
        "{path} has schema {found}, this program needs {expected}: make it anew with `--rebuild-index`, or delete it"
    )]
    Schema {
        /// The file.
        path: PathBuf,
        /// What it holds.
        found: u32,
        /// What this crate writes.
        expected: u32,
    },
    /// The file holds another network.
    #[error("{path} holds network {found}, not {expected}: name another file, or delete it")]
    OtherNetwork {
        /// The file.
        path: PathBuf,
        /// Genesis hash in the file.
        found: String,
        /// Genesis hash of the network.
        expected: String,
    },
    /// The store failed: the disk is full, the file is damaged or held by another process.
    #[error("the index failed: {0}")]
    Store(Box<redb::Error>),
    /// A row cannot be read.
    #[error("the index is damaged ({0}): make it anew with `--rebuild-index`")]
    Row(#[from] postcard::Error),
    /// A key cannot be read.
    #[error("the index is damaged (a key has another length): make it anew with `--rebuild-index`")]
    Key,
    /// A cell cannot be read or built.
    #[error("a cell of block {chain}:{seqno} cannot be read: {cause}")]
    Cell {
        /// The chain.
        chain: i8,
        /// The block.
        seqno: u32,
        /// What the codec says.
        cause: tycho_types::error::Error,
    },
    /// The network failed while its accounts were read.
    #[error(transparent)]
    Network(#[from] ddvs_client::ClientError),
}

macro_rules! from_store {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for IndexError {
            fn from(cause: redb::$error) -> Self {
                Self::Store(Box::new(cause.into()))
            }
        })*
    };
}

from_store!(
    StorageError,
    DatabaseError,
    TableError,
    TransactionError,
    CommitError,
    SetDurabilityError
);
