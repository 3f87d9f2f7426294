//! Opening, checking and creating the store.

use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::backends::InMemoryBackend;
use redb::{Builder, Database, ReadableDatabase, ReadableTable};
use tycho_types::cell::HashBytes;

use crate::read::Reader;
use crate::tables::{
    ACCOUNTS, ACCOUNTS_BY_CODE, BATCHES, BLOCK_BY_HASH, BLOCK_BY_LT, BLOCK_BY_TIME,
    BLOCK_TRANSACTIONS, BLOCKS, COPIES, COUNTS, ENDED, EVENTS, EVIDENCE, MESSAGE_BY_LT, MESSAGES,
    META, POOL_BY_KEY, POOLS, POOLS_BY_OWNER, POOLS_BY_STAKE, POSITIONS, REMOVED, SETS,
    TRANSACTION_BOCS, TRANSACTION_BY_HASH, TRANSACTIONS, WALLETS, WALLETS_BY_OWNER,
};
use crate::{Identity, IndexError, guarded, make_whole};

/// Version of the layout of keys and rows. A change of either increments it.
pub const SCHEMA: u32 = 5;

/// Size of the store's read cache, in bytes.
const CACHE_BYTES: usize = 256 << 20;

pub(crate) const META_SCHEMA: &str = "schema";
pub(crate) const META_GENESIS: &str = "genesis";
pub(crate) const META_CURSOR: &str = "cursor";
pub(crate) const META_HISTORY: &str = "history";

/// An index. Clones share the store; any number may read while one writes.
#[derive(Clone)]
pub struct Index {
    pub(crate) db: Arc<Database>,
    pub(crate) identity: Arc<Identity>,
    is_in_memory: bool,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index")
            .field("is_in_memory", &self.is_in_memory)
            .finish_non_exhaustive()
    }
}

impl Index {
    /// Returns an empty index that ends with the process.
    ///
    /// Fails only when there is not enough memory.
    pub fn in_memory(identity: Identity) -> Result<Self, IndexError> {
        let db = Builder::new()
            .set_cache_size(CACHE_BYTES / 8)
            .create_with_backend(InMemoryBackend::new())?;
        let index = Self {
            db: Arc::new(db),
            identity: Arc::new(identity),
            is_in_memory: true,
        };
        index.begin()?;
        Ok(index)
    }

    /// Opens the index in a file, or creates one there. A process that is killed while it creates one leaves none.
    ///
    /// Fails when the file holds another schema or network, is damaged, is held by another process, or cannot be written.
    pub fn open(path: &Path, identity: Identity) -> Result<Self, IndexError> {
        let identity = Arc::new(identity);
        let open = |path: &Path| -> Result<Self, IndexError> {
            let db = Builder::new().set_cache_size(CACHE_BYTES).create(path)?;
            let index = Self {
                db: Arc::new(db),
                identity: identity.clone(),
                is_in_memory: false,
            };
            index.check(path.to_owned())?;
            index.begin()?;
            Ok(index)
        };
        make_whole(path, |path| open(path).map(drop))
            .and_then(|()| guarded(|| open(path)))
            .map_err(IndexError::opening(path))
    }

    /// Deletes the file of an index, whatever its content, and creates an empty one.
    ///
    /// Fails when the file cannot be deleted or written.
    pub fn rebuild(path: &Path, identity: Identity) -> Result<Self, IndexError> {
        match std::fs::remove_file(path) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
                Err(redb::StorageError::Io(cause).into())
            }
            _ => Self::open(path, identity),
        }
    }

    fn check(&self, path: PathBuf) -> Result<(), IndexError> {
        let txn = self.db.begin_read()?;
        let meta = match txn.open_table(META) {
            Ok(meta) => meta,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let found = meta
            .get(META_SCHEMA)?
            .map(|row| u32::from_be_bytes(pad(row.value())));
        if let Some(found) = found.filter(|found| *found != SCHEMA) {
            let expected = SCHEMA;
            return Err(IndexError::Schema {
                path,
                found,
                expected,
            });
        }
        let expected = self.identity.network.genesis;
        let genesis = meta.get(META_GENESIS)?;
        match genesis.map(|row| HashBytes(pad(row.value()))) {
            Some(found) if found != expected => Err(IndexError::OtherNetwork {
                path,
                found: found.to_string(),
                expected: expected.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// Creates all tables, so that readers find them.
    fn begin(&self) -> Result<(), IndexError> {
        let txn = self.db.begin_write()?;
        {
            let mut meta = txn.open_table(META)?;
            meta.insert(META_SCHEMA, SCHEMA.to_be_bytes().as_slice())?;
            meta.insert(META_GENESIS, self.identity.network.genesis.as_slice())?;
            if meta.get(META_HISTORY)?.is_none() {
                // the system seeds it randomly each time, which is good enough for a name
                let history = RandomState::new().hash_one(META_HISTORY);
                meta.insert(META_HISTORY, history.to_be_bytes().as_slice())?;
            }
            txn.open_table(COUNTS)?;
            txn.open_table(EVENTS)?;
            for table in [
                BLOCKS,
                BLOCK_BY_HASH,
                BLOCK_BY_LT,
                BLOCK_BY_TIME,
                BLOCK_TRANSACTIONS,
                TRANSACTIONS,
                TRANSACTION_BOCS,
                TRANSACTION_BY_HASH,
                MESSAGES,
                MESSAGE_BY_LT,
                ENDED,
                ACCOUNTS,
                ACCOUNTS_BY_CODE,
                SETS,
                POOLS,
                POOLS_BY_OWNER,
                POOLS_BY_STAKE,
                POOL_BY_KEY,
                WALLETS,
                WALLETS_BY_OWNER,
                POSITIONS,
                BATCHES,
                COPIES,
                REMOVED,
                EVIDENCE,
            ] {
                txn.open_table(table)?;
            }
        }
        txn.commit()?;
        Ok(())
    }

    /// The network of the index.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Returns a view of the current index, which does not change while it is held.
    ///
    /// Fails only when the store does.
    pub fn read(&self) -> Result<Reader, IndexError> {
        Reader::new(&self.db)
    }

    /// Whether it ends with the process.
    pub fn is_in_memory(&self) -> bool {
        self.is_in_memory
    }
}

/// The first `N` bytes, with zeros where there are fewer.
pub(crate) fn pad<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut padded = [0; N];
    for (place, byte) in padded.iter_mut().zip(bytes) {
        *place = *byte;
    }
    padded
}
