//! Batches: proposals, claims, votes.

use ddvs_client::ChainId;
use ddvs_contracts::messages::ContentId;
use ddvs_contracts::storage::SEQNO_WINDOW;
use tycho_types::cell::HashBytes;

use super::{Writer, all, get, put};
use crate::agreement::{AgreementFact, Teller};
use crate::rows::{At, BatchRow, ClaimRow, CopyRow, EventKind, EventRow, VoteRow};
use crate::{IndexError, key};

/// Maximum number of contents under one number that are kept although only their origin sent them.
pub(super) const MAX_TOLD: usize = 64;

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
}

/// Whether a copy, by its known registries, accepts messages about a number. Numbers that it has applied are
/// included, since its state may be newer than the block. What it applies in the block itself moves the window.
fn is_heard(copies: &[CopyRow], origin: ChainId, seqno: u32) -> bool {
    let is_near = |copy: &CopyRow| seqno <= copy.seqno.saturating_add(2 * SEQNO_WINDOW);
    let own = copies.iter().find(|copy| copy.origin == origin);
    seqno > 0 && (copies.is_empty() || own.is_some_and(is_near))
}

pub(super) fn of_batch(kind: EventKind, at: At, batch: &BatchRow) -> EventRow {
    let mut event = EventRow::new(kind, at);
    event.origin = Some(batch.origin);
    event.batch = Some(batch.seqno);
    event
}
