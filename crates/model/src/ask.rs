//! Asking for contents that votes name and that are not at hand.

use crate::batch::{Chain, ContentId, Seqno, UNNAMED};
use crate::elector::{Effects, Elector, To};
use crate::instance::Instance;
use crate::message::{Body, Message};
use crate::rules::AskRule;
use crate::slot::Slot;

/// Whom a D'Elector asks for a content that it lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// The first voter, if it has asked nobody yet.
    First,
    /// The first voter that it has not asked yet.
    Next,
    /// The same, and when all voters are asked the other chains.
    Anybody,
}

impl Elector {
    /// Asks for what it lacks. Anybody may have it do so, and pays for it. A D'Elector begins anew once it has asked all;
    /// here, where a poke comes only when nothing else is left to happen, that would change nothing.
    pub fn poke(&mut self, instance: &Instance, effects: &mut Effects<'_>) {
        self.ask(instance, Self::poked(instance), effects);
    }

    fn poked(instance: &Instance) -> Whom {
        match instance.rules.asks_all {
            true => Whom::Anybody,
            false => Whom::Next,
        }
    }

    /// Whether [`Elector::poke`] would ask for anything.
    pub fn can_ask(&self, instance: &Instance) -> bool {
        let mut slots = self.slots.iter();
        slots.any(|slot| {
            !self
                .lacking(instance, Self::poked(instance), slot)
                .is_empty()
        })
    }

    /// For every content that it lacks in `slot`, whom to ask for it: the first voter that it has not asked yet; of `all`,
    /// then the first other chain, since the voters may be silent and others have got it from them. Under an applied number too: what
    /// votes for another content are worth depends on the base that it names.
    fn lacking(&self, instance: &Instance, asked: Whom, slot: &Slot) -> Vec<(ContentId, Chain)> {
        let next = self.height(slot.origin) + 1;
        let asks = match instance.rules.ask {
            AskRule::Never => false,
            AskRule::Next => slot.seqno == next,
            // What others named under a number that is applied matters when they say so, not when a registry changes.
            AskRule::UpToNext if asked == Whom::Next && !instance.rules.looks_back => {
                slot.seqno == next
            }
            AskRule::UpToNext => slot.seqno <= next,
        };
        if slot.origin == self.chain || !asks {
            return Vec::new();
        }
        let whom = |content: ContentId| {
            let voters = slot
                .ballots
                .iter()
                .filter(|ballot| ballot.content == content);
            let voters = voters.map(|ballot| ballot.voter);
            let others = (0..instance.chains() as Chain).filter(|_| asked == Whom::Anybody);
            // The origin's own word comes unasked, if it ever does.
            let others = others.filter(|&other| other != self.chain && other != slot.origin);
            let mut candidates = voters.chain(others);
            candidates.find(|&chain| !slot.asked.contains(&(content, chain)))
        };
        let mut wanted: Vec<_> = slot.ballots.iter().map(|ballot| ballot.content).collect();
        wanted.retain(|&content| slot.held(content).is_none() && content.branch != UNNAMED);
        wanted.dedup();
        if instance.rules.asks_for_vouched && asked != Whom::Anybody {
            wanted.retain(|&content| self.is_vouched_now(instance, slot, content));
        }
        if asked == Whom::First {
            wanted.retain(|&content| !slot.asked.iter().any(|(asked, _)| *asked == content));
        }
        let wanted = wanted.into_iter();
        wanted
            .filter_map(|content| Some((content, whom(content)?)))
            .collect()
    }

    /// Asks the first voter for a content of a number up to the next one, if it has asked nobody yet.
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

    /// Asks one chain for each content that it lacks, up to the next number of an origin, another one each time.
    pub(crate) fn ask(&mut self, instance: &Instance, whom: Whom, effects: &mut Effects<'_>) {
        for place in 0..self.slots.len() {
            for (content, asked) in self.lacking(instance, whom, &self.slots[place]) {
                self.want(place, content, asked, effects);
            }
        }
    }

    fn want(&mut self, place: usize, content: ContentId, asked: Chain, effects: &mut Effects<'_>) {
        let slot = &mut self.slots[place];
        slot.asked.push((content, asked));
        slot.asked.sort_unstable();
        let message = Message {
            origin: slot.origin,
            seqno: slot.seqno,
            content,
            body: Body::Want,
        };
        effects.sent.push((To::One(asked), message));
    }
}
