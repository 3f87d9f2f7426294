//! Batches, removals, evidence, events.

use ddvs_client::ChainId;
use redb::ReadableTable;
use tycho_types::cell::HashBytes;

use super::{Reader, rows};
use crate::rows::{BatchRow, CopyRow, EventRow, EvidenceRow, RemovedRow};
use crate::{IndexError, key, tables};

impl Reader {
    /// The contents under a number of an origin: one, or more where it forked.
    pub fn batch(&self, origin: ChainId, seqno: u32) -> Result<Vec<BatchRow>, IndexError> {
        let prefix = key::block(origin, seqno);
        rows(self.ascending(tables::BATCHES, &prefix, None, usize::MAX)?)
    }

    /// Batches of an origin, the newest first, with numbers below `before`.
    pub fn batches(
        &self,
        origin: ChainId,
        before: Option<u32>,
        limit: usize,
    ) -> Result<Vec<BatchRow>, IndexError> {
        let before = before.map(|seqno| key::block(origin, seqno));
        let before = before.as_ref().map(|key| key.as_slice());
        rows(self.descending(tables::BATCHES, &key::chain(origin), before, limit)?)
    }

    /// Number of the first batch of an origin that is kept.
    pub fn first_batch(&self, origin: ChainId) -> Result<Option<u32>, IndexError> {
        let found = self.ascending(tables::BATCHES, &key::chain(origin), None, 1)?;
        Ok(rows(found)?.pop().map(|first: BatchRow| first.seqno))
    }

    /// The registries of all copies, by copy and origin.
    pub fn copies(&self) -> Result<Vec<CopyRow>, IndexError> {
        rows(self.ascending(tables::COPIES, &[], None, usize::MAX)?)
    }

    /// Keys that were removed for misbehaviour, by key.
    pub fn removed(
        &self,
        after: Option<&HashBytes>,
        limit: usize,
    ) -> Result<Vec<RemovedRow>, IndexError> {
        let after = after.map(|key| key.as_slice());
        rows(self.ascending(tables::REMOVED, &[], after, limit)?)
    }

    /// Evidence submitted to a chain's D'Elector, newest first, of transactions below `before_lt`.
    pub fn evidence(
        &self,
        chain: ChainId,
        before_lt: Option<u64>,
        limit: usize,
    ) -> Result<Vec<EvidenceRow>, IndexError> {
        let before = before_lt.map(|lt| key::moment(chain, lt));
        let before = before.as_ref().map(|key| key.as_slice());
        rows(self.descending(tables::EVIDENCE, &key::chain(chain), before, limit)?)
    }

    /// Events after a number, ascending.
    pub fn events_after(&self, id: u64, limit: usize) -> Result<Vec<EventRow>, IndexError> {
        let table = self.txn.open_table(tables::EVENTS)?;
        let Some(first) = id.checked_add(1) else {
            return Ok(Vec::new());
        };
        let mut events = Vec::new();
        for entry in table.range(first..)?.take(limit) {
            events.push(postcard::from_bytes(entry?.1.value())?);
        }
        Ok(events)
    }

    /// Events before a number, the newest first.
    pub fn events_before(&self, id: u64, limit: usize) -> Result<Vec<EventRow>, IndexError> {
        let table = self.txn.open_table(tables::EVENTS)?;
        let mut events = Vec::new();
        for entry in table.range(..id)?.rev().take(limit) {
            events.push(postcard::from_bytes(entry?.1.value())?);
        }
        Ok(events)
    }

    /// Number of the last event, 0 before the first.
    pub fn last_event(&self) -> Result<u64, IndexError> {
        let table = self.txn.open_table(tables::EVENTS)?;
        Ok(table.last()?.map_or(0, |(id, _)| id.value()))
    }
}
