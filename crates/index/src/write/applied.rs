//! Batches that the copies applied, with the weight of the votes for each.

use ddvs_client::ChainId;

use super::agreement::of_batch;
use super::weight::{has_majority, in_order, voters, weigh, weigh_late};
use super::{Writer, all, get, put};
use crate::agreement::AgreementFact;
use crate::rows::{AppliedRow, At, BatchRow, CopyRow, EventKind};
use crate::{IndexError, key};

/// Maximum number of batches before a given one that are found to be applied with it.
const MAX_CAUGHT_UP: u32 = 1_000;

impl Writer<'_> {
    /// Records the registries at the start of the index.
    pub(super) fn first_registries(&mut self, rows: &[CopyRow]) -> Result<(), IndexError> {
        for row in rows {
            let own = key::copy(row.copy, row.origin);
            if get::<CopyRow>(&self.copies, &own)?.is_none() {
                put(&mut self.copies, &own, row)?;
            }
        }
        Ok(())
    }

    /// Records what a copy applied and reverted since it was last seen.
    pub(super) fn registries(&mut self, at: At, rows: &[CopyRow]) -> Result<(), IndexError> {
        if rows.is_empty() {
            return Ok(());
        }
        let before: Vec<CopyRow> = all(&self.copies, &key::chain(at.chain))?;
        // lagging nodes show an older state again: nothing was reverted in it
        if before.iter().any(|known| known.lt > rows[0].lt) {
            return Ok(());
        }
        let mut open = Vec::new();
        for row in rows {
            let last = before.iter().find(|known| known.origin == row.origin);
            // a copy that is seen for the first time may have applied any number before
            if let Some(last) = last {
                open.extend(self.changed(at, last, row)?);
            }
            put(&mut self.copies, &key::copy(row.copy, row.origin), row)?;
        }
        for (batch, stakes) in in_order(open, before, rows, at.chain) {
            self.applied(at, batch, &stakes)?;
        }
        Ok(())
    }

    /// Records what a copy applied according to a state that was newer than its block, as nodes' states may be: a
    /// batch that the copy had applied by then counts as applied when the copy knows enough votes for it, and one
    /// that was found to be applied before its votes were known is weighed with them.
    pub(super) fn caught_up(&mut self, at: At, facts: &[AgreementFact]) -> Result<(), IndexError> {
        if facts.is_empty() {
            return Ok(());
        }
        let copies: Vec<CopyRow> = all(&self.copies, &key::chain(at.chain))?;
        for fact in facts {
            let AgreementFact::Vote {
                origin,
                seqno,
                hash,
                ..
            } = fact
            else {
                continue;
            };
            let copy = copies.iter().find(|copy| copy.origin == *origin);
            let Some(copy) = copy.filter(|copy| copy.seqno >= *seqno) else {
                continue;
            };
            let known = self.under(*origin, *seqno)?.into_iter();
            let applied = known.into_iter().find(|batch| is_applied(batch, at.chain));
            if let Some(batch) = applied {
                self.late_votes(at.chain, batch, &copies)?;
                continue;
            }
            // the state may show that another content is the applied one
            if copy.hash_of(*seqno).is_some_and(|applied| applied != hash) {
                continue;
            }
            let Some(batch) = self.known(*origin, *seqno, hash)? else {
                continue;
            };
            if has_majority(&batch, at.chain, &copies) {
                self.applied_with_those_before(at, batch, &copies)?;
            }
        }
        Ok(())
    }

    fn late_votes(
        &mut self,
        copy: ChainId,
        mut batch: BatchRow,
        copies: &[CopyRow],
    ) -> Result<(), IndexError> {
        let voters = voters(&batch, copy);
        let row = batch.applied.iter_mut().find(|row| row.at.chain == copy);
        if row.is_some_and(|row| weigh_late(row, &voters, copies)) {
            self.put_batch(&batch)?;
        }
        Ok(())
    }

    /// Batches are applied in order, so earlier ones were applied too.
    fn applied_with_those_before(
        &mut self,
        at: At,
        batch: BatchRow,
        copies: &[CopyRow],
    ) -> Result<(), IndexError> {
        let mut found = vec![batch];
        while let Some(last) = found
            .last()
            .filter(|_| found.len() < MAX_CAUGHT_UP as usize)
        {
            let Some(seqno) = last.seqno.checked_sub(1) else {
                break;
            };
            let own = key::batch(last.origin, seqno, &last.previous);
            match get::<BatchRow>(&self.batches, &own)? {
                Some(before) if !is_applied(&before, at.chain) => found.push(before),
                _ => break,
            }
        }
        for batch in found.into_iter().rev() {
            self.applied(at, batch, copies)?;
        }
        Ok(())
    }

    fn applied(
        &mut self,
        at: At,
        mut batch: BatchRow,
        before: &[CopyRow],
    ) -> Result<(), IndexError> {
        if is_applied(&batch, at.chain) {
            return Ok(());
        }
        let voters = voters(&batch, at.chain);
        let (yes_nano, all_nano) = weigh(&voters, before);
        let is_first = batch.applied.is_empty();
        batch.applied.push(AppliedRow {
            at,
            yes_nano,
            all_nano,
            voters,
        });
        self.put_batch(&batch)?;
        self.event(of_batch(EventKind::APPLIED, at, &batch))?;
        if is_first {
            self.removed(at, &batch)?;
        }
        Ok(())
    }
}

/// Whether a copy has applied a batch.
pub(super) fn is_applied(batch: &BatchRow, copy: ChainId) -> bool {
    batch.applied.iter().any(|applied| applied.at.chain == copy)
}

#[cfg(test)]
mod tests;
