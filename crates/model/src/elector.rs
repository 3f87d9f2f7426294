//! One chain's D'Elector: its state, and how it handles a message.

use crate::batch::{Base, Chain, ContentId, Seqno, UNNAMED};
use crate::instance::Instance;
use crate::message::{Body, Message};
use crate::rules::CountRule;
use crate::slot::{Ballot, Slot};
use crate::stats::Stats;

/// Receiver of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// Every other chain.
    All,
    /// One chain.
    One(Chain),
}

/// Effects of a step besides changing the D'Elector's state.
#[derive(Debug)]
pub struct Effects<'a> {
    /// Messages to send.
    pub sent: Vec<(To, Message)>,
    /// Counters that are not part of the state.
    pub stats: &'a mut Stats,
}

/// One chain's D'Elector.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Elector {
    /// Its chain.
    pub chain: Chain,
    /// Applied contents, by origin and seqno: the replicas, and its own registry.
    pub applied: Vec<Vec<ContentId>>,
    /// Its state about batches, ordered by (origin, seqno).
    pub slots: Vec<Slot>,
    /// Position in its own script.
    pub next: u8,
    /// Whether it reverted and applied so often after one message that it would never end.
    pub is_restless: bool,
}

impl Elector {
    /// Returns the D'Elector of `chain` at genesis, in a network of `chains`.
    pub fn new(chain: Chain, chains: usize) -> Self {
        Self {
            chain,
            applied: vec![Vec::new(); chains],
            slots: Vec::new(),
            next: 0,
            is_restless: false,
        }
    }

    /// Returns how many batches of `origin` it has applied.
    pub fn height(&self, origin: Chain) -> Seqno {
        // instances have far fewer batches than a seqno can count
        self.applied[origin as usize].len() as Seqno
    }

    /// Returns the base that names all it has applied.
    pub fn current_base(&self) -> Base {
        let mut base = Base::default();
        for (seqno, applied) in base.iter_mut().zip(&self.applied) {
            *seqno = applied.len() as Seqno;
        }
        base
    }

    /// Returns its state about batch `seqno` of `origin`.
    pub fn slot(&self, origin: Chain, seqno: Seqno) -> Option<&Slot> {
        self.place(origin, seqno)
            .ok()
            .map(|place| &self.slots[place])
    }

    /// Returns the position of its slot for batch `seqno` of `origin`, or where it would be inserted.
    pub(crate) fn place(&self, origin: Chain, seqno: Seqno) -> Result<usize, usize> {
        let key = (origin, seqno);
        self.slots
            .binary_search_by_key(&key, |slot| (slot.origin, slot.seqno))
    }

    pub(crate) fn slot_mut(&mut self, origin: Chain, seqno: Seqno) -> &mut Slot {
        let place = self.place(origin, seqno).unwrap_or_else(|place| {
            self.slots.insert(place, Slot::new(origin, seqno));
            place
        });
        &mut self.slots[place]
    }

    /// Whether its own last batch is not applied yet.
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
            && !(instance.rules.one_in_flight && self.is_in_flight())
    }

    /// Takes the next batch of its script and proposes it, unless the batch registers a key that a replica holds or
    /// takes out more stake than there is.
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

    /// Handles a message from `from`.
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
                slot.proposed = Some(content);
                slot.hold(content, base);
                slot.is_due = true;
            }
            Body::Vote => self.book(instance, from, &message, effects),
            Body::Claim { base } => {
                if !self.count_where_claimed(instance, seqno, content, base, effects) {
                    return;
                }
            }
            Body::Want { lacks } => {
                if let Some(body) = self.answer(instance, origin, seqno, content, lacks) {
                    effects.stats.claims += u64::from(matches!(body, Body::Claim { .. }));
                    effects
                        .sent
                        .push((To::One(from), Message { body, ..message }));
                }
                return;
            }
            Body::Relay { base } => {
                let slot = self.slot_mut(origin, seqno);
                slot.is_due |= slot.held(content).is_none();
                slot.hold(content, base);
                effects.stats.relayed += 1;
            }
        }
        self.settle(instance, effects);
    }

    /// Handles votes of `from` that arrived in one message: books all of them before anything is decided.
    pub fn receive_votes(
        &mut self,
        instance: &Instance,
        from: Chain,
        votes: &[Message],
        effects: &mut Effects<'_>,
    ) {
        let mut has_new = false;
        for vote in votes {
            if !self.ignores(instance, from, vote) {
                self.book(instance, from, vote, effects);
                has_new = true;
            }
        }
        if has_new {
            self.settle(instance, effects);
        }
    }

    /// Books a vote. The masterchain asks for the content if this vote makes it vouched for.
    fn book(
        &mut self,
        instance: &Instance,
        voter: Chain,
        vote: &Message,
        effects: &mut Effects<'_>,
    ) {
        let content = if instance.rules.votes_name_content {
            vote.content
        } else {
            ContentId::new(vote.origin, 0, UNNAMED)
        };
        let this = self.chain;
        let slot = self.slot_mut(vote.origin, vote.seqno);
        slot.record(Ballot { content, voter }, this);
        slot.is_due = true;
        if let Ok(place) = self.place(vote.origin, vote.seqno) {
            self.admit(instance, place, content);
        }
        // The masterchain's copy has no vote to lose. Another copy that got ahead of an origin through others'
        // messages would no longer vote when the origin's own message arrives.
        if instance.rules.asks_for_vouched && instance.masterchain == Some(self.chain) {
            self.ask_first(instance, content, vote.seqno, effects);
        }
    }

    /// Whether `message` from `from` can have no effect, now or ever.
    pub fn is_void(&self, instance: &Instance, from: Chain, message: &Message) -> bool {
        let (origin, seqno, content) = (message.origin, message.seqno, message.content);
        if instance.is_exact {
            return false;
        }
        let applied = seqno <= self.height(origin);
        let is_want = matches!(message.body, Body::Want { .. });
        if applied && !is_want && !Self::keeps_slots(instance) {
            return true;
        }
        let own = instance.rules.origin_keeps_its_own && origin == self.chain;
        if own && !is_want && (applied || from == origin) {
            return true;
        }
        // slots only grow, so a message that repeats their content has no effect
        self.slot(origin, seqno)
            .is_some_and(|slot| match message.body {
                Body::Propose { .. } => slot.proposed.is_some(),
                // a vote for what does not count yet may still be replaced by one that does
                Body::Vote => instance.rules.one_vote_each && slot.has_counted_vote(from),
                Body::Claim { .. } | Body::Want { .. } => false,
                Body::Relay { .. } => slot.held(content).is_some(),
            })
    }

    /// Whether a message that arrives now is ignored.
    fn ignores(&self, instance: &Instance, from: Chain, message: &Message) -> bool {
        let (origin, seqno, content) = (message.origin, message.seqno, message.content);
        let (height, seqno) = (u16::from(self.height(origin)), u16::from(seqno));
        let rules = &instance.rules;
        if seqno + rules.memory <= height || seqno > height + rules.window {
            return true;
        }
        // no Root lives in the masterchain, so it has no batches
        let is_batch = matches!(message.body, Body::Propose { .. } | Body::Relay { .. });
        if is_batch && instance.masterchain == Some(origin) {
            return true;
        }
        let slot = self.slot(origin, message.seqno);
        let own = rules.origin_keeps_its_own && origin == self.chain;
        match message.body {
            Body::Want { .. } => false,
            _ if own && seqno <= height => true,
            Body::Relay { .. } if own => true,
            Body::Propose { .. } => {
                from != origin || slot.is_some_and(|slot| slot.proposed.is_some())
            }
            Body::Vote => {
                let voted = slot.is_some_and(|slot| slot.has_voted_before(from, content));
                let proposed = slot.is_some_and(|slot| slot.proposed == Some(content));
                from == origin || own && !proposed || rules.one_vote_each && voted
            }
            Body::Claim { .. } => rules.count != CountRule::Claims,
            // only contents that some vote names are kept: otherwise anyone could make a copy store anything
            Body::Relay { .. } => {
                let named =
                    |slot: &Slot| slot.ballots.iter().any(|ballot| ballot.content == content);
                !slot.is_some_and(named)
            }
        }
    }

    /// Whether state about an applied batch can still matter.
    pub(crate) fn keeps_slots(instance: &Instance) -> bool {
        instance.rules.votes_decide && instance.may_be_contested()
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

    /// Whether `content`, as the next batch of its origin, fails the objective checks.
    pub(crate) fn is_refused(&self, instance: &Instance, content: ContentId) -> bool {
        let invalid = instance.batch(content).is_none_or(|batch| batch.invalid);
        instance.rules.objective_checks && (invalid || self.is_overdrawn(instance, content))
    }

    /// Whether `content` as the next batch would take out more stake than its origin has.
    fn is_overdrawn(&self, instance: &Instance, content: ContentId) -> bool {
        let total = self.total(instance, content.origin, Seqno::MAX) + instance.delta(content);
        total < 0
    }
}
