//! Reading the index. A page has a limit, and continues after the last key of the previous page.

mod chain;
mod like;
mod pools;
mod rest;

use ddvs_client::ChainId;
use redb::{Database, ReadTransaction, ReadableDatabase, TableDefinition, TableHandle};
use serde::de::DeserializeOwned;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use crate::prune::{self, Pruned};
use crate::rows::BlockRow;
use crate::store::{META_CURSOR, META_HISTORY, pad};
use crate::tables::{BLOCKS, COUNTS, META};
use crate::{IndexError, key};

pub use chain::Located;
pub use like::Like;

type Bytes = TableDefinition<'static, &'static [u8], &'static [u8]>;
/// A key and its row.
type Entry = (Vec<u8>, Vec<u8>);

/// A view of the index at one moment.
pub struct Reader {
    txn: ReadTransaction,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

impl Reader {
    pub(crate) fn new(db: &Database) -> Result<Self, IndexError> {
        Ok(Self {
            txn: db.begin_read()?,
        })
    }

    /// The network's position after the last indexed block; `None` before the first.
    pub fn cursor(&self) -> Result<Option<u64>, IndexError> {
        let meta = self.txn.open_table(META)?;
        let row = meta.get(META_CURSOR)?;
        Ok(row.map(|row| u64::from_be_bytes(pad(row.value()))))
    }

    /// A random number of this index. A rebuilt index, of the same network or of another, may number events
    /// differently, and has another number.
    pub fn history(&self) -> Result<u64, IndexError> {
        let meta = self.txn.open_table(META)?;
        let row = meta.get(META_HISTORY)?;
        Ok(row.map_or(0, |row| u64::from_be_bytes(pad(row.value()))))
    }

    /// Returns the count of `blocks`, `transactions`, `accounts`, `pools` or `wallets`.
    pub fn count(&self, what: &'static str) -> Result<u64, IndexError> {
        let counts = self.txn.open_table(COUNTS)?;
        Ok(counts.get(what)?.map_or(0, |row| row.value()))
    }

    /// Returns what was removed because of its age.
    pub fn pruned(&self) -> Result<Pruned, IndexError> {
        prune::read(&self.txn.open_table(META)?)
    }

    /// Returns the first block of a chain at or after a key of a table of blocks, or of a table that leads to them.
    pub(crate) fn first_block(
        &self,
        table: Bytes,
        from: &[u8],
        chain: ChainId,
    ) -> Result<Option<BlockRow>, IndexError> {
        let is_table_of_blocks = table.name() == BLOCKS.name();
        let table = self.txn.open_table(table)?;
        let end = key::after_prefix(&key::chain(chain)).unwrap_or_default();
        let Some(entry) = table.range(from..end.as_slice())?.next() else {
            return Ok(None);
        };
        let (_, value) = entry?;
        match is_table_of_blocks {
            true => Ok(Some(postcard::from_bytes(value.value())?)),
            false => self.get(BLOCKS, value.value()),
        }
    }

    fn get<T: DeserializeOwned>(&self, table: Bytes, key: &[u8]) -> Result<Option<T>, IndexError> {
        let table = self.txn.open_table(table)?;
        match table.get(key)? {
            Some(row) => Ok(Some(postcard::from_bytes(row.value())?)),
            None => Ok(None),
        }
    }

    fn raw(&self, table: Bytes, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        let table = self.txn.open_table(table)?;
        Ok(table.get(key)?.map(|row| row.value().to_vec()))
    }

    /// Returns keys and values with a prefix, ascending, after `after`.
    fn ascending(
        &self,
        table: Bytes,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Entry>, IndexError> {
        let table = self.txn.open_table(table)?;
        let end = key::after_prefix(prefix).unwrap_or_else(|| vec![u8::MAX; 80]);
        // the smallest key above `after`
        let start = match after {
            Some(after) => [after, &[0]].concat(),
            None => prefix.to_vec(),
        };
        let mut found = Vec::new();
        if start >= end {
            return Ok(found);
        }
        for entry in table.range(start.as_slice()..end.as_slice())?.take(limit) {
            let (key, value) = entry?;
            found.push((key.value().to_vec(), value.value().to_vec()));
        }
        Ok(found)
    }

    /// Returns keys and values with a prefix, descending, below `before`.
    fn descending(
        &self,
        table: Bytes,
        prefix: &[u8],
        before: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Entry>, IndexError> {
        let table = self.txn.open_table(table)?;
        let end = match before {
            Some(before) => before.to_vec(),
            None => key::after_prefix(prefix).unwrap_or_else(|| vec![u8::MAX; 80]),
        };
        let mut found = Vec::new();
        if prefix >= end.as_slice() {
            return Ok(found);
        }
        for entry in table.range(prefix..end.as_slice())?.rev().take(limit) {
            let (key, value) = entry?;
            found.push((key.value().to_vec(), value.value().to_vec()));
        }
        Ok(found)
    }
}

fn rows<T: DeserializeOwned>(found: Vec<Entry>) -> Result<Vec<T>, IndexError> {
    let rows = found.iter().map(|(_, value)| postcard::from_bytes(value));
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the address at the end of a key, after `start` bytes of something else.
///
/// Fails only when the key has another length.
fn address_after(key: &[u8], start: usize) -> Result<StdAddr, IndexError> {
    let address = key.get(start..).map(<[u8; 33]>::try_from);
    let Some(Ok([chain, id @ ..])) = address else {
        return Err(IndexError::Key);
    };
    Ok(StdAddr::new(key::chain_of(chain), HashBytes(id)))
}
