//! Batches: proposals, votes, applications.

use ddvs_client::ChainId;
use ddvs_contracts::messages::ContentId;
use ddvs_contracts::storage::SEQNO_WINDOW;
use tycho_types::cell::HashBytes;

use super::weight::{has_majority, in_order, voters, weigh, weigh_late};
use super::{Writer, all, get, put};
use crate::agreement::{AgreementFact, Teller};
use crate::rows::{AppliedRow, At, BatchRow, ClaimRow, CopyRow, EventKind, EventRow, VoteRow};
use crate::{IndexError, key};

/// Maximum number of contents under one number that are kept although only their origin sent them.
const MAX_TOLD: usize = 64;

/// Maximum number of batches before a given one that are found to be applied with it.
const MAX_CAUGHT_UP: u32 = 1_000;

impl Writer<'_> {
    /// Records the facts from a block's D'Elector, if it accepts messages about them itself: a captured chain may
    /// send anything about any number.
    pub(super) fn agreement(&mut self, at: At, facts: &[AgreementFact]) -> Result<(), IndexError> {
        if facts.is_empty() {
            return Ok(());
        }
        let copies: Vec<CopyRow> = all(&self.copies, &key::chain(at.chain))?;
        for fact in facts {
            let (origin, seqno) = fact.number();
            if !is_heard(&copies, origin, seqno) {
                continue;
            }
            match fact {
                AgreementFact::Content { .. } => self.content(fact)?,
                AgreementFact::Claim { .. } => self.claim(fact)?,
                AgreementFact::Vote {
                    hash, voter, known, ..
                } => self.vote(origin, seqno, hash, *voter, *known)?,
            }
        }
        Ok(())
    }

    pub(super) fn known(
        &self,
        origin: ChainId,
        seqno: u32,
        hash: &HashBytes,
    ) -> Result<Option<BatchRow>, IndexError> {
        get(&self.batches, &key::batch(origin, seqno, hash))
    }

    /// Returns everything known under a number: at most [`MAX_TOLD`], and one for each vote that each copy accepted.
    pub(super) fn under(&self, origin: ChainId, seqno: u32) -> Result<Vec<BatchRow>, IndexError> {
        all(&self.batches, &key::block(origin, seqno))
    }

    pub(super) fn put_batch(&mut self, row: &BatchRow) -> Result<(), IndexError> {
        let own = key::batch(row.origin, row.seqno, &row.hash);
        put(&mut self.batches, &own, row)
    }

    fn content(&mut self, fact: &AgreementFact) -> Result<(), IndexError> {
        let AgreementFact::Content {
            hash,
            origin,
            seqno,
            previous,
            base,
            entries,
            by,
        } = fact
        else {
            return Ok(());
        };
        let known = self.known(*origin, *seqno, hash)?;
        if known.is_none()
            && (*by == Teller::Anyone || self.under(*origin, *seqno)?.len() >= MAX_TOLD)
        {
            return Ok(());
        }
        let mut row = known.unwrap_or_else(|| BatchRow::new(*origin, *seqno, *hash));
        row.previous = *previous;
        row.base.clone_from(base);
        row.entries.clone_from(entries);
        let news = match by {
            Teller::Origin(at) if row.proposed.is_none() => Some(*at),
            _ => None,
        };
        row.proposed = row.proposed.or(news);
        self.put_batch(&row)?;
        match news {
            Some(at) => self.event(of_batch(EventKind::PROPOSED, at, &row)),
            None => Ok(()),
        }
    }

    /// Records a claim: it names the content by the first bits of its hash, and its claimant knows votes for it.
    fn claim(&mut self, fact: &AgreementFact) -> Result<(), IndexError> {
        let AgreementFact::Claim {
            origin,
            seqno,
            content,
            claimant,
            base,
        } = fact
        else {
            return Ok(());
        };
        let rows = self.under(*origin, *seqno)?.into_iter();
        for mut row in rows.filter(|row| ContentId::of(&row.hash) == *content) {
            let claim = ClaimRow {
                copy: *claimant,
                base: base.clone(),
            };
            match row.claims.iter_mut().find(|known| known.copy == *claimant) {
                Some(known) if *known == claim => continue,
                Some(known) => *known = claim,
                None => row.claims.push(claim),
            }
            self.put_batch(&row)?;
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
        let has_it = |row: &BatchRow| {
            let mut votes = row.votes.iter();
            votes.any(|vote| vote.voter == voter && vote.known_by.contains(&known.chain))
        };
        // a copy accepts one vote of each chain under each number, whatever that chain sends later
        if self.under(origin, seqno)?.iter().any(has_it) {
            return Ok(());
        }
        let row = self.known(origin, seqno, hash)?;
        // a proposal beyond those that are kept
        if row.is_none() && voter == origin {
            return Ok(());
        }
        let mut row = row.unwrap_or_else(|| BatchRow::new(origin, seqno, *hash));
        let is_news = match row.votes.iter_mut().find(|vote| vote.voter == voter) {
            Some(vote) => {
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
            let mut event = of_batch(EventKind::VOTED, known, &row);
            event.voter = Some(voter);
            self.event(event)?;
        }
        Ok(())
    }

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

/// Whether a copy, by its known registries, accepts messages about a number. Numbers that it has applied are
/// included, since its state may be newer than the block. What it applies in the block itself moves the window.
fn is_heard(copies: &[CopyRow], origin: ChainId, seqno: u32) -> bool {
    let is_near = |copy: &CopyRow| seqno <= copy.seqno.saturating_add(2 * SEQNO_WINDOW);
    let own = copies.iter().find(|copy| copy.origin == origin);
    seqno > 0 && (copies.is_empty() || own.is_some_and(is_near))
}

pub(super) fn is_applied(batch: &BatchRow, copy: ChainId) -> bool {
    batch.applied.iter().any(|applied| applied.at.chain == copy)
}

pub(super) fn of_batch(kind: EventKind, at: At, batch: &BatchRow) -> EventRow {
    let mut event = EventRow::new(kind, at);
    event.origin = Some(batch.origin);
    event.batch = Some(batch.seqno);
    event
}

#[cfg(test)]
mod tests;
