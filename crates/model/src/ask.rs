//! Asking other chains for a content, or for the base at which they counted its votes.

use crate::batch::{Base, Chain, ContentId, Seqno, UNNAMED};
use crate::elector::{Effects, Elector, To};
use crate::instance::Instance;
use crate::message::{Body, Message};
use crate::rules::{AskRule, CountRule};
use crate::slot::{Found, Grade, Slot};

/// Which chain a D'Elector asks for a missing content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// The first voter, if it has asked no one yet.
    First,
    /// The first voter that it has not asked yet.
    Next,
    /// The next voter, and after the last one the other chains.
    Anybody,
}

/// A content under a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Number of the batch.
    pub seqno: Seqno,
    /// Content of the batch.
    pub content: ContentId,
}

impl Elector {
    /// Asks the next chain about one content: first those that voted for it, then all others, and so on in turn.
    /// Anyone may trigger it and pays for it.
    pub fn poke(&mut self, instance: &Instance, named: Named, effects: &mut Effects<'_>) {
        let Named { seqno, content } = named;
        let Ok(place) = self.place(content.origin, seqno) else {
            return;
        };
        let whom = Self::poked(instance);
        let mut next = self.next_to_ask(instance, &self.slots[place], content, whom);
        if next.is_none() {
            // its own place means that all were asked: it no longer asks by itself
            let this = self.chain;
            let asked = &mut self.slots[place].asked;
            asked.retain(|(asked, _)| *asked != content);
            asked.push((content, this));
            asked.sort_unstable();
            next = self.next_to_ask(instance, &self.slots[place], content, whom);
        }
        if let Some(asked) = next {
            self.want(place, content, asked, effects);
        }
    }

    fn poked(instance: &Instance) -> Whom {
        match instance.rules.asks_all {
            true => Whom::Anybody,
            false => Whom::Next,
        }
    }

    /// Returns the first content about which `other` would have news for this copy, if this copy were poked and asked
    /// it.
    pub fn gains_from(&self, instance: &Instance, other: &Self) -> Option<Named> {
        self.slots.iter().find_map(|slot| {
            let mut contents = slot.named().into_iter();
            let content = contents.find(|&content| self.gains(instance, slot, content, other))?;
            let seqno = slot.seqno;
            Some(Named { seqno, content })
        })
    }

    fn gains(&self, instance: &Instance, slot: &Slot, content: ContentId, other: &Self) -> bool {
        let (origin, seqno) = (slot.origin, slot.seqno);
        let next = self.height(origin) + 1;
        let asks = match instance.rules.ask {
            AskRule::Never => false,
            AskRule::Next => seqno == next,
            AskRule::UpToNext => seqno <= next,
        };
        let lacks = slot.held(content).is_none();
        let is_voted_for = slot.ballots.iter().any(|ballot| ballot.content == content);
        let can_ask = instance.rules.asks_all || slot.votes_of(content).contains(&other.chain);
        let is_own = origin == self.chain;
        if !asks || !can_ask || lacks && (is_own || !is_voted_for) {
            return false;
        }
        match other.answer(instance, origin, seqno, content, lacks) {
            Some(Body::Claim { base }) => self.gain_at(instance, slot, content, base).is_some(),
            answer => answer.is_some(),
        }
    }

    /// Returns this copy's answer to a question about a content: the content, or the base where it counted. Once its
    /// own batch is applied it keeps only that base.
    pub(crate) fn answer(
        &self,
        instance: &Instance,
        origin: Chain,
        seqno: Seqno,
        content: ContentId,
        lacks: bool,
    ) -> Option<Body> {
        let slot = self.slot(origin, seqno)?;
        let forgotten = origin == self.chain && seqno <= self.height(origin);
        let held = slot.held(content);
        let relay = held.filter(|_| lacks && !forgotten);
        let relay = relay.map(|held| Body::Relay { base: held.base });
        // what a question for a content brings pays for no base
        if lacks {
            return relay;
        }
        let refused = held.is_some_and(|held| held.refused);
        let found = slot.found(content, self.before(slot));
        let found = found.filter(|_| !refused && instance.rules.count == CountRule::Claims);
        let claim = found.and_then(|found| found.at);
        claim.map(|base| Body::Claim { base })
    }

    /// Returns the grade of a content at a claimed base, if it is better than the grade found so far.
    fn gain_at(
        &self,
        instance: &Instance,
        slot: &Slot,
        content: ContentId,
        base: Base,
    ) -> Option<Grade> {
        let height = self.height(slot.origin);
        let (contested, held) = (slot.is_contested(), slot.held(content));
        // an applied number is decided again only if there is something to choose from, and a missing content matters
        // only beside others
        let is_weighed = match contested {
            true => slot.seqno <= height + 1,
            false => slot.seqno == height + 1 && held.is_some(),
        };
        let own = instance.rules.origin_keeps_its_own && slot.origin == self.chain;
        if !is_weighed
            || !slot.contents().contains(&content)
            || held.is_some_and(|held| held.refused)
            || own && (slot.seqno <= height || slot.proposed != Some(content))
        {
            return None;
        }
        let known = slot.grade(content, self.before(slot));
        if known >= Some(Self::goal(slot)) {
            return None;
        }
        let grade = self.grade_at_base(instance, slot, content, base);
        grade.filter(|&grade| known.is_none_or(|known| grade > known))
    }

    /// Counts at a claimed base. A claim is not evidence: it only says where to count, and it is kept only if the
    /// votes are worth more there than where they were counted before. Returns whether they are.
    pub(crate) fn count_where_claimed(
        &mut self,
        instance: &Instance,
        seqno: Seqno,
        content: ContentId,
        base: Base,
        effects: &mut Effects<'_>,
    ) -> bool {
        let Ok(place) = self.place(content.origin, seqno) else {
            return false;
        };
        let slot = &self.slots[place];
        let Some(grade) = self.gain_at(instance, slot, content, base) else {
            return false;
        };
        let found = Found {
            content,
            grade,
            after: self.before(slot),
            at: instance.rules.claims_repeated.then_some(base),
        };
        effects.stats.found_at_claim += 1;
        self.slots[place].find(found);
        self.slots[place].is_due = true;
        true
    }

    /// Returns the next chain to ask for a content: the first voter that it has not asked yet; for `Anybody` after
    /// that the first other chain, since the voters may be silent.
    fn next_to_ask(
        &self,
        instance: &Instance,
        slot: &Slot,
        content: ContentId,
        whom: Whom,
    ) -> Option<Chain> {
        let others = (0..instance.chains() as Chain).filter(|_| whom == Whom::Anybody);
        let others = others.filter(|&other| other != self.chain);
        let mut candidates = slot.votes_of(content).into_iter().chain(others);
        candidates.find(|&chain| chain != self.chain && !slot.asked.contains(&(content, chain)))
    }

    /// Returns, for every missing content of `slot`, which chain to ask unprompted. Contents under an applied number
    /// are asked for when a message names them, not when a registry changes.
    fn lacking(&self, instance: &Instance, asked: Whom, slot: &Slot) -> Vec<(ContentId, Chain)> {
        let next = self.height(slot.origin) + 1;
        let asks = match instance.rules.ask {
            AskRule::Never => false,
            AskRule::Next => slot.seqno == next,
            AskRule::UpToNext if asked == Whom::Next && !instance.rules.looks_back => {
                slot.seqno == next
            }
            AskRule::UpToNext => slot.seqno <= next,
        };
        if slot.origin == self.chain || !asks {
            return Vec::new();
        }
        let mut wanted: Vec<_> = slot.ballots.iter().map(|ballot| ballot.content).collect();
        wanted.retain(|&content| slot.held(content).is_none() && content.branch != UNNAMED);
        wanted.dedup();
        wanted.retain(|&content| !slot.asked.contains(&(content, self.chain)));
        if instance.rules.asks_for_vouched {
            wanted.retain(|&content| {
                slot.counts(content) && self.is_vouched_now(instance, slot, content)
            });
        }
        if asked == Whom::First {
            wanted.retain(|&content| !slot.asked.iter().any(|(asked, _)| *asked == content));
        }
        let whom = |content| self.next_to_ask(instance, slot, content, asked);
        let wanted = wanted.into_iter();
        wanted
            .filter_map(|content| Some((content, whom(content)?)))
            .collect()
    }

    /// Asks the first voter for a content of a number up to the next one, if it has asked no one yet.
    pub(crate) fn ask_first(
        &mut self,
        instance: &Instance,
        content: ContentId,
        seqno: Seqno,
        effects: &mut Effects<'_>,
    ) {
        let origin = content.origin;
        let number = |slot: &Slot| (slot.origin, slot.seqno) == (origin, seqno);
        let Some(place) = self.slots.iter().position(number) else {
            return;
        };
        let lacking = self.lacking(instance, Whom::First, &self.slots[place]);
        let wanted = lacking.into_iter().filter(|(wanted, _)| *wanted == content);
        for (content, asked) in wanted {
            self.want(place, content, asked, effects);
        }
    }

    /// Asks one chain for each missing content, up to the next number of an origin, and another chain each time.
    pub(crate) fn ask(&mut self, instance: &Instance, whom: Whom, effects: &mut Effects<'_>) {
        for place in 0..self.slots.len() {
            for (content, asked) in self.lacking(instance, whom, &self.slots[place]) {
                self.want(place, content, asked, effects);
            }
        }
    }

    fn want(&mut self, place: usize, content: ContentId, asked: Chain, effects: &mut Effects<'_>) {
        let slot = &mut self.slots[place];
        let lacks = slot.held(content).is_none();
        slot.asked.push((content, asked));
        slot.asked.sort_unstable();
        let message = Message {
            origin: slot.origin,
            seqno: slot.seqno,
            content,
            body: Body::Want { lacks },
        };
        effects.sent.push((To::One(asked), message));
    }
}
