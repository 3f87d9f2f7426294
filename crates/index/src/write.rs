//! Writing facts to the store: one transaction for each batch of blocks.

mod accounts;
mod agreement;
mod applied;
mod blocks;
mod changes;
mod weight;

use ddvs_client::{AccountView, ChainId, ValidatorSetRecord};
use redb::{Durability, ReadableTable, Table, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::rows::{At, EventRow};
use crate::store::META_CURSOR;
use crate::tables::{COUNTS, EVENTS, META};
use crate::{Facts, Index, IndexError, Observed, decode, tables};

/// A table whose keys and values are bytes.
type Bytes<'t> = Table<'t, &'static [u8], &'static [u8]>;

/// Number of zerostate accounts that are written at a time.
const SEED_LOT: usize = 5_000;

/// Counts of a write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Blocks.
    pub blocks: usize,
    /// Transactions, without those that were known.
    pub transactions: usize,
    /// Number of the last event, 0 before the first.
    pub last_event: u64,
}

impl Index {
    /// Writes blocks, in the order in which they came, as one change. Blocks that were written before are skipped.
    ///
    /// `is_durable` waits for the disk. Otherwise a crash may lose everything since the last durable change; the cursor is then
    /// lost too, so nothing is left out.
    ///
    /// Fails only when the store does, or a block cannot be decoded; nothing is written then.
    pub fn take(&self, observed: &[Observed], is_durable: bool) -> Result<Taken, IndexError> {
        let facts = observed
            .iter()
            .map(|observed| decode(&self.identity, observed))
            .collect::<Result<Vec<_>, _>>()?;
        let mut txn = self.db.begin_write()?;
        if !is_durable {
            txn.set_durability(Durability::None)?;
        }
        let mut taken = Taken {
            blocks: facts.len(),
            ..Taken::default()
        };
        {
            let mut writer = Writer::new(&txn, self)?;
            for facts in &facts {
                taken.transactions += writer.block(facts)?;
            }
            taken.last_event = writer.next_event - 1;
            if let Some(last) = observed.last() {
                let mut meta = txn.open_table(META)?;
                meta.insert(META_CURSOR, last.cursor.to_be_bytes().as_slice())?;
            }
        }
        txn.commit()?;
        Ok(taken)
    }

    /// Writes accounts in their state before the first block, without events. Of known accounts only newer states are written.
    ///
    /// Fails only when the store does, or a D'Elector cannot be read.
    pub fn seed(
        &self,
        chain: ChainId,
        time_ms: u64,
        accounts: impl Iterator<Item = AccountView>,
    ) -> Result<usize, IndexError> {
        let at = At {
            chain,
            seqno: 0,
            time_ms,
        };
        let mut accounts = accounts.peekable();
        let mut count = 0;
        while accounts.peek().is_some() {
            let txn = self.db.begin_write()?;
            {
                let mut writer = Writer::new(&txn, self)?;
                for view in accounts.by_ref().take(SEED_LOT) {
                    let facts = decode::account(&self.identity, &view, at)?;
                    writer.accounts(&facts, true)?;
                    writer.first_registries(&facts.registries)?;
                    count += 1;
                }
            }
            txn.commit()?;
        }
        Ok(count)
    }
}

impl Index {
    /// Writes a chain's validator set from before the first block, if none is known.
    ///
    /// Fails only when the store does.
    pub fn seed_set(
        &self,
        chain: ChainId,
        time_ms: u64,
        set: &ValidatorSetRecord,
    ) -> Result<(), IndexError> {
        let at = At {
            chain,
            seqno: 0,
            time_ms,
        };
        let txn = self.db.begin_write()?;
        Writer::new(&txn, self)?.first_set(&decode::set_row(set, at))?;
        txn.commit()?;
        Ok(())
    }
}

/// All tables of a change, open.
struct Writer<'t> {
    index: &'t Index,
    blocks: Bytes<'t>,
    block_by_hash: Bytes<'t>,
    block_by_lt: Bytes<'t>,
    block_by_time: Bytes<'t>,
    block_transactions: Bytes<'t>,
    transactions: Bytes<'t>,
    transaction_bocs: Bytes<'t>,
    transaction_by_hash: Bytes<'t>,
    messages: Bytes<'t>,
    message_by_lt: Bytes<'t>,
    ended: Bytes<'t>,
    accounts: Bytes<'t>,
    accounts_by_code: Bytes<'t>,
    sets: Bytes<'t>,
    pools: Bytes<'t>,
    pools_by_owner: Bytes<'t>,
    pools_by_stake: Bytes<'t>,
    pool_by_key: Bytes<'t>,
    wallets: Bytes<'t>,
    wallets_by_owner: Bytes<'t>,
    positions: Bytes<'t>,
    batches: Bytes<'t>,
    copies: Bytes<'t>,
    removed: Bytes<'t>,
    evidence: Bytes<'t>,
    events: Table<'t, u64, &'static [u8]>,
    counts: Table<'t, &'static str, u64>,
    next_event: u64,
}

impl<'t> Writer<'t> {
    fn new(txn: &'t WriteTransaction, index: &'t Index) -> Result<Self, IndexError> {
        let events = txn.open_table(EVENTS)?;
        let next_event = events.last()?.map_or(1, |(id, _)| id.value() + 1);
        Ok(Self {
            index,
            blocks: txn.open_table(tables::BLOCKS)?,
            block_by_hash: txn.open_table(tables::BLOCK_BY_HASH)?,
            block_by_lt: txn.open_table(tables::BLOCK_BY_LT)?,
            block_by_time: txn.open_table(tables::BLOCK_BY_TIME)?,
            block_transactions: txn.open_table(tables::BLOCK_TRANSACTIONS)?,
            transactions: txn.open_table(tables::TRANSACTIONS)?,
            transaction_bocs: txn.open_table(tables::TRANSACTION_BOCS)?,
            transaction_by_hash: txn.open_table(tables::TRANSACTION_BY_HASH)?,
            messages: txn.open_table(tables::MESSAGES)?,
            message_by_lt: txn.open_table(tables::MESSAGE_BY_LT)?,
            ended: txn.open_table(tables::ENDED)?,
            accounts: txn.open_table(tables::ACCOUNTS)?,
            accounts_by_code: txn.open_table(tables::ACCOUNTS_BY_CODE)?,
            sets: txn.open_table(tables::SETS)?,
            pools: txn.open_table(tables::POOLS)?,
            pools_by_owner: txn.open_table(tables::POOLS_BY_OWNER)?,
            pools_by_stake: txn.open_table(tables::POOLS_BY_STAKE)?,
            pool_by_key: txn.open_table(tables::POOL_BY_KEY)?,
            wallets: txn.open_table(tables::WALLETS)?,
            wallets_by_owner: txn.open_table(tables::WALLETS_BY_OWNER)?,
            positions: txn.open_table(tables::POSITIONS)?,
            batches: txn.open_table(tables::BATCHES)?,
            copies: txn.open_table(tables::COPIES)?,
            removed: txn.open_table(tables::REMOVED)?,
            evidence: txn.open_table(tables::EVIDENCE)?,
            counts: txn.open_table(COUNTS)?,
            events,
            next_event,
        })
    }

    /// Writes a block; returns the number of transactions that are new.
    fn block(&mut self, facts: &Facts) -> Result<usize, IndexError> {
        let fresh = self.transactions(facts)?;
        self.header(facts)?;
        self.messages(&facts.messages)?;
        self.ended(facts)?;
        self.set(&facts.set)?;
        self.accounts(facts, false)?;
        // An event of a transaction is new if the transaction is; all others follow from a change of state.
        for event in &facts.events {
            let is_known = event.transaction.is_some_and(|hash| !fresh.contains(&hash));
            if !is_known {
                self.event(event.clone())?;
            }
        }
        self.agreement(facts.block.at, &facts.agreement)?;
        self.registries(facts.block.at, &facts.registries)?;
        self.caught_up(facts.block.at, &facts.agreement)?;
        for evidence in &facts.evidence {
            let at = &evidence.transaction;
            let key = crate::key::moment(evidence.at.chain, at.lt);
            put(&mut self.evidence, &key, evidence)?;
        }
        Ok(fresh.len())
    }

    fn event(&mut self, mut event: EventRow) -> Result<(), IndexError> {
        event.id = self.next_event;
        let bytes = postcard::to_stdvec(&event)?;
        self.events.insert(event.id, bytes.as_slice())?;
        self.next_event += 1;
        Ok(())
    }

    fn count(&mut self, what: &'static str) -> Result<(), IndexError> {
        let before = self.counts.get(what)?.map_or(0, |row| row.value());
        self.counts.insert(what, before + 1)?;
        Ok(())
    }
}

fn put(table: &mut Bytes<'_>, key: &[u8], row: &impl Serialize) -> Result<(), IndexError> {
    let bytes = postcard::to_stdvec(row)?;
    table.insert(key, bytes.as_slice())?;
    Ok(())
}

fn get<T: DeserializeOwned>(table: &Bytes<'_>, key: &[u8]) -> Result<Option<T>, IndexError> {
    let Some(row) = table.get(key)? else {
        return Ok(None);
    };
    Ok(Some(postcard::from_bytes(row.value())?))
}

/// The last row whose key begins with `prefix`.
fn last<T: DeserializeOwned>(table: &Bytes<'_>, prefix: &[u8]) -> Result<Option<T>, IndexError> {
    let end = crate::key::after_prefix(prefix).unwrap_or_else(|| vec![u8::MAX; 80]);
    match table.range(prefix..end.as_slice())?.next_back() {
        Some(entry) => Ok(Some(postcard::from_bytes(entry?.1.value())?)),
        None => Ok(None),
    }
}

/// All rows whose keys begin with `prefix`.
fn all<T: DeserializeOwned>(table: &Bytes<'_>, prefix: &[u8]) -> Result<Vec<T>, IndexError> {
    let end = crate::key::after_prefix(prefix).unwrap_or_else(|| vec![u8::MAX; 80]);
    let mut rows = Vec::new();
    for entry in table.range(prefix..end.as_slice())? {
        rows.push(postcard::from_bytes(entry?.1.value())?);
    }
    Ok(rows)
}
