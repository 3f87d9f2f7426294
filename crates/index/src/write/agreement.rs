//! Batches: what was proposed, who voted, who applied it.

use ddvs_client::ChainId;
use tycho_types::cell::HashBytes;

use super::weight::{has_majority, in_order, voters, weigh, weigh_late};
use super::{Writer, all, get, put};
use crate::agreement::Said;
use crate::rows::{
    AppliedRow, At, BatchRow, CopyRow, EntryRow, EventKind, EventRow, RemovedRow, VoteRow,
};
use crate::{IndexError, key};

/// Bases of one batch that are kept, the first ones.
const MAX_BASES: usize = 32;

/// Batches before one that are found to be applied with it.
const MAX_CAUGHT_UP: usize = 1_000;

impl Writer<'_> {
    pub(super) fn said(&mut self, said: &[Said]) -> Result<(), IndexError> {
        for said in said {
            match said {
                Said::Content { .. } => self.content(said)?,
                Said::Base {
                    origin,
                    seqno,
                    base,
                } => self.base(*origin, *seqno, base)?,
                Said::Vote {
                    origin,
                    seqno,
                    hash,
                    voter,
                    known,
                } => self.vote(*origin, *seqno, hash, *voter, *known)?,
            }
        }
        Ok(())
    }

    fn batch(&self, origin: ChainId, seqno: u32, hash: &HashBytes) -> Result<BatchRow, IndexError> {
        let own = key::batch(origin, seqno, hash);
        let known = get(&self.batches, &own)?;
        Ok(known.unwrap_or_else(|| BatchRow::new(origin, seqno, *hash)))
    }

    fn put_batch(&mut self, row: &BatchRow) -> Result<(), IndexError> {
        let own = key::batch(row.origin, row.seqno, &row.hash);
        put(&mut self.batches, &own, row)
    }

    fn content(&mut self, said: &Said) -> Result<(), IndexError> {
        let Said::Content {
            hash,
            origin,
            seqno,
            previous,
            entries,
            proposed,
        } = said
        else {
            return Ok(());
        };
        let mut row = self.batch(*origin, *seqno, hash)?;
        row.previous = *previous;
        row.entries.clone_from(entries);
        let is_news = row.proposed.is_none() && proposed.is_some();
        row.proposed = row.proposed.or(*proposed);
        self.put_batch(&row)?;
        if let Some(at) = proposed.filter(|_| is_news) {
            self.event(of_batch(EventKind::Proposed, at, &row))?;
        }
        Ok(())
    }

    fn base(
        &mut self,
        origin: ChainId,
        seqno: u32,
        base: &[(ChainId, u32)],
    ) -> Result<(), IndexError> {
        let rows: Vec<BatchRow> = all(&self.batches, &key::block(origin, seqno))?;
        for mut row in rows {
            if row.bases.len() < MAX_BASES && !row.bases.iter().any(|known| known == base) {
                row.bases.push(base.to_vec());
                self.put_batch(&row)?;
            }
        }
        Ok(())
    }

    fn vote(
        &mut self,
        origin: ChainId,
        seqno: u32,
        hash: &HashBytes,
        voter: ChainId,
        known: At,
    ) -> Result<(), IndexError> {
        let mut row = self.batch(origin, seqno, hash)?;
        let is_news = match row.votes.iter_mut().find(|vote| vote.voter == voter) {
            Some(vote) => {
                if vote.known_by.contains(&known.chain) {
                    return Ok(());
                }
                vote.known_by.push(known.chain);
                false
            }
            None => {
                let known_by = vec![known.chain];
                row.votes.push(VoteRow {
                    voter,
                    at: known,
                    known_by,
                });
                true
            }
        };
        self.put_batch(&row)?;
        if is_news && voter != origin {
            let mut event = of_batch(EventKind::Voted, known, &row);
            event.voter = Some(voter);
            self.event(event)?;
        }
        Ok(())
    }

    /// Registries as they were when the index began.
    pub(super) fn first_registries(&mut self, rows: &[CopyRow]) -> Result<(), IndexError> {
        for row in rows {
            let own = key::copy(row.copy, row.origin);
            if get::<CopyRow>(&self.copies, &own)?.is_none() {
                put(&mut self.copies, &own, row)?;
            }
        }
        Ok(())
    }

    /// Notes what a copy applied since it was last seen.
    pub(super) fn registries(&mut self, at: At, rows: &[CopyRow]) -> Result<(), IndexError> {
        if rows.is_empty() {
            return Ok(());
        }
        let before: Vec<CopyRow> = all(&self.copies, &key::chain(at.chain))?;
        let mut open = Vec::new();
        for row in rows {
            let last = before.iter().find(|known| known.origin == row.origin);
            // a copy that is seen for the first time may have applied any number before
            let last = last.map_or(row.seqno, |known| known.seqno);
            for seqno in last.saturating_add(1)..=row.seqno {
                let hash = (seqno == row.seqno).then_some(row.last_hash);
                // one that nothing is known of comes later, in `caught_up`
                open.extend(self.find(row.origin, seqno, hash)?);
            }
            put(&mut self.copies, &key::copy(row.copy, row.origin), row)?;
        }
        for (batch, stakes) in in_order(open, before, rows, at.chain) {
            self.applied(at, batch, &stakes)?;
        }
        Ok(())
    }

    /// Notes what a copy applied according to a state that was newer than its block, as those of nodes may be: a batch that
    /// the copy had applied by then counts as applied when the copy knows enough votes for it, and one that was found to be
    /// applied before its votes were known is weighed with them.
    pub(super) fn caught_up(&mut self, at: At, said: &[Said]) -> Result<(), IndexError> {
        if said.is_empty() {
            return Ok(());
        }
        let copies: Vec<CopyRow> = all(&self.copies, &key::chain(at.chain))?;
        for said in said {
            let Said::Vote {
                origin,
                seqno,
                hash,
                ..
            } = said
            else {
                continue;
            };
            let copy = copies.iter().find(|copy| copy.origin == *origin);
            if copy.is_none_or(|copy| copy.seqno < *seqno) {
                continue;
            }
            let known: Vec<BatchRow> = all(&self.batches, &key::block(*origin, *seqno))?;
            let applied = known.into_iter().find(|batch| is_applied(batch, at.chain));
            if let Some(batch) = applied {
                self.late_votes(at.chain, batch, &copies)?;
                continue;
            }
            let batch = self.batch(*origin, *seqno, hash)?;
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

    /// Batches are applied in order, so those before were too.
    fn applied_with_those_before(
        &mut self,
        at: At,
        batch: BatchRow,
        copies: &[CopyRow],
    ) -> Result<(), IndexError> {
        let mut found = vec![batch];
        while let Some(last) = found.last().filter(|_| found.len() < MAX_CAUGHT_UP) {
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

    /// The batch of this content, or the one with most votes under the number.
    fn find(
        &self,
        origin: ChainId,
        seqno: u32,
        hash: Option<HashBytes>,
    ) -> Result<Option<BatchRow>, IndexError> {
        if let Some(hash) = hash {
            return get(&self.batches, &key::batch(origin, seqno, &hash));
        }
        let rows: Vec<BatchRow> = all(&self.batches, &key::block(origin, seqno))?;
        Ok(rows.into_iter().max_by_key(|row| row.votes.len()))
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
        self.event(of_batch(EventKind::Applied, at, &batch))?;
        if is_first {
            self.removals(at, &batch)?;
        }
        Ok(())
    }

    fn removals(&mut self, at: At, batch: &BatchRow) -> Result<(), IndexError> {
        for entry in &batch.entries {
            let EntryRow::RemoveKey { root, key } = entry else {
                continue;
            };
            let row = RemovedRow {
                key: *key,
                root: root.clone(),
                seqno: batch.seqno,
                at,
            };
            put(&mut self.removed, key.as_slice(), &row)?;
            let mut event = of_batch(EventKind::Removed, at, batch);
            event.key = Some(*key);
            event.root = Some(root.clone());
            self.event(event)?;
        }
        Ok(())
    }
}

fn is_applied(batch: &BatchRow, copy: ChainId) -> bool {
    batch.applied.iter().any(|applied| applied.at.chain == copy)
}

fn of_batch(kind: EventKind, at: At, batch: &BatchRow) -> EventRow {
    let mut event = EventRow::new(kind, at);
    event.origin = Some(batch.origin);
    event.batch = Some(batch.seqno);
    event
}

#[cfg(test)]
mod tests;
