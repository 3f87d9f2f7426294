//! Errors of the index.

use std::path::{Path, PathBuf};

use crate::Trouble;

/// Error of everything in this crate.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The file was written by another version of this crate.
    #[error(
        "{path} has schema {found}, this program needs {expected}: rebuild it with `--rebuild-index`"
    )]
    Schema {
        /// The file.
        path: PathBuf,
        /// Schema in the file.
        found: u32,
        /// Schema of this crate.
        expected: u32,
    },
    /// The file holds another network.
    #[error("{path} holds network {found}, not {expected}: use another file, or delete it")]
    OtherNetwork {
        /// The file.
        path: PathBuf,
        /// Genesis hash in the file.
        found: String,
        /// Genesis hash of the network.
        expected: String,
    },
    /// The file cannot be opened: it is damaged, held by another process, or cannot be written.
    #[error("{path} cannot be opened: {cause}. {}", advice(.cause))]
    Open {
        /// The file.
        path: PathBuf,
        /// Error of the store.
        cause: Box<redb::Error>,
    },
    /// The store failed: the disk is full, or the file is damaged.
    #[error("the index failed: {cause}. {advice}", cause = .0, advice = advice(.0))]
    Store(Box<redb::Error>),
    /// A row cannot be read.
    #[error("the index is damaged ({0}): rebuild it with `--rebuild-index`")]
    Row(#[from] postcard::Error),
    /// A key cannot be read.
    #[error("the index is damaged (a key has another length): rebuild it with `--rebuild-index`")]
    Key,
    /// A cell cannot be read or built.
    #[error("a cell of block {chain}:{seqno} cannot be read: {cause}")]
    Cell {
        /// The chain.
        chain: i8,
        /// The block.
        seqno: u32,
        /// Decoding error.
        cause: tycho_types::error::Error,
    },
    /// The network failed while its accounts were read.
    #[error(transparent)]
    Network(#[from] ddvs_client::ClientError),
}

fn advice(cause: &redb::Error) -> &'static str {
    Trouble::of(cause)
        .advice("Rebuild the index with `--rebuild-index`: the network itself is not in it")
}

impl IndexError {
    /// Adds the file that could not be opened.
    fn of_file(self, path: &Path) -> Self {
        match self {
            Self::Store(cause) => Self::Open {
                path: path.to_owned(),
                cause,
            },
            other => other,
        }
    }

    /// Adds the file's name to an error while it is opened.
    pub(crate) fn opening(path: &Path) -> impl FnOnce(Self) -> Self {
        move |error| error.of_file(path)
    }
}

impl From<std::io::Error> for IndexError {
    fn from(cause: std::io::Error) -> Self {
        redb::StorageError::Io(cause).into()
    }
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
