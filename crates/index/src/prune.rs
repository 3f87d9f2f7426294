//! Gradual removal of old data while the index is in use.
//!
//! History is removed: blocks with their transactions and messages, sets, batches, evidence, events. Current state is kept:
//! accounts, pools, wallets, positions, copies, removed keys, a chain's first header, and the validator set and key block of
//! the first block that is kept. Counts include removed entries.

mod batches;
mod blocks;
mod rest;

use std::collections::BTreeMap;
use std::time::Duration;

use ddvs_client::ChainId;
use redb::{Durability, ReadableTable, Table, WriteTransaction};
use serde::{Deserialize, Serialize};

use crate::rows::BlockRow;
use crate::tables::{BLOCK_BY_TIME, BLOCKS, META};
use crate::{Index, IndexError, key};

/// Name of the row that records what was removed.
const META_PRUNED: &str = "pruned";

/// A table whose keys and values are bytes.
type Bytes<'t> = Table<'t, &'static [u8], &'static [u8]>;

/// A key and its row.
type Entry = (Vec<u8>, Vec<u8>);

/// Extent of the history that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Everything.
    All,
    /// This number of the newest blocks of each chain; at least one.
    Blocks(u32),
    /// Blocks of this length of time, up to the network's last block.
    Time(Duration),
}

/// The first block of a chain that is kept. Earlier ones are removed or about to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Horizon {
    /// Its number.
    pub seqno: u32,
    /// Its time in ms.
    pub time_ms: u64,
    /// Logical time at its start.
    pub lt: u64,
}

/// Record of what was removed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pruned {
    /// First kept blocks, by chain from which anything was removed.
    pub chains: BTreeMap<ChainId, Horizon>,
    /// The first event that is kept, 0 if none was removed.
    pub first_event: u64,
}

/// Number of rows that may still be removed in one change.
struct Budget(usize);

impl Budget {
    fn take(&mut self) -> bool {
        let has_more = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        has_more
    }

    fn is_spent(&self) -> bool {
        self.0 == 0
    }
}

impl Index {
    /// Removes data that are too old, at most about `limit` blocks, transactions, events and the like; returns whether there is
    /// more to remove. Concurrent readers see all or nothing of the change.
    ///
    /// Fails only when the store does, or is damaged.
    pub fn prune(&self, keep: Keep, limit: usize) -> Result<bool, IndexError> {
        let horizons = self.horizons(keep)?;
        if horizons.is_empty() {
            return Ok(false);
        }
        let mut txn = self.db.begin_write()?;
        // durable with the next write: a crash restores what was removed, and it is removed again
        txn.set_durability(Durability::None)?;
        let mut pruned = read(&txn.open_table(META)?)?;
        let before = pruned.clone();
        let mut budget = Budget(limit.max(1));
        for (&chain, horizon) in &horizons {
            let known = pruned.chains.get(&chain).map_or(0, |known| known.seqno);
            // data about to be removed are reported as removed already, so that nobody sees a part of a block
            if blocks::prune(&txn, chain, horizon, &mut budget)? && horizon.seqno > known {
                pruned.chains.insert(chain, *horizon);
            }
            rest::sets(&txn, chain, horizon, &mut budget)?;
            rest::evidence(&txn, chain, horizon, &mut budget)?;
            batches::prune(&txn, chain, horizon, &mut budget)?;
        }
        // events are numbered over all chains, and the newest horizon is that of the active chain
        let newest_ms = horizons.values().map(|horizon| horizon.time_ms).max();
        if let Some(first) = rest::events(&txn, newest_ms.unwrap_or(0), &mut budget)? {
            pruned.first_event = first;
        }
        if pruned != before {
            let mut meta = txn.open_table(META)?;
            meta.insert(META_PRUNED, postcard::to_stdvec(&pruned)?.as_slice())?;
        }
        txn.commit()?;
        Ok(budget.is_spent())
    }

    /// Returns the first block to keep of each chain that still has an earlier one.
    fn horizons(&self, keep: Keep) -> Result<BTreeMap<ChainId, Horizon>, IndexError> {
        let reader = self.read()?;
        let mut heads = BTreeMap::new();
        for &chain in self.identity().delectors.keys() {
            heads.extend(reader.head(chain)?.map(|head| (chain, head)));
        }
        let now_ms = heads
            .values()
            .map(|head| head.at.time_ms)
            .max()
            .unwrap_or(0);
        let mut horizons = BTreeMap::new();
        for (chain, head) in heads {
            let first = match keep {
                Keep::All => continue,
                Keep::Blocks(count) => {
                    let behind = count.max(1) - 1;
                    let seqno = head.at.seqno.saturating_sub(behind);
                    reader.first_block(BLOCKS, &key::block(chain, seqno), chain)?
                }
                Keep::Time(time) => {
                    let time_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
                    let from = key::moment(chain, now_ms.saturating_sub(time_ms));
                    reader.first_block(BLOCK_BY_TIME, &from, chain)?
                }
            };
            // of a silent chain the last block is kept
            let first = first.unwrap_or(head);
            horizons.insert(chain, Horizon::of(&first));
        }
        Ok(horizons)
    }
}

impl Horizon {
    fn of(block: &BlockRow) -> Self {
        Self {
            seqno: block.at.seqno,
            time_ms: block.at.time_ms,
            lt: block.start_lt,
        }
    }
}

/// Reads the record of what was removed.
pub(crate) fn read(
    meta: &impl ReadableTable<&'static str, &'static [u8]>,
) -> Result<Pruned, IndexError> {
    match meta.get(META_PRUNED)? {
        Some(row) => Ok(postcard::from_bytes(row.value())?),
        None => Ok(Pruned::default()),
    }
}

/// Returns keys and values in a range, as many as the budget allows.
fn some(
    table: &Bytes<'_>,
    from: &[u8],
    to: &[u8],
    budget: &Budget,
) -> Result<Vec<Entry>, IndexError> {
    let mut found = Vec::new();
    if from >= to {
        return Ok(found);
    }
    for entry in table.range(from..to)?.take(budget.0) {
        let (key, value) = entry?;
        found.push((key.value().to_vec(), value.value().to_vec()));
    }
    Ok(found)
}

fn open<'t>(
    txn: &'t WriteTransaction,
    table: redb::TableDefinition<'static, &'static [u8], &'static [u8]>,
) -> Result<Bytes<'t>, IndexError> {
    Ok(txn.open_table(table)?)
}
