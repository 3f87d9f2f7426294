//! Deciding: from the votes to the registry.

use crate::ask::Whom;
use crate::batch::{Chain, ContentId, Seqno};
use crate::count::Place;
use crate::elector::{Effects, Elector, To};
use crate::instance::Instance;
use crate::message::{Body, Message};
use crate::slot::{Ballot, Found, Grade, Slot};

/// More changes of registries after one message than any instance can need.
const MOST_CHANGES: usize = 1_000;

impl Elector {
    /// Processes everything that follows from the copy's state, after every message. Asks for missing contents if a
    /// registry has changed.
    pub(crate) fn settle(&mut self, instance: &Instance, effects: &mut Effects<'_>) {
        let mut changes = 0;
        self.look_at_arrivals(instance);
        while changes < MOST_CHANGES
            && (0..self.slots.len())
                .any(|place| self.is_due(instance, place) && self.advance(instance, place, effects))
        {
            changes += 1;
            self.look_at_arrivals(instance);
        }
        self.is_restless = changes == MOST_CHANGES;
        if changes > 0 {
            self.ask(instance, Whom::Next, effects);
        }
    }

    /// Whether a slot needs a look.
    fn is_due(&self, instance: &Instance, place: usize) -> bool {
        let slot = &self.slots[place];
        slot.is_due || slot.seqno > self.height(slot.origin) || instance.rules.looks_back
    }

    /// Votes on and decides one slot. Returns whether a registry changed, so that all slots need another look.
    fn advance(&mut self, instance: &Instance, place: usize, effects: &mut Effects<'_>) -> bool {
        let (origin, seqno) = (self.slots[place].origin, self.slots[place].seqno);
        let next = self.height(origin) + 1;
        let own = instance.rules.origin_keeps_its_own && origin == self.chain;
        if seqno > next || own && seqno < next {
            return false;
        }
        self.check(instance, place);
        self.vote(instance, place, effects);
        // An applied number is looked at again only if there is something to choose from.
        if seqno < next && !self.slots[place].is_contested() {
            self.slots[place].is_due = false;
            self.slots[place].waits.clear();
            return false;
        }
        let decision = self.decide(instance, place, effects);
        self.slots[place].is_due = false;
        self.slots[place].waits = self.waits(instance, &self.slots[place]);
        if seqno < next {
            let applied = self.applied[origin as usize][seqno as usize - 1];
            let stays = decision == Some(applied);
            if !instance.rules.votes_decide || stays {
                return false;
            }
            self.undo(instance, origin, seqno, effects);
            return true;
        }
        let Some(content) = decision else {
            return false;
        };
        if !self.fits(instance, place, content) {
            return false;
        }
        self.apply(instance, origin, content);
        true
    }

    /// Lets a content count that the copy lacks, if it is vouched for. That is tried with each vote for it, and when its number
    /// becomes the next one.
    pub(crate) fn admit(&mut self, instance: &Instance, place: usize, content: ContentId) {
        let slot = &self.slots[place];
        let is_ahead = slot.seqno > self.height(slot.origin) + 1;
        let is_admitted = !instance.rules.counts_vouched
            || !is_ahead && self.is_vouched_now(instance, slot, content);
        if !slot.counts(content) && is_admitted {
            self.slots[place].admit(content);
        }
    }

    /// Whether the copy has `content`, it continues the applied batches, and it passes the objective checks.
    fn fits(&self, instance: &Instance, place: usize, content: ContentId) -> bool {
        let slot = &self.slots[place];
        self.continues(instance, slot, content)
            && slot.held(content).is_some_and(|held| !held.refused)
    }

    /// Whether `content` names the applied batch as its predecessor. Honest origins always do so, made-up contents
    /// never.
    pub(crate) fn continues(&self, instance: &Instance, slot: &Slot, content: ContentId) -> bool {
        if instance.batch(content).is_none() {
            return false;
        }
        !instance.is_captured(slot.origin) || self.before(slot) == instance.previous(content)
    }

    /// Returns the batch applied under the number before that of `slot`.
    pub(crate) fn before(&self, slot: &Slot) -> Option<ContentId> {
        let place = usize::from(slot.seqno).checked_sub(2)?;
        self.applied[slot.origin as usize].get(place).copied()
    }

    /// Checks the contents that the copy has and that are next in line. The checks depend only on the batches before,
    /// so a verdict is final.
    fn check(&mut self, instance: &Instance, place: usize) {
        let (origin, seqno) = (self.slots[place].origin, self.slots[place].seqno);
        if seqno != self.height(origin) + 1 {
            return;
        }
        let refused = |content| {
            self.continues(instance, &self.slots[place], content)
                && self.is_refused(instance, content)
        };
        let held = self.slots[place].held.iter().map(|held| held.content);
        let refused: Vec<_> = held.filter(|&content| refused(content)).collect();
        for content in refused {
            if let Some(held) = self.slots[place].held_mut(content) {
                held.refused = true;
            }
        }
    }

    /// Votes once for the first content that the origin itself sent, if it fits the applied batches, or was applied
    /// before the origin's own message arrived.
    fn vote(&mut self, instance: &Instance, place: usize, effects: &mut Effects<'_>) {
        let slot = &self.slots[place];
        let (origin, seqno) = (slot.origin, slot.seqno);
        let Some(content) = slot.proposed else {
            return;
        };
        let applied = self.applied[origin as usize].get(usize::from(seqno) - 1);
        let is_applied = instance.rules.late_votes && applied == Some(&content);
        let is_next = seqno == self.height(origin) + 1;
        let quiet = instance.masterchain == Some(self.chain) && !instance.rules.masterchain_votes;
        if origin == self.chain
            || quiet
            || slot.has_voted(self.chain)
            || !(is_applied || is_next && self.fits(instance, place, content))
        {
            return;
        }
        let voter = self.chain;
        self.slots[place].record(Ballot { content, voter }, voter);
        let message = Message {
            origin,
            seqno,
            content,
            body: Body::Vote,
        };
        effects.sent.push((To::All, message));
    }

    /// Returns the content that the votes select under this number, whether the copy has it or not.
    fn decide(
        &mut self,
        instance: &Instance,
        place: usize,
        effects: &mut Effects<'_>,
    ) -> Option<ContentId> {
        let slot = &self.slots[place];
        let own = instance.rules.origin_keeps_its_own && slot.origin == self.chain;
        let contents = if own {
            slot.proposed.into_iter().collect()
        } else {
            slot.contents()
        };
        let mut graded = Vec::new();
        for content in contents {
            graded.extend(
                self.find_grade(instance, place, content, effects)
                    .map(|grade| (grade, content)),
            );
        }
        if !instance.rules.votes_decide {
            let mut graded = graded.into_iter().map(|(_, content)| content);
            return graded.find(|&content| self.fits(instance, place, content));
        }
        let best = graded.iter().map(|(grade, _)| *grade).max()?;
        let mut best = graded.into_iter().filter(|(grade, _)| *grade == best);
        let first = best.next().map(|(_, content)| content);
        // Two of the same grade: the origin has no batch under this number, unless more votes settle one of them.
        first.filter(|_| best.next().is_none())
    }

    /// Returns the grade of a content.
    fn find_grade(
        &mut self,
        instance: &Instance,
        place: usize,
        content: ContentId,
        effects: &mut Effects<'_>,
    ) -> Option<Grade> {
        let slot = &self.slots[place];
        let held = slot.held(content);
        let lacking = !slot.is_contested() && held.is_none();
        if lacking || held.is_some_and(|held| held.refused) {
            return None;
        }
        let after = self.before(slot);
        let known = match instance.rules.grades_kept {
            true => slot.grade(content, after),
            false => None,
        };
        let better = self.better_grade(instance, slot, content, known, effects.stats);
        let Some((grade, place_of)) = better else {
            return known;
        };
        let at = match place_of {
            Place::Proposal(_) => {
                effects.stats.found_at_proposal += 1;
                None
            }
            Place::Current(base) => {
                effects.stats.found_at_current += 1;
                Some(base)
            }
        };
        self.slots[place].find(Found {
            content,
            grade,
            after,
            at,
        });
        Some(grade)
    }

    /// Lets all contents count that are vouched for under what is now the next number of `origin`.
    fn admit_next(&mut self, instance: &Instance, origin: Chain) {
        let Ok(place) = self.place(origin, self.height(origin) + 1) else {
            return;
        };
        for content in self.slots[place].named() {
            self.admit(instance, place, content);
        }
    }

    fn apply(&mut self, instance: &Instance, origin: Chain, content: ContentId) {
        self.applied[origin as usize].push(content);
        self.admit_next(instance, origin);
        let height = self.height(origin);
        self.slot_mut(origin, height).is_due = true;
        let memory = if Self::keeps_slots(instance) {
            instance.rules.memory
        } else {
            0
        };
        let full = instance.rules.memory;
        self.slots.retain(|slot| {
            // others may ask where it was counted
            let tells = slot.found.iter().any(|found| found.at.is_some());
            let memory = if tells { full } else { memory };
            slot.origin != origin || u16::from(slot.seqno) + memory > u16::from(height)
        });
    }

    /// Reverts batch `seqno` of `origin` and all later ones. Votes and contents under them are kept.
    fn undo(
        &mut self,
        instance: &Instance,
        origin: Chain,
        seqno: Seqno,
        effects: &mut Effects<'_>,
    ) {
        let keep = seqno as usize - 1;
        effects.stats.undone += (self.applied[origin as usize].len() - keep) as u64;
        self.applied[origin as usize].truncate(keep);
        self.admit_next(instance, origin);
    }
}
