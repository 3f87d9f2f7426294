//! One chain's D'Elector: its state, and what it does with a message.

use crate::batch::{Base, Chain, ContentId, Seqno, UNNAMED};
use crate::instance::Instance;
use crate::message::{Body, Message};
use crate::rules::{CountRule, ForkRule};
use crate::slot::{Ballot, Claim, Slot};
use crate::stats::Stats;

/// Whom a message goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// Every other chain.
    All,
    /// One chain.
    One(Chain),
}

/// What a step does besides changing the D'Elector's state.
#[derive(Debug)]
pub struct Effects<'a> {
    /// The messages that it sends.
    pub sent: Vec<(To, Message)>,
    /// Counters that are not part of the state.
    pub stats: &'a mut Stats,
}

/// One chain's D'Elector.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Elector {
    /// The chain that it lives on.
    pub chain: Chain,
    /// The contents applied, by origin and seqno: the replicas, and its own registry.
    pub applied: Vec<Vec<ContentId>>,
    /// What it knows about batches, ordered by (origin, seqno).
    pub slots: Vec<Slot>,
    /// First seqno that is void because its origin froze, by origin.
    pub frozen: Vec<Option<Seqno>>,
    /// Position in its own script.
    pub next: u8,
}

impl Elector {
    /// The D'Elector of `chain` at genesis, in a network of `chains`.
    pub fn new(chain: Chain, chains: usize) -> Self {
        Self {
            chain,
            applied: vec![Vec::new(); chains],
            slots: Vec::new(),
            frozen: vec![None; chains],
            next: 0,
        }
    }

    /// How many batches of `origin` it has applied.
    pub fn height(&self, origin: Chain) -> Seqno {
        // Instances have far fewer batches than a seqno can count.
        self.applied[origin as usize].len() as Seqno
    }

    /// The base that names all it has applied.
    pub fn current_base(&self) -> Base {
        let mut base = Base::default();
        for (seqno, applied) in base.iter_mut().zip(&self.applied) {
            *seqno = applied.len() as Seqno;
        }
        base
    }

    /// What it knows about batch `seqno` of `origin`.
    pub fn slot(&self, origin: Chain, seqno: Seqno) -> Option<&Slot> {
        self.slots
            .iter()
            .find(|slot| (slot.origin, slot.seqno) == (origin, seqno))
    }

    pub(crate) fn slot_mut(&mut self, origin: Chain, seqno: Seqno) -> &mut Slot {
        let key = (origin, seqno);
        let place = self
            .slots
            .binary_search_by_key(&key, |slot| (slot.origin, slot.seqno));
        let place = place.unwrap_or_else(|place| {
            self.slots.insert(place, Slot::new(origin, seqno));
            place
        });
        &mut self.slots[place]
    }

    /// Whether its own last batch is still to be applied.
    pub fn is_in_flight(&self) -> bool {
        self.in_flight() > 0
    }

    fn in_flight(&self) -> usize {
        let own = self.slots.iter().filter(|slot| slot.origin == self.chain);
        let pending = own.filter(|slot| slot.seqno > self.height(self.chain));
        pending.filter(|slot| slot.proposed.is_some()).count()
    }

    /// Whether it can propose its next batch.
    pub fn can_propose(&self, instance: &Instance) -> bool {
        (self.next as usize) < instance.scripts[self.chain as usize].len()
            && self.frozen[self.chain as usize].is_none()
            && !(instance.rules.one_in_flight && self.is_in_flight())
    }

    /// Takes the next batch of its script and proposes it, unless it registers a key that a replica holds or takes out
    /// more stake than there is.
    pub fn propose(&mut self, instance: &Instance, effects: &mut Effects<'_>) {
        let content = ContentId::new(self.chain, self.next, crate::batch::MAIN);
        self.next += 1;
        if self.is_key_taken(instance, content) || self.is_overdrawn(instance, content) {
            return;
        }
        let base = self.current_base();
        let seqno = self.height(self.chain) + self.in_flight() as Seqno + 1;
        let slot = self.slot_mut(content.origin, seqno);
        slot.proposed = Some(content);
        slot.hold(content, base);
        let message = Message {
            origin: content.origin,
            seqno,
            content,
            body: Body::Propose { base },
        };
        effects.sent.push((To::All, message));
        self.settle(instance, effects);
    }

    /// Takes a message from `from`.
    pub fn receive(
        &mut self,
        instance: &Instance,
        from: Chain,
        message: Message,
        effects: &mut Effects<'_>,
    ) {
        if self.ignores(instance, from, &message) {
            return;
        }
        let Message {
            origin,
            seqno,
            content,
            body,
        } = message;
        match body {
            Body::Propose { base } => {
                let slot = self.slot_mut(origin, seqno);
                if from != origin || slot.proposed.is_some() {
                    return;
                }
                slot.proposed = Some(content);
                slot.hold(content, base);
            }
            Body::Vote { yes } => {
                let slot = self.slot_mut(origin, seqno);
                if from == origin || instance.rules.one_vote_each && slot.has_voted(from) {
                    return;
                }
                let content = if instance.rules.votes_name_content {
                    content
                } else {
                    ContentId::new(origin, 0, UNNAMED)
                };
                slot.record(Ballot {
                    content,
                    voter: from,
                    yes,
                });
            }
            Body::Claim { base } => {
                let claim = Claim { content, base };
                match instance.rules.count {
                    CountRule::Claims => self.slot_mut(origin, seqno).claim(claim),
                    CountRule::OriginRebases { keep } if from == origin => {
                        let claims = &mut self.slot_mut(origin, seqno).claims;
                        claims.push(claim);
                        // The proposal's own base counts as the oldest one: see `Elector::bases`.
                        let surplus = claims.len().saturating_sub(keep);
                        claims.drain(..surplus);
                    }
                    _ => return,
                }
            }
            Body::Want => {
                if let Some(held) = self.slot(origin, seqno).and_then(|slot| slot.held(content)) {
                    let body = Body::Relay { base: held.base };
                    effects
                        .sent
                        .push((To::One(from), Message { body, ..message }));
                }
                return;
            }
            Body::Relay { base } => {
                let slot = self.slot_mut(origin, seqno);
                if !slot.ballots.iter().any(|ballot| ballot.content == content) {
                    return;
                }
                slot.hold(content, base);
                effects.stats.relayed += 1;
            }
        }
        self.settle(instance, effects);
    }

    /// Whether `message` from `from` can have no effect, now or ever.
    pub fn is_void(&self, instance: &Instance, from: Chain, message: &Message) -> bool {
        let (origin, seqno, content) = (message.origin, message.seqno, message.content);
        let frozen = self.frozen[origin as usize].is_some_and(|frozen| seqno >= frozen);
        if frozen || seqno <= self.height(origin) && !self.keeps_slots(instance, origin) {
            return true;
        }
        // Slots only grow, so what repeats their content says nothing new.
        self.slot(origin, seqno)
            .is_some_and(|slot| match message.body {
                Body::Propose { .. } => slot.proposed.is_some(),
                Body::Vote { .. } => instance.rules.one_vote_each && slot.has_voted(from),
                Body::Claim { base } => {
                    instance.rules.count == CountRule::Claims
                        && slot.claims.contains(&Claim { content, base })
                }
                Body::Want => false,
                Body::Relay { .. } => slot.held(content).is_some(),
            })
    }

    fn ignores(&self, instance: &Instance, from: Chain, message: &Message) -> bool {
        let age = self.height(message.origin).checked_sub(message.seqno);
        let too_old = |memory| age.is_some_and(|age| age >= memory);
        self.is_void(instance, from, message) || instance.rules.fork_memory.is_some_and(too_old)
    }

    /// Whether what is known about an applied batch of `origin` can still matter.
    pub(crate) fn keeps_slots(&self, instance: &Instance, origin: Chain) -> bool {
        instance.rules.forks != ForkRule::Ignore && instance.may_be_contested(origin)
    }

    /// Whether `content` registers a key that a registry holds.
    pub(crate) fn is_key_taken(&self, instance: &Instance, content: ContentId) -> bool {
        let key = |content| instance.batch(content).map_or(0, |batch| batch.key);
        let wanted = key(content);
        wanted != 0
            && self
                .applied
                .iter()
                .flatten()
                .any(|&content| key(content) == wanted)
    }

    /// Asks the voters for every content that it lacks for the next batch of some origin. Anybody may have it do so.
    pub fn poke(&mut self, instance: &Instance, effects: &mut Effects<'_>) {
        self.ask(instance, true, effects);
    }

    /// Whether [`Elector::poke`] would ask for anything.
    pub fn can_ask(&self, instance: &Instance) -> bool {
        instance.rules.ask && self.slots.iter().any(|slot| !self.lacking(slot).is_empty())
    }

    /// For every content that it lacks under the next number of `slot`'s origin, a voter for it that it has not asked
    /// yet, and whether it has asked another.
    fn lacking(&self, slot: &Slot) -> Vec<(ContentId, Chain, bool)> {
        if slot.seqno != self.height(slot.origin) + 1 {
            return Vec::new();
        }
        let mut lacking: Vec<(ContentId, Chain, bool)> = Vec::new();
        for ballot in &slot.ballots {
            let content = ballot.content;
            let wanted = slot.held(content).is_none() && content.branch != UNNAMED;
            let asked = slot.asked.contains(&(content, ballot.voter));
            if wanted && !asked && lacking.last().is_none_or(|(last, ..)| *last != content) {
                let again = slot.asked.iter().any(|(asked, _)| *asked == content);
                lacking.push((content, ballot.voter, again));
            }
        }
        lacking
    }

    /// Asks for what it lacks. Unbidden it asks one voter for each content, and only where two contents are known:
    /// else votes that overtake their proposal would cause a question each.
    pub(crate) fn ask(&mut self, instance: &Instance, poked: bool, effects: &mut Effects<'_>) {
        if !instance.rules.ask {
            return;
        }
        for place in 0..self.slots.len() {
            let slot = &self.slots[place];
            let (origin, seqno, contested) = (slot.origin, slot.seqno, slot.is_contested());
            for (content, voter, again) in self.lacking(slot) {
                if !poked && (again || !contested) {
                    continue;
                }
                let slot = &mut self.slots[place];
                slot.asked.push((content, voter));
                slot.asked.sort_unstable();
                let message = Message {
                    origin,
                    seqno,
                    content,
                    body: Body::Want,
                };
                effects.sent.push((To::One(voter), message));
            }
        }
    }
}
