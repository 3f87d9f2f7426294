//! Blocks, transactions, messages, validator sets, accounts.

use ddvs_client::ChainId;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::{Reader, rows};
use crate::rows::{AccountRow, BlockRow, MessageRow, SetRow, TransactionRow, TxKey};
use crate::{IndexError, key, tables};

/// A message, and the transactions at both of its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The message.
    pub message: MessageRow,
    /// The transaction that sent it.
    pub sent_by: Option<TransactionRow>,
    /// The transaction that it caused.
    pub caused: Option<TransactionRow>,
}

impl Reader {
    /// The last block of a chain.
    pub fn head(&self, chain: ChainId) -> Result<Option<BlockRow>, IndexError> {
        Ok(self.blocks(chain, None, 1)?.pop())
    }

    /// A block.
    pub fn block(&self, chain: ChainId, seqno: u32) -> Result<Option<BlockRow>, IndexError> {
        self.get(tables::BLOCKS, &key::block(chain, seqno))
    }

    /// Blocks of a chain, the newest first, below `before`.
    pub fn blocks(
        &self,
        chain: ChainId,
        before: Option<u32>,
        limit: usize,
    ) -> Result<Vec<BlockRow>, IndexError> {
        let before = before.map(|seqno| key::block(chain, seqno));
        let before = before.as_ref().map(|key| key.as_slice());
        let found = self.descending(tables::BLOCKS, &key::chain(chain), before, limit)?;
        let mut blocks: Vec<BlockRow> = rows(found)?;
        // headers that are kept from before can be queried, but are not part of a page
        let horizon = self.pruned()?.chains.get(&chain).map_or(0, |h| h.seqno);
        blocks.retain(|block| block.at.seqno >= horizon);
        Ok(blocks)
    }

    /// The block of a hash.
    pub fn block_by_hash(&self, hash: &HashBytes) -> Result<Option<BlockRow>, IndexError> {
        match self.raw(tables::BLOCK_BY_HASH, hash.as_slice())? {
            Some(own) => self.get(tables::BLOCKS, &own),
            None => Ok(None),
        }
    }

    /// The last block of a chain that began at or before a logical time.
    pub fn block_by_lt(&self, chain: ChainId, lt: u64) -> Result<Option<BlockRow>, IndexError> {
        self.last_by(tables::BLOCK_BY_LT, chain, lt)
    }

    /// The last block of a chain that was made at or before a time.
    pub fn block_by_time(
        &self,
        chain: ChainId,
        time_ms: u64,
    ) -> Result<Option<BlockRow>, IndexError> {
        self.last_by(tables::BLOCK_BY_TIME, chain, time_ms)
    }

    fn last_by(
        &self,
        table: super::Bytes,
        chain: ChainId,
        at: u64,
    ) -> Result<Option<BlockRow>, IndexError> {
        let before = match at.checked_add(1) {
            Some(next) => key::moment(chain, next).to_vec(),
            None => key::after_prefix(&key::chain(chain)).unwrap_or_default(),
        };
        let found = self.descending(table, &key::chain(chain), Some(&before), 1)?;
        match found.first() {
            Some((_, own)) => self.get(tables::BLOCKS, own),
            None => Ok(None),
        }
    }

    /// Transactions of a block in its order, after one of them.
    pub fn block_transactions(
        &self,
        chain: ChainId,
        seqno: u32,
        after: Option<&TxKey>,
        limit: usize,
    ) -> Result<Vec<TransactionRow>, IndexError> {
        let after = after.map(|tx| key::in_block(chain, seqno, tx.lt, &tx.account.address));
        let after = after.as_ref().map(|key| key.as_slice());
        let prefix = key::block(chain, seqno);
        let found = self.ascending(tables::BLOCK_TRANSACTIONS, &prefix, after, limit)?;
        let mut transactions = Vec::with_capacity(found.len());
        for (_, own) in found {
            transactions.extend(self.get(tables::TRANSACTIONS, &own)?);
        }
        Ok(transactions)
    }

    /// A transaction.
    pub fn transaction(&self, tx: &TxKey) -> Result<Option<TransactionRow>, IndexError> {
        self.get(tables::TRANSACTIONS, &key::transaction(&tx.account, tx.lt))
    }

    /// The transaction of a hash.
    pub fn transaction_by_hash(
        &self,
        hash: &HashBytes,
    ) -> Result<Option<TransactionRow>, IndexError> {
        match self.raw(tables::TRANSACTION_BY_HASH, hash.as_slice())? {
            Some(own) => self.get(tables::TRANSACTIONS, &own),
            None => Ok(None),
        }
    }

    /// A transaction as a bag of cells.
    pub fn transaction_boc(&self, tx: &TxKey) -> Result<Option<Vec<u8>>, IndexError> {
        let own = key::transaction(&tx.account, tx.lt);
        self.raw(tables::TRANSACTION_BOCS, &own)
    }

    /// Transactions of an account, the newest first, from `newest_lt` on down, that one included.
    pub fn transactions(
        &self,
        account: &StdAddr,
        newest_lt: Option<u64>,
        limit: usize,
    ) -> Result<Vec<TransactionRow>, IndexError> {
        let before = newest_lt
            .and_then(|lt| lt.checked_add(1))
            .map(|lt| key::transaction(account, lt));
        let before = before.as_ref().map(|key| key.as_slice());
        let prefix = key::address(account);
        rows(self.descending(tables::TRANSACTIONS, &prefix, before, limit)?)
    }

    /// A message.
    pub fn message(&self, hash: &HashBytes) -> Result<Option<MessageRow>, IndexError> {
        self.get(tables::MESSAGES, hash.as_slice())
    }

    /// A message with the transactions at both ends.
    pub fn locate(&self, hash: &HashBytes) -> Result<Option<Located>, IndexError> {
        let Some(message) = self.message(hash)? else {
            return Ok(None);
        };
        let find = |tx: &Option<TxKey>| match tx {
            Some(tx) => self.transaction(tx),
            None => Ok(None),
        };
        Ok(Some(Located {
            sent_by: find(&message.sent_by)?,
            caused: find(&message.caused)?,
            message,
        }))
    }

    /// The message that an account sent at a logical time.
    pub fn message_by_lt(
        &self,
        source: &StdAddr,
        created_lt: u64,
    ) -> Result<Option<HashBytes>, IndexError> {
        let own = key::transaction(source, created_lt);
        let found = self.raw(tables::MESSAGE_BY_LT, &own)?;
        Ok(found.map(|hash| HashBytes(crate::store::pad(&hash))))
    }

    /// The validator set in force in a block.
    pub fn set_at(&self, chain: ChainId, seqno: u32) -> Result<Option<SetRow>, IndexError> {
        let before = seqno.checked_add(1);
        Ok(self.sets(chain, before, 1)?.pop())
    }

    /// Validator sets of a chain, the newest first, of those that came into force before block `before`.
    pub fn sets(
        &self,
        chain: ChainId,
        before: Option<u32>,
        limit: usize,
    ) -> Result<Vec<SetRow>, IndexError> {
        let before = before.map(|seqno| key::block(chain, seqno));
        let before = before.as_ref().map(|key| key.as_slice());
        rows(self.descending(tables::SETS, &key::chain(chain), before, limit)?)
    }

    /// An account, as it was last seen.
    pub fn account(&self, address: &StdAddr) -> Result<Option<AccountRow>, IndexError> {
        self.get(tables::ACCOUNTS, &key::address(address))
    }

    /// Accounts by address.
    pub fn accounts(
        &self,
        after: Option<&StdAddr>,
        limit: usize,
    ) -> Result<Vec<AccountRow>, IndexError> {
        let after = after.map(key::address);
        let after = after.as_ref().map(|key| key.as_slice());
        rows(self.ascending(tables::ACCOUNTS, &[], after, limit)?)
    }

    /// Addresses of accounts with this code.
    pub fn accounts_by_code(
        &self,
        code: &HashBytes,
        after: Option<&StdAddr>,
        limit: usize,
    ) -> Result<Vec<StdAddr>, IndexError> {
        let after = after.map(|after| key::by_code(code, after));
        let after = after.as_ref().map(|key| key.as_slice());
        let found = self.ascending(tables::ACCOUNTS_BY_CODE, code.as_slice(), after, limit)?;
        let keys = found.iter().map(|(key, _)| key);
        keys.map(|key| super::address_after(key, 32)).collect()
    }
}
