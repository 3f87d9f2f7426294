//! Transactions: of an account, and by message.

use std::ops::ControlFlow;
use std::sync::Arc;

use ddvs_client::{ClientError, TransactionRecord};
use tycho_types::cell::HashBytes;
use tycho_types::models::{BlockId, StdAddr};

use crate::CallError;
use crate::nodes::Nodes;
use crate::record::{BlockTime, Raw};
use crate::wire::{self, BlockOf, DstTransaction, MAX_PAGE, OfTransaction, TransactionsList};

/// Sizes of the first pages of a walk: most queries are for the newest few.
const FIRST_PAGES: [u8; 2] = [2, 16];

impl Nodes {
    /// Returns the newest transaction of an account. The list of transactions distinguishes chains.
    pub(crate) fn last_transaction(&self, address: &StdAddr) -> Result<Option<Raw>, ClientError> {
        let page = self.page(address, None, 1.min(MAX_PAGE))?;
        Ok(page.into_iter().next())
    }

    pub(crate) fn last_transaction_hash(
        &self,
        account: &StdAddr,
    ) -> Result<Option<HashBytes>, ClientError> {
        let last = self.last_transaction(account)?;
        Ok(last.map(|raw| *raw.cell.repr_hash()))
    }

    /// Returns at most `limit` transactions of an account, newest first, from `newest_lt` downwards.
    fn page(
        &self,
        account: &StdAddr,
        newest_lt: Option<u64>,
        limit: u8,
    ) -> Result<Vec<Raw>, ClientError> {
        let question = TransactionsList {
            account,
            last_transaction_lt: newest_lt,
            limit,
        };
        let mut page = Vec::new();
        self.endpoints.call_each(
            "getTransactionsList",
            &question,
            |_, answer: Vec<String>| {
                page = read_page(account, newest_lt, limit, &answer)?;
                Ok(ControlFlow::Break(()))
            },
        )?;
        Ok(page)
    }

    /// Returns transactions of an account above `after_lt`, ascending. The node lists them from the newest downwards,
    /// so the walk reads all of them.
    pub(crate) fn read_transactions(
        &self,
        account: &StdAddr,
        after_lt: u64,
        limit: usize,
    ) -> Result<Vec<Arc<TransactionRecord>>, ClientError> {
        let mut found: Vec<Raw> = Vec::new();
        let mut sizes = FIRST_PAGES.into_iter();
        loop {
            let size = sizes.next().unwrap_or(MAX_PAGE);
            let newest = found.last().map(|raw| raw.transaction.lt.saturating_sub(1));
            let page = self.page(account, newest, size)?;
            let count = page.len();
            found.extend(
                page.into_iter()
                    .take_while(|raw| raw.transaction.lt > after_lt),
            );
            let is_end = count < usize::from(size);
            let oldest = found.last().map_or(0, |raw| raw.transaction.prev_trans_lt);
            if is_end || oldest <= after_lt {
                break;
            }
            if found.len() >= self.settings.max_walk {
                let cause = anyhow::anyhow!(
                    "it has more than {} transactions above lt {after_lt}: ask from a later one",
                    self.settings.max_walk
                );
                return Err(ClientError::fault(format!("listing {account}"), cause));
            }
        }
        let mut records = Vec::new();
        for raw in found.iter().rev() {
            if records.len() >= limit {
                break;
            }
            records.extend(self.record(raw, None)?);
        }
        Ok(records)
    }

    /// Returns the record of a transaction, whose block is queried if unknown; `None` if no message caused it.
    pub(crate) fn record(
        &self,
        raw: &Raw,
        block: Option<BlockTime>,
    ) -> Result<Option<Arc<TransactionRecord>>, ClientError> {
        let hash = *raw.cell.repr_hash();
        if let Some(known) = self.memory().record(&hash) {
            return Ok(Some(known));
        }
        let fault = |cause| ClientError::fault(format!("reading transaction {hash}"), cause);
        if raw.account().map_err(fault)?.is_none() {
            return Ok(None);
        }
        let block = match block {
            Some(block) => block,
            None => self.block_of(&hash)?,
        };
        let Some(record) = raw.record(&block).map_err(fault)? else {
            return Ok(None);
        };
        let record = Arc::new(record);
        self.memory().add(&record);
        self.outbox().remove(record.in_message.hash());
        Ok(Some(record))
    }

    pub(crate) fn block_of(&self, transaction: &HashBytes) -> Result<BlockTime, ClientError> {
        let mut found = None;
        let question = OfTransaction { id: transaction };
        self.endpoints.call_each(
            "getTransactionBlockId",
            &question,
            |_, answer: Option<BlockOf>| {
                let Some(answer) = answer else {
                    return Ok(ControlFlow::Continue(()));
                };
                let id: BlockId = answer.block_id.parse().map_err(CallError::malformed)?;
                let chain = id.shard.workchain().try_into();
                found = Some((chain.map_err(CallError::malformed)?, id));
                Ok(ControlFlow::Break(()))
            },
        )?;
        let Some((chain, id)) = found else {
            let cause = anyhow::anyhow!("no node knows its block any more");
            let context = format!("reading transaction {transaction}");
            return Err(ClientError::fault(context, cause));
        };
        self.memory().block_ids.insert((chain, id.seqno), id);
        Ok(BlockTime {
            chain,
            seqno: id.seqno,
        })
    }

    /// Returns the transaction that a message caused; `everywhere` queries all nodes before it returns none.
    pub(crate) fn find_by_message(
        &self,
        message: &HashBytes,
        everywhere: bool,
    ) -> Result<Option<Arc<TransactionRecord>>, ClientError> {
        if let Some(known) = self.memory().by_message(message) {
            return Ok(Some(known));
        }
        let mut found = None;
        let question = DstTransaction {
            message_hash: message,
        };
        self.endpoints.call_each(
            "getDstTransaction",
            &question,
            |_, answer: Option<String>| {
                let Some(boc) = answer else {
                    return Ok(if everywhere {
                        ControlFlow::Continue(())
                    } else {
                        ControlFlow::Break(())
                    });
                };
                let raw = Raw::new(wire::cell(&boc)?).map_err(CallError::malformed)?;
                let cause = raw.transaction.in_msg.as_ref();
                if cause.map(|cell| cell.repr_hash()) != Some(message) {
                    return Err(CallError::malformed("a transaction of another message"));
                }
                found = Some(raw);
                Ok(ControlFlow::Break(()))
            },
        )?;
        match found {
            Some(raw) => {
                let record = self.record(&raw, None)?;
                if let Some(record) = &record {
                    self.memory().watch(&record.account, record.lt, false);
                }
                Ok(record)
            }
            None => Ok(None),
        }
    }
}

/// Decodes a list of transactions and checks that it matches the request.
fn read_page(
    account: &StdAddr,
    newest_lt: Option<u64>,
    limit: u8,
    answer: &[String],
) -> Result<Vec<Raw>, CallError> {
    if answer.len() > usize::from(limit) {
        return Err(CallError::malformed("more transactions than asked for"));
    }
    let mut page: Vec<Raw> = Vec::with_capacity(answer.len());
    for boc in answer {
        let raw = Raw::new(wire::cell(boc)?).map_err(CallError::malformed)?;
        let below = match page.last() {
            Some(last) => Some(last.transaction.lt.saturating_sub(1)),
            None => newest_lt,
        };
        if raw.transaction.account != account.address
            || below.is_some_and(|below| raw.transaction.lt > below)
        {
            return Err(CallError::malformed("transactions that were not asked for"));
        }
        page.push(raw);
    }
    Ok(page)
}
