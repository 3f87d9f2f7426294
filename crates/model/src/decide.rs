//! Deciding: from the votes to the registry.

use crate::batch::{Chain, ContentId, DROPPED, Seqno};
use crate::elector::{Effects, Elector, To};
use crate::instance::Instance;
use crate::message::{Body, Message};
use crate::rules::{CountRule, ForkRule, VoteRule};
use crate::slot::{Ballot, Grade, Slot};

impl Elector {
    /// Does all that follows from what it knows, after every message.
    pub(crate) fn settle(&mut self, instance: &Instance, effects: &mut Effects<'_>) {
        while (0..self.slots.len()).any(|place| self.advance(instance, place, effects)) {}
        self.rebase(instance, effects);
        self.ask(instance, false, effects);
    }

    /// Votes on, and decides, one slot. Returns whether a registry changed, so that all slots need another look.
    fn advance(&mut self, instance: &Instance, place: usize, effects: &mut Effects<'_>) -> bool {
        let (origin, seqno) = (self.slots[place].origin, self.slots[place].seqno);
        if seqno > self.height(origin) + 1 {
            return false;
        }
        self.vote(instance, place, effects);
        self.find_grades(instance, place, effects.stats);
        self.tell(instance, place, effects);
        if self.freezes(instance, &self.slots[place]) {
            self.freeze(origin, seqno, effects);
            return true;
        }
        let decision = self.decision(instance, &self.slots[place]);
        let next = seqno == self.height(origin) + 1;
        if !next {
            let applied = self.applied[origin as usize][seqno as usize - 1];
            if instance.rules.forks != ForkRule::VotesDecide || decision == Some(applied) {
                return false;
            }
            self.undo(origin, seqno, effects);
            return true;
        }
        if let Some(content) = decision
            && self.fits(instance, &self.slots[place], content)
        {
            self.apply(instance, origin, seqno, content);
            return true;
        }
        if self.is_lost(instance, &self.slots[place]) {
            effects.stats.dropped += 1;
            let mark = ContentId::new(origin, u8::MAX, DROPPED);
            self.apply(instance, origin, seqno, mark);
            return true;
        }
        false
    }

    /// Votes once for the first content that the origin itself sent, if it fits what is applied.
    fn vote(&mut self, instance: &Instance, place: usize, effects: &mut Effects<'_>) {
        let slot = &self.slots[place];
        let (origin, seqno) = (slot.origin, slot.seqno);
        let Some(content) = slot.proposed else {
            return;
        };
        if origin == self.chain
            || slot.has_voted(self.chain)
            || seqno != self.height(origin) + 1
            || !self.fits(instance, slot, content)
        {
            return;
        }
        if instance.rules.weightless_vote_in_disputes
            && instance.is_weightless(self.chain)
            && !slot.is_contested()
        {
            return;
        }
        let yes = match instance.rules.votes {
            VoteRule::YesOnly => true,
            VoteRule::YesOrNo => {
                !self.is_key_taken(instance, content) && !self.is_key_promised(instance, content)
            }
        };
        self.slots[place].record(Ballot {
            content,
            voter: self.chain,
            yes,
        });
        let body = Body::Vote { yes };
        effects.sent.push((
            To::All,
            Message {
                origin,
                seqno,
                content,
                body,
            },
        ));
    }

    /// Whether this copy said yes to another pending batch that registers the key of `content`.
    fn is_key_promised(&self, instance: &Instance, content: ContentId) -> bool {
        let key = |content| instance.batch(content).map_or(0, |batch| batch.key);
        let wanted = key(content);
        wanted != 0
            && self.slots.iter().any(|slot| {
                slot.origin != content.origin
                    && slot.proposed.is_some_and(|other| key(other) == wanted)
                    && (slot.origin == self.chain
                        || slot
                            .ballots
                            .iter()
                            .any(|ballot| ballot.voter == self.chain && ballot.yes))
            })
    }

    /// Whether `content` is at hand, passes the objective checks, and continues what is applied.
    fn fits(&self, instance: &Instance, slot: &Slot, content: ContentId) -> bool {
        let next = slot.seqno == self.height(slot.origin) + 1;
        let continues = || {
            if !next || !instance.is_captured(slot.origin) {
                return true;
            }
            let applied = self.applied[slot.origin as usize].last();
            applied.copied() == instance.previous(content)
        };
        slot.held(content).is_some()
            && !self.is_refused(instance, content)
            && continues()
            && !(next && self.is_overdrawn(instance, content))
    }

    /// The content that the votes give under this number, at hand or not.
    pub(crate) fn decision(&self, instance: &Instance, slot: &Slot) -> Option<ContentId> {
        let graded = |least: Grade| {
            let found = slot.found.iter();
            found
                .filter(move |found| found.grade >= least)
                .map(|found| found.content)
        };
        if instance.rules.forks != ForkRule::VotesDecide {
            return graded(Grade::Applicable).find(|&content| self.fits(instance, slot, content));
        }
        let grade = if graded(Grade::Settled).next().is_some() {
            Grade::Settled
        } else {
            Grade::Applicable
        };
        let mut best = graded(grade);
        let first = best.next();
        // Two of the same grade: the origin has no batch under this number, unless more votes settle one of them.
        first.filter(|_| best.next().is_none())
    }

    /// Whether too many voted no.
    fn is_lost(&self, instance: &Instance, slot: &Slot) -> bool {
        let Some(held) = slot.held.first() else {
            return false;
        };
        if instance.rules.votes == VoteRule::YesOnly {
            return false;
        }
        let known = |chain: usize| held.base[chain] <= self.height(chain as Chain);
        if !(0..instance.chains()).all(known) {
            return false;
        }
        let weight = |chain: Chain| self.total(instance, chain, held.base[chain as usize]);
        let total: i32 = (0..instance.chains())
            .map(|chain| weight(chain as Chain))
            .sum();
        let against = slot.ballots.iter().filter(|ballot| !ballot.yes);
        let against: i32 = against.map(|ballot| weight(ballot.voter)).sum();
        2 * (total - against) <= total
    }

    fn apply(&mut self, instance: &Instance, origin: Chain, seqno: Seqno, content: ContentId) {
        self.applied[origin as usize].push(content);
        if !self.keeps_slots(instance, origin) {
            self.slots
                .retain(|slot| (slot.origin, slot.seqno) != (origin, seqno));
        } else if let Some(memory) = instance.rules.fork_memory {
            let height = self.height(origin);
            self.slots
                .retain(|slot| slot.origin != origin || slot.seqno.saturating_add(memory) > height);
        }
    }

    /// Takes back batch `seqno` of `origin` and all that follow it. The votes stay; grades of later numbers were
    /// counted with an origin's weight that is void now.
    fn undo(&mut self, origin: Chain, seqno: Seqno, effects: &mut Effects<'_>) {
        let keep = seqno as usize - 1;
        effects.stats.undone += (self.applied[origin as usize].len() - keep) as u64;
        self.applied[origin as usize].truncate(keep);
        for slot in &mut self.slots {
            if slot.origin == origin && slot.seqno > seqno {
                slot.found.clear();
            }
        }
    }

    fn freezes(&self, instance: &Instance, slot: &Slot) -> bool {
        match instance.rules.forks {
            ForkRule::Ignore | ForkRule::VotesDecide => false,
            ForkRule::AnyConflict => slot.is_contested(),
            ForkRule::TwoApplicable => slot.found.len() > 1,
        }
    }

    fn freeze(&mut self, origin: Chain, seqno: Seqno, effects: &mut Effects<'_>) {
        effects.stats.frozen += 1;
        self.frozen[origin as usize] = Some(seqno);
        self.applied[origin as usize].truncate(seqno as usize - 1);
        self.slots
            .retain(|slot| slot.origin != origin || slot.seqno < seqno);
    }

    /// Tells all where it counted, where they could not know that by themselves.
    fn tell(&mut self, instance: &Instance, place: usize, effects: &mut Effects<'_>) {
        if instance.rules.count != CountRule::Claims {
            return;
        }
        let slot = &mut self.slots[place];
        let (origin, seqno, contested) = (slot.origin, slot.seqno, slot.is_contested());
        for found in &mut slot.found {
            let held = slot.held.iter().find(|held| held.content == found.content);
            let obvious = !contested && held.is_some_and(|held| held.base == found.base);
            if found.told || obvious {
                continue;
            }
            found.told = true;
            effects.stats.claims += 1;
            let message = Message {
                origin,
                seqno,
                content: found.content,
                body: Body::Claim { base: found.base },
            };
            effects.sent.push((To::All, message));
        }
    }

    /// Announces a newer base for its own batch in flight.
    fn rebase(&mut self, instance: &Instance, effects: &mut Effects<'_>) {
        let CountRule::OriginRebases { keep } = instance.rules.count else {
            return;
        };
        let base = self.current_base();
        let (chain, height) = (self.chain, self.height(self.chain));
        let Some(slot) = self.slots.iter_mut().find(|slot| {
            slot.origin == chain && slot.seqno == height + 1 && slot.proposed.is_some()
        }) else {
            return;
        };
        let Some(held) = slot.held.first() else {
            return;
        };
        let content = held.content;
        if slot.claims.last().map_or(held.base, |claim| claim.base) == base {
            return;
        }
        let (origin, seqno) = (slot.origin, slot.seqno);
        slot.claims.push(crate::slot::Claim { content, base });
        let surplus = slot.claims.len().saturating_sub(keep);
        slot.claims.drain(..surplus);
        effects.stats.claims += 1;
        let body = Body::Claim { base };
        effects.sent.push((
            To::All,
            Message {
                origin,
                seqno,
                content,
                body,
            },
        ));
        self.settle(instance, effects);
    }
}
