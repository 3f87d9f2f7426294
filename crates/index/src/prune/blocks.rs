//! Blocks, with their transactions and messages.

use ddvs_client::ChainId;
use redb::{ReadableTable, WriteTransaction};
use tycho_types::cell::HashBytes;

use super::{Budget, Bytes, Horizon, open, some};
use crate::rows::{BlockRow, Fate, MessageRow, TransactionRow, TxKey};
use crate::store::pad;
use crate::{IndexError, key, tables};

/// A chain's first block, whose header is kept: it names the zerostate.
const FIRST: u32 = 1;

struct Tables<'t> {
    blocks: Bytes<'t>,
    by_hash: Bytes<'t>,
    by_lt: Bytes<'t>,
    by_time: Bytes<'t>,
    in_block: Bytes<'t>,
    transactions: Bytes<'t>,
    bocs: Bytes<'t>,
    transaction_by_hash: Bytes<'t>,
    messages: Bytes<'t>,
    message_by_lt: Bytes<'t>,
    ended: Bytes<'t>,
}

/// Removes blocks before a horizon. Returns whether there were any.
pub(super) fn prune(
    txn: &WriteTransaction,
    chain: ChainId,
    horizon: &Horizon,
    budget: &mut Budget,
) -> Result<bool, IndexError> {
    let mut tables = Tables {
        blocks: open(txn, tables::BLOCKS)?,
        by_hash: open(txn, tables::BLOCK_BY_HASH)?,
        by_lt: open(txn, tables::BLOCK_BY_LT)?,
        by_time: open(txn, tables::BLOCK_BY_TIME)?,
        in_block: open(txn, tables::BLOCK_TRANSACTIONS)?,
        transactions: open(txn, tables::TRANSACTIONS)?,
        bocs: open(txn, tables::TRANSACTION_BOCS)?,
        transaction_by_hash: open(txn, tables::TRANSACTION_BY_HASH)?,
        messages: open(txn, tables::MESSAGES)?,
        message_by_lt: open(txn, tables::MESSAGE_BY_LT)?,
        ended: open(txn, tables::ENDED)?,
    };
    let end = key::block(chain, horizon.seqno);
    // the key block that the first one names is kept as a header
    let key_seqno = match tables.blocks.get(end.as_slice())? {
        Some(row) => postcard::from_bytes::<BlockRow>(row.value())?.key_seqno,
        None => horizon.seqno,
    };
    // more than fit into the budget, by those that are kept
    let from = key::block(chain, 0);
    let found = some(&tables.blocks, &from, &end, &Budget(budget.0 + 2))?;
    for (own, row) in &found {
        let row: BlockRow = postcard::from_bytes(row)?;
        if !tables.contents(chain, row.at.seqno, budget)? {
            break;
        }
        let stays = row.at.seqno == key_seqno || row.at.seqno == FIRST;
        // a kept block is found again each time, which is not remaining work
        if !stays {
            budget.take();
        }
        tables.header(own, &row, stays)?;
    }
    Ok(!found.is_empty())
}

impl Tables<'_> {
    fn header(&mut self, own: &[u8], row: &BlockRow, stays: bool) -> Result<(), IndexError> {
        let at = row.at;
        if row.hash != HashBytes::ZERO {
            self.by_hash.remove(row.hash.as_slice())?;
        }
        // two blocks may have the same time, and on a network of nodes one may have no logical time
        for (table, place) in [
            (&mut self.by_lt, key::moment(at.chain, row.start_lt)),
            (&mut self.by_time, key::moment(at.chain, at.time_ms)),
        ] {
            let is_own = table
                .get(place.as_slice())?
                .is_some_and(|other| other.value() == own);
            if is_own {
                table.remove(place.as_slice())?;
            }
        }
        if !stays {
            self.blocks.remove(own)?;
        }
        Ok(())
    }

    /// Removes the contents of a block; returns whether that was everything.
    fn contents(
        &mut self,
        chain: ChainId,
        seqno: u32,
        budget: &mut Budget,
    ) -> Result<bool, IndexError> {
        let prefix = key::block(chain, seqno);
        let end = key::after_prefix(&prefix).unwrap_or_default();
        for (place, own) in some(&self.in_block, &prefix, &end, budget)? {
            if !budget.take() {
                return Ok(false);
            }
            self.in_block.remove(place.as_slice())?;
            self.transaction(&own)?;
        }
        for (place, _) in some(&self.ended, &prefix, &end, budget)? {
            if !budget.take() {
                return Ok(false);
            }
            self.ended.remove(place.as_slice())?;
            let hash = place.get(prefix.len()..).unwrap_or_default();
            self.message(&HashBytes(pad(hash)))?;
        }
        // the rest is found again next time
        Ok(!budget.is_spent())
    }

    fn transaction(&mut self, own: &[u8]) -> Result<(), IndexError> {
        let row: Option<TransactionRow> = match self.transactions.remove(own)? {
            Some(row) => Some(postcard::from_bytes(row.value())?),
            None => None,
        };
        self.bocs.remove(own)?;
        let Some(row) = row else {
            return Ok(());
        };
        self.transaction_by_hash.remove(row.hash.as_slice())?;
        self.message(&row.in_message)?;
        for hash in &row.out_messages {
            self.message(hash)?;
        }
        Ok(())
    }

    /// Removes a message unless kept data refer to it, or it may still arrive.
    fn message(&mut self, hash: &HashBytes) -> Result<(), IndexError> {
        let row: MessageRow = match self.messages.get(hash.as_slice())? {
            Some(row) => postcard::from_bytes(row.value())?,
            None => return Ok(()),
        };
        let is_on_its_way = row.caused.is_none() && row.fate == Fate::Waiting;
        if is_on_its_way || self.is_kept(&row.sent_by)? || self.is_kept(&row.caused)? {
            return Ok(());
        }
        self.messages.remove(hash.as_slice())?;
        if let Some(source) = &row.source {
            let sent = key::transaction(source, row.created_lt);
            self.message_by_lt.remove(sent.as_slice())?;
        }
        Ok(())
    }

    fn is_kept(&self, tx: &Option<TxKey>) -> Result<bool, IndexError> {
        let Some(tx) = tx else {
            return Ok(false);
        };
        let own = key::transaction(&tx.account, tx.lt);
        Ok(self.transactions.get(own.as_slice())?.is_some())
    }
}
