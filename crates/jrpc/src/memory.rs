//! A bounded cache of data from the nodes.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::Hash;
use std::sync::Arc;

use ddvs_client::{Block, ChainId, DroppedExternal, OutDestination, TransactionRecord};
use tycho_types::cell::HashBytes;
use tycho_types::models::{BlockId, StdAddr};

use crate::Settings;
use crate::newest::Newest;

/// A map that forgets its oldest entries.
#[derive(Debug)]
pub(crate) struct Remembered<K, V> {
    limit: usize,
    values: HashMap<K, V>,
    order: VecDeque<K>,
}

impl<K: Hash + Eq + Clone, V> Remembered<K, V> {
    pub fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            values: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    pub fn get(&self, key: &K) -> Option<&V> {
        self.values.get(key)
    }

    pub fn insert(&mut self, key: K, value: V) {
        if self.values.insert(key.clone(), value).is_some() {
            return;
        }
        self.order.push_back(key);
        while self.order.len() > self.limit {
            if let Some(oldest) = self.order.pop_front() {
                self.values.remove(&oldest);
            }
        }
    }
}

/// An account whose transactions are part of the stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watched {
    /// Logical time up to which its transactions were streamed.
    pub streamed_lt: u64,
    /// The newest transaction that was seen anywhere: its state must not be older.
    pub seen_lt: u64,
    /// Whether it is never removed.
    pub is_kept: bool,
    last_used: u64,
}

/// An internal message that was sent and whose transaction was not seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent {
    pub source: ChainId,
    pub destination: ChainId,
    pub at_ms: u64,
}

/// All cached data.
#[derive(Debug)]
pub(crate) struct Memory {
    max_watched: usize,
    max_blocks: usize,
    uses: u64,
    pub watched: BTreeMap<StdAddr, Watched>,
    by_hash: Remembered<HashBytes, Arc<TransactionRecord>>,
    by_message: Remembered<HashBytes, Arc<TransactionRecord>>,
    sent: Remembered<HashBytes, Sent>,
    pub dropped: Remembered<HashBytes, DroppedExternal>,
    /// The newest state and config that any node showed.
    pub newest: Newest,
    /// Ids of blocks that contain known transactions.
    pub block_ids: Remembered<(ChainId, u32), BlockId>,
    /// Number of the last block of each chain that was seen.
    pub heights: BTreeMap<ChainId, u32>,
    blocks: VecDeque<Arc<Block>>,
    forgotten_blocks: u64,
}

impl Memory {
    pub fn new(settings: &Settings) -> Self {
        let limit = settings.max_remembered;
        Self {
            max_watched: settings.max_watched,
            max_blocks: limit,
            uses: 0,
            watched: BTreeMap::new(),
            by_hash: Remembered::new(limit),
            by_message: Remembered::new(limit),
            sent: Remembered::new(limit),
            dropped: Remembered::new(limit),
            newest: Newest::default(),
            block_ids: Remembered::new(limit),
            heights: BTreeMap::new(),
            blocks: VecDeque::new(),
            forgotten_blocks: 0,
        }
    }

    /// Watches an account from `lt` on, or records that it is at `lt` now. If there is no room, the account that was
    /// queried longest ago is removed.
    pub fn watch(&mut self, address: &StdAddr, lt: u64, is_kept: bool) {
        self.uses += 1;
        if let Some(watched) = self.watched.get_mut(address) {
            watched.seen_lt = watched.seen_lt.max(lt);
            watched.is_kept |= is_kept;
            watched.last_used = self.uses;
            return;
        }
        if self.watched.len() >= self.max_watched {
            let others = self.watched.iter().filter(|(_, other)| !other.is_kept);
            let oldest = others.min_by_key(|(_, other)| other.last_used);
            if let Some(oldest) = oldest.map(|(address, _)| address.clone()) {
                self.watched.remove(&oldest);
            }
        }
        let watched = Watched {
            streamed_lt: lt,
            seen_lt: lt,
            is_kept,
            last_used: self.uses,
        };
        self.watched.insert(address.clone(), watched);
    }

    /// The newest transaction of an account that was seen, 0 if none was.
    pub fn seen_lt(&self, address: &StdAddr) -> u64 {
        self.watched
            .get(address)
            .map_or(0, |watched| watched.seen_lt)
    }

    pub fn add(&mut self, record: &Arc<TransactionRecord>) {
        self.by_hash.insert(record.hash, record.clone());
        let message = *record.in_message.hash();
        // One external message may cause several transactions: the last one counts.
        let is_newer = |known: &Arc<TransactionRecord>| known.lt <= record.lt;
        if self.by_message.get(&message).is_none_or(is_newer) {
            self.by_message.insert(message, record.clone());
        }
        for message in &record.out_messages {
            if let OutDestination::Account(destination) = &message.destination {
                let sent = Sent {
                    source: record.chain(),
                    destination: destination.workchain,
                    at_ms: record.gen_time_ms,
                };
                self.sent.insert(*message.hash(), sent);
            }
        }
        let height = self.heights.entry(record.chain()).or_default();
        *height = (*height).max(record.block_seqno);
        if let Some(watched) = self.watched.get_mut(&record.account) {
            watched.seen_lt = watched.seen_lt.max(record.lt);
        }
    }

    pub fn record(&self, hash: &HashBytes) -> Option<Arc<TransactionRecord>> {
        self.by_hash.get(hash).cloned()
    }

    pub fn by_message(&self, message: &HashBytes) -> Option<Arc<TransactionRecord>> {
        self.by_message.get(message).cloned()
    }

    pub fn sent(&self, message: &HashBytes) -> Option<Sent> {
        self.sent.get(message).copied()
    }

    pub fn push_block(&mut self, block: Arc<Block>) {
        let height = self.heights.entry(block.chain).or_default();
        *height = (*height).max(block.seqno);
        self.blocks.push_back(block);
        while self.blocks.len() > self.max_blocks {
            self.blocks.pop_front();
            self.forgotten_blocks += 1;
        }
    }

    /// Position after the last block.
    pub fn end(&self) -> u64 {
        self.forgotten_blocks + self.blocks.len() as u64
    }

    pub fn blocks_since(&self, cursor: u64, limit: usize) -> Vec<Arc<Block>> {
        let skip = cursor.saturating_sub(self.forgotten_blocks);
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        self.blocks.iter().skip(skip).take(limit).cloned().collect()
    }
}
