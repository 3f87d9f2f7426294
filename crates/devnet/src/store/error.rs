//! Errors of storing and resuming a network; each names the file and gives advice.

use std::path::{Path, PathBuf};

use ddvs_index::Trouble;

use super::SCHEMA;

/// Reason why a network cannot be stored or resumed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has it.
    #[error("{0} is in use by another `ddvs devnet`: stop that one, or use another directory")]
    InUse(PathBuf),
    /// Another version wrote it.
    #[error(
        "{path} has schema {found}, this program needs {SCHEMA}: use the version of ddvs that made it, or another directory"
    )]
    Schema {
        /// The file.
        path: PathBuf,
        /// Schema in the file.
        found: u32,
    },
    /// Its content is damaged.
    #[error("{path} is damaged: {cause}. {ANEW}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Description of the damage.
        cause: String,
    },
    /// The store failed: the disk is full, or the file cannot be written.
    #[error("{path} cannot be written: {cause}. {}", Trouble::of(.cause).advice(ANEW))]
    Store {
        /// The file.
        path: PathBuf,
        /// Error of the store.
        cause: Box<redb::Error>,
    },
}

/// Advice on a damaged state.
pub(crate) const ANEW: &str = "Restore the whole directory from a copy, or start a new network in another one: damaged data cannot be rebuilt from the index";

/// An error without the file.
#[derive(Debug, thiserror::Error)]
pub(super) enum RowError {
    #[error("{0}")]
    Damaged(String),
    #[error("{0}")]
    Store(Box<redb::Error>),
}

impl RowError {
    pub fn damaged(cause: impl std::fmt::Display) -> Self {
        Self::Damaged(cause.to_string())
    }

    /// Adds the file.
    pub fn at(path: &Path) -> impl FnOnce(Self) -> StoreError {
        let path = path.to_owned();
        move |error| match error {
            Self::Damaged(cause) => StoreError::Damaged { path, cause },
            Self::Store(cause) => match Trouble::of(&cause) {
                Trouble::InUse => StoreError::InUse(path),
                Trouble::Damaged => StoreError::Damaged {
                    path,
                    cause: cause.to_string(),
                },
                _ => StoreError::Store { path, cause },
            },
        }
    }
}

macro_rules! from_store {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for RowError {
            fn from(cause: redb::$error) -> Self {
                Self::Store(Box::new(cause.into()))
            }
        })*
    };
}

from_store!(
    DatabaseError,
    StorageError,
    TableError,
    TransactionError,
    CommitError
);

impl From<std::io::Error> for RowError {
    fn from(cause: std::io::Error) -> Self {
        redb::StorageError::Io(cause).into()
    }
}

impl From<StoreError> for RowError {
    /// Error of a file that has another name while it is created.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Store { cause, .. } => Self::Store(cause),
            StoreError::Damaged { cause, .. } => Self::Damaged(cause),
            other => Self::damaged(other),
        }
    }
}

macro_rules! damaged {
    ($($error:ty),*) => {
        $(impl From<$error> for RowError {
            fn from(cause: $error) -> Self {
                Self::damaged(cause)
            }
        })*
    };
}

damaged!(
    tycho_types::error::Error,
    postcard::Error,
    ddvs_ledger::Fault
);
