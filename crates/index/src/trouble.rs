//! Problems of a store's file, as far as a user can resolve them.

use std::fmt::Display;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Problem of a store's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Another process has it.
    InUse,
    /// Its content is damaged.
    Damaged,
    /// The disk is full.
    Full,
    /// This user may not read or write it.
    Denied,
    /// Something else, such as a failing disk.
    Other,
}

impl Trouble {
    /// Classifies an error of the store.
    pub fn of(error: &redb::Error) -> Self {
        match error {
            redb::Error::DatabaseAlreadyOpen => Self::InUse,
            redb::Error::Corrupted(_)
            | redb::Error::UpgradeRequired(_)
            | redb::Error::RepairAborted
            | redb::Error::TableDoesNotExist(_)
            | redb::Error::TableTypeMismatch { .. }
            | redb::Error::TableIsMultimap(_)
            | redb::Error::TypeDefinitionChanged { .. } => Self::Damaged,
            redb::Error::Io(cause) => match cause.kind() {
                ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Self::Damaged,
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                    Self::Full
                }
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::Denied,
                _ => Self::Other,
            },
            _ => Self::Other,
        }
    }

    /// Returns advice as a sentence. `damaged` is the advice for a damaged file.
    pub fn advice(self, damaged: &str) -> &str {
        match self {
            Self::InUse => "End the other process, or use another directory",
            Self::Damaged => damaged,
            Self::Full => "Make room on its disk, then start again: what was kept is not lost",
            Self::Denied => "Let this user write the file and its directory",
            Self::Other => "Look at the file and its disk, then start again",
        }
    }
}

/// Works on a store whose file may be damaged. A damaged page may make the store panic: that is returned as
/// [`redb::Error::Corrupted`].
///
/// `work` must leave nothing that is used after it panicked.
pub fn guarded<T, E: From<redb::StorageError> + Display>(
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        let line = words.unwrap_or("no reason given").replace('\n', " ");
        Err(redb::StorageError::Corrupted(format!("the store panicked: {line}")).into())
    })
}
