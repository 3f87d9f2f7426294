//! The kept history: blocks in order, transactions by account and by message.

use std::collections::VecDeque;
use std::sync::Arc;

use ahash::HashMap;
use ddvs_types::{Block, ChainId, DroppedExternal, ReturnedMessage, TransactionRecord};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// Limits of the kept history. The oldest blocks are removed first, with their transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryLimits {
    /// Blocks of all chains together.
    pub max_blocks: usize,
    /// Transactions of all chains together. The last block is kept even if it alone has more.
    pub max_transactions: usize,
}

impl Default for HistoryLimits {
    /// Keeps everything.
    fn default() -> Self {
        Self {
            max_blocks: usize::MAX,
            max_transactions: usize::MAX,
        }
    }
}

/// Outcome of a message.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    Executed(Arc<TransactionRecord>),
    Dropped(DroppedExternal),
    Returned(ReturnedMessage),
}

/// Blocks and their indexes.
#[derive(Debug, Clone)]
pub(crate) struct History {
    limits: HistoryLimits,
    blocks: VecDeque<Arc<Block>>,
    /// Number of removed blocks: the position of the first one that is kept.
    forgotten: u64,
    transactions: usize,
    by_chain: HashMap<ChainId, VecDeque<Arc<Block>>>,
    by_account: HashMap<StdAddr, VecDeque<Arc<TransactionRecord>>>,
    by_message: HashMap<HashBytes, Fate>,
}

impl History {
    /// Returns an empty history, after `forgotten` blocks of which nothing is kept.
    pub fn new(limits: HistoryLimits, forgotten: u64) -> Self {
        Self {
            limits,
            blocks: VecDeque::new(),
            forgotten,
            transactions: 0,
            by_chain: HashMap::default(),
            by_account: HashMap::default(),
            by_message: HashMap::default(),
        }
    }

    pub fn push(&mut self, block: Arc<Block>) {
        self.transactions += block.transactions.len();
        for transaction in &block.transactions {
            let message = *transaction.in_message.hash();
            self.by_message
                .insert(message, Fate::Executed(transaction.clone()));
            if let Some(list) = self.by_account.get_mut(&transaction.account) {
                list.push_back(transaction.clone());
            } else {
                let list = VecDeque::from([transaction.clone()]);
                self.by_account.insert(transaction.account.clone(), list);
            }
        }
        for dropped in &block.dropped {
            // An earlier transaction of the same message is more informative than a later refusal.
            self.by_message
                .entry(dropped.hash)
                .or_insert_with(|| Fate::Dropped(dropped.clone()));
        }
        for returned in &block.returned {
            self.by_message
                .insert(returned.hash, Fate::Returned(returned.clone()));
        }
        self.by_chain
            .entry(block.chain)
            .or_default()
            .push_back(block.clone());
        self.blocks.push_back(block);
        while self.blocks.len() > self.limits.max_blocks.max(1)
            || (self.transactions > self.limits.max_transactions && self.blocks.len() > 1)
        {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some(block) = self.blocks.pop_front() else {
            return;
        };
        self.forgotten += 1;
        self.transactions -= block.transactions.len();
        // Each list is in the order of the blocks, so removed entries are at its front.
        if let Some(list) = self.by_chain.get_mut(&block.chain) {
            list.pop_front();
        }
        for transaction in &block.transactions {
            if let Some(list) = self.by_account.get_mut(&transaction.account) {
                list.pop_front();
                if list.is_empty() {
                    self.by_account.remove(&transaction.account);
                }
            }
            let hash = transaction.in_message.hash();
            let is_this = |fate: &Fate| match fate {
                Fate::Executed(other) => Arc::ptr_eq(other, transaction),
                Fate::Dropped(_) | Fate::Returned(_) => false,
            };
            if self.by_message.get(hash).is_some_and(is_this) {
                self.by_message.remove(hash);
            }
        }
        let others = block.dropped.iter().map(|d| &d.hash);
        for hash in others.chain(block.returned.iter().map(|r| &r.hash)) {
            if !matches!(self.by_message.get(hash), Some(Fate::Executed(_))) {
                self.by_message.remove(hash);
            }
        }
    }

    /// Returns the position after the last block.
    pub fn end(&self) -> u64 {
        self.forgotten + self.blocks.len() as u64
    }

    /// Returns blocks from a position on; removed ones are skipped.
    pub fn since(&self, position: u64, limit: usize) -> Vec<Arc<Block>> {
        let skip = usize::try_from(position.saturating_sub(self.forgotten)).unwrap_or(usize::MAX);
        self.blocks.iter().skip(skip).take(limit).cloned().collect()
    }

    pub fn block(&self, chain: ChainId, seqno: u32) -> Option<Arc<Block>> {
        let blocks = self.by_chain.get(&chain)?;
        let first = blocks.front()?.seqno;
        blocks.get(seqno.checked_sub(first)? as usize).cloned()
    }

    pub fn fate(&self, message: &HashBytes) -> Option<&Fate> {
        self.by_message.get(message)
    }

    pub fn transactions(
        &self,
        account: &StdAddr,
        after_lt: u64,
        limit: usize,
    ) -> Vec<Arc<TransactionRecord>> {
        let Some(list) = self.by_account.get(account) else {
            return Vec::new();
        };
        let start = list.partition_point(|transaction| transaction.lt <= after_lt);
        list.range(start..).take(limit).cloned().collect()
    }
}
