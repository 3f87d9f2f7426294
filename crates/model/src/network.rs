//! A network of D'Electors: the channels between chains, and the steps that the network can take.

use std::rc::Rc;

use crate::ask::Named;
use crate::batch::{Chain, ContentId, MAIN};
use crate::elector::{Effects, Elector, To};
use crate::instance::Instance;
use crate::message::{Body, Message};
use crate::stats::Stats;

/// Maximum number of votes in one message.
const MAX_VOTES: usize = 8;

/// Whether a chain makes blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It makes blocks.
    Live,
    /// It makes no blocks now, but will again.
    Paused,
    /// It will never make blocks again. Messages that it sent stay deliverable.
    Silent,
    /// An attacker controls it: see [`crate::captured`].
    Captured,
}

/// One possible next event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The oldest message from one chain arrives at another.
    Deliver {
        /// The sender.
        from: Chain,
        /// The receiver.
        to: Chain,
    },
    /// The oldest votes from one chain arrive at another in one message, ahead of other messages: a chain sends one
    /// message for all batches that it has voted for, possibly late.
    DeliverVotes {
        /// The sender.
        from: Chain,
        /// The receiver.
        to: Chain,
        /// Number of votes.
        count: u8,
    },
    /// The oldest message other than a vote overtakes the votes before it.
    Overtake {
        /// The sender.
        from: Chain,
        /// The receiver.
        to: Chain,
    },
    /// A chain proposes its next batch.
    Propose(Chain),
    /// A chain falls silent.
    Silence(Chain),
    /// A silent chain resumes.
    Return(Chain),
    /// Once nothing else can happen, someone makes a chain ask the next one about a content. This ends once no chain
    /// would learn anything new.
    Poke(Chain, Named),
}

/// The state of a network. States share their parts, so a copy is cheap.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    /// The D'Elector of each chain; that of a captured chain is unused.
    pub electors: Vec<Rc<Elector>>,
    /// Whether each chain makes blocks.
    pub status: Vec<Status>,
    channels: Vec<Rc<Vec<Message>>>,
}

impl Network {
    /// Returns `instance` at genesis.
    pub fn new(instance: &Instance) -> Self {
        let chains = instance.chains();
        let status = (0..chains as Chain).map(|chain| {
            if instance.is_captured(chain) {
                Status::Captured
            } else if instance.silent >> chain & 1 == 1 {
                Status::Silent
            } else {
                Status::Live
            }
        });
        let electors = (0..chains as Chain).map(|chain| Rc::new(Elector::new(chain, chains)));
        let mut network = Self {
            electors: electors.collect(),
            status: status.collect(),
            channels: std::iter::repeat_with(Rc::default)
                .take(chains * chains)
                .collect(),
        };
        for captured in &instance.captured {
            for &(to, message) in &captured.outbox {
                network.send(instance, captured.chain, to, message, &mut Stats::default());
            }
        }
        network
    }

    /// Returns the messages in flight from `from` to `to`, oldest first.
    pub fn channel(&self, from: Chain, to: Chain) -> &[Message] {
        &self.channels[to as usize * self.status.len() + from as usize]
    }

    fn channel_mut(&mut self, from: Chain, to: Chain) -> &mut Vec<Message> {
        let chains = self.status.len();
        Rc::make_mut(&mut self.channels[to as usize * chains + from as usize])
    }

    /// Returns the next message from `from` to `to`.
    pub fn head(&self, from: Chain, to: Chain) -> Option<&Message> {
        self.channel(from, to).first()
    }

    /// Returns the number of messages in flight from `from` to `to`.
    pub fn backlog(&self, from: Chain, to: Chain) -> usize {
        self.channel(from, to).len()
    }

    fn send(
        &mut self,
        instance: &Instance,
        from: Chain,
        to: Chain,
        message: Message,
        stats: &mut Stats,
    ) {
        stats.messages += 1;
        let heard = matches!(self.status[to as usize], Status::Live | Status::Paused);
        if heard && !self.electors[to as usize].is_void(instance, from, &message) {
            self.channel_mut(from, to).push(message);
        }
    }

    /// All chains.
    pub fn chains(&self) -> impl Iterator<Item = Chain> + use<> {
        0..self.status.len() as Chain
    }

    /// The honest chains that make blocks.
    pub fn live(&self) -> impl Iterator<Item = &Elector> {
        let live = self.electors.iter().zip(&self.status);
        live.filter(|(_, status)| **status == Status::Live)
            .map(|(elector, _)| &**elector)
    }

    /// The steps that `chain` itself can take, except falling silent.
    fn own_steps(&self, instance: &Instance, chain: Chain, steps: &mut Vec<Step>) {
        match self.status[chain as usize] {
            Status::Live => {}
            Status::Paused => return steps.push(Step::Return(chain)),
            Status::Silent | Status::Captured => return,
        }
        let senders = self
            .chains()
            .filter(|&from| self.head(from, chain).is_some());
        for from in senders {
            steps.push(Step::Deliver { from, to: chain });
            if instance.votes_wait {
                self.steps_of_votes(from, chain, steps);
            }
        }
        if self.electors[chain as usize].can_propose(instance) {
            steps.push(Step::Propose(chain));
        }
    }

    /// The steps that a channel can take besides delivering its oldest message.
    fn steps_of_votes(&self, from: Chain, to: Chain, steps: &mut Vec<Step>) {
        let channel = self.channel(from, to);
        let is_vote = |message: &&Message| message.body == Body::Vote;
        let votes = channel.iter().filter(is_vote).count();
        let starts_with_vote = channel.first().is_some_and(|first| is_vote(&first));
        if starts_with_vote && votes < channel.len() {
            steps.push(Step::Overtake { from, to });
        }
        let least = if starts_with_vote { 2 } else { 1 };
        // one message contains one vote under each number
        let mut numbers: Vec<_> = Vec::new();
        for vote in channel.iter().filter(is_vote).take(MAX_VOTES) {
            let number = (vote.origin, vote.seqno);
            if numbers.contains(&number) {
                return;
            }
            numbers.push(number);
            if numbers.len() >= least {
                let count = numbers.len() as u8;
                steps.push(Step::DeliverVotes { from, to, count });
            }
        }
    }

    fn silence_step(&self, instance: &Instance, chain: Chain) -> Option<Step> {
        let silent = |status: &&Status| matches!(status, Status::Silent | Status::Paused);
        let count = self.status.iter().filter(silent).count();
        let may = instance.silence.who >> chain & 1 == 1
            && self.status[chain as usize] == Status::Live
            && count < instance.silence.at_most as usize;
        may.then_some(Step::Silence(chain))
    }

    /// Whether messages from every other chain that may still send are waiting for `chain`: then nothing that others
    /// do can change or precede its next steps.
    fn is_independent(&self, instance: &Instance, chain: Chain) -> bool {
        !instance.votes_wait
            && self.chains().all(|from| {
                from == chain
                    || self.head(from, chain).is_some()
                    || matches!(
                        self.status[from as usize],
                        Status::Silent | Status::Captured
                    )
            })
    }

    /// Returns the steps to explore: all, or those of one chain where that misses no state of rest.
    pub fn steps(&self, instance: &Instance, steps: &mut Vec<Step>) -> Rest {
        steps.clear();
        for chain in self.chains() {
            let before = steps.len();
            self.own_steps(instance, chain, steps);
            if steps.len() > before && self.is_independent(instance, chain) {
                steps.drain(..before);
                steps.extend(self.silence_step(instance, chain));
                return Rest::No;
            }
        }
        self.rest(instance, steps)
    }

    /// All steps, without any reduction.
    pub fn all_steps(&self, instance: &Instance, steps: &mut Vec<Step>) -> Rest {
        steps.clear();
        for chain in self.chains() {
            self.own_steps(instance, chain, steps);
        }
        self.rest(instance, steps)
    }

    fn rest(&self, instance: &Instance, steps: &mut Vec<Step>) -> Rest {
        if steps.is_empty() {
            steps.extend(self.useful_poke(instance));
        }
        let rest = if steps.is_empty() {
            Rest::Yes
        } else {
            Rest::No
        };
        steps.extend(
            self.chains()
                .filter_map(|chain| self.silence_step(instance, chain)),
        );
        rest
    }

    /// Returns a poke that lets a live chain learn something that another live one knows.
    fn useful_poke(&self, instance: &Instance) -> Option<Step> {
        self.live().find_map(|elector| {
            let others = self.live().filter(|other| other.chain != elector.chain);
            let mut named = others.filter_map(|other| elector.gains_from(instance, other));
            Some(Step::Poke(elector.chain, named.next()?))
        })
    }

    /// Executes `step`.
    pub fn take(&mut self, instance: &Instance, step: Step, stats: &mut Stats) {
        let mut effects = Effects {
            sent: Vec::new(),
            stats,
        };
        let actor = match step {
            Step::Deliver { from, to } => {
                let message = self.channel_mut(from, to).remove(0);
                if let Some(message) = self.as_it_is(instance, message) {
                    let elector = Rc::make_mut(&mut self.electors[to as usize]);
                    elector.receive(instance, from, message, &mut effects);
                }
                to
            }
            Step::DeliverVotes { from, to, count } => {
                let votes = self.take_votes(from, to, count);
                let elector = Rc::make_mut(&mut self.electors[to as usize]);
                elector.receive_votes(instance, from, &votes, &mut effects);
                to
            }
            Step::Overtake { from, to } => {
                let channel = self.channel_mut(from, to);
                let place = channel
                    .iter()
                    .position(|message| message.body != Body::Vote);
                let message = channel.remove(place.expect("something is no vote"));
                if let Some(message) = self.as_it_is(instance, message) {
                    let elector = Rc::make_mut(&mut self.electors[to as usize]);
                    elector.receive(instance, from, message, &mut effects);
                }
                to
            }
            Step::Propose(chain) => {
                Rc::make_mut(&mut self.electors[chain as usize]).propose(instance, &mut effects);
                chain
            }
            Step::Poke(chain, named) => {
                let elector = Rc::make_mut(&mut self.electors[chain as usize]);
                elector.poke(instance, named, &mut effects);
                chain
            }
            Step::Silence(chain) => return self.silence(instance, chain),
            Step::Return(chain) => {
                self.status[chain as usize] = Status::Live;
                return;
            }
        };
        for (to, message) in effects.sent {
            match to {
                To::One(to) => self.send(instance, actor, to, message, stats),
                To::All => {
                    for to in self.chains().filter(|&to| to != actor) {
                        self.send(instance, actor, to, message, stats);
                    }
                }
            }
        }
        self.forget_void(instance, actor);
    }

    /// Returns the oldest message of a channel that is not a vote.
    pub fn overtaker(&self, from: Chain, to: Chain) -> Option<&Message> {
        let mut channel = self.channel(from, to).iter();
        channel.find(|message| message.body != Body::Vote)
    }

    /// Returns the oldest votes of a channel.
    pub fn votes(&self, from: Chain, to: Chain, count: u8) -> Vec<Message> {
        let channel = self.channel(from, to).iter();
        let votes = channel.filter(|message| message.body == Body::Vote);
        votes.take(count as usize).copied().collect()
    }

    fn take_votes(&mut self, from: Chain, to: Chain, count: u8) -> Vec<Message> {
        let votes = self.votes(from, to, count);
        let mut left = count;
        self.channel_mut(from, to).retain(|message| {
            let taken = left > 0 && message.body == Body::Vote;
            left -= u8::from(taken);
            !taken
        });
        votes
    }

    /// Returns a message with the base that its hash covers, whoever sends it; `None` for a batch that an honest
    /// origin did not propose, which cannot be relayed.
    fn as_it_is(&self, instance: &Instance, message: Message) -> Option<Message> {
        let (origin, content) = (message.origin, message.content);
        let honest = content.branch == MAIN && !instance.is_captured(origin);
        let body = match message.body {
            Body::Relay { .. } if honest => {
                let slot = self.electors[origin as usize].slot(origin, message.seqno)?;
                let base = slot.held(content)?.base;
                Body::Relay { base }
            }
            Body::Propose { .. } if !honest => Body::Propose {
                base: instance.base_of(content),
            },
            Body::Relay { .. } => Body::Relay {
                base: instance.base_of(content),
            },
            body => body,
        };
        Some(Message { body, ..message })
    }

    fn silence(&mut self, instance: &Instance, chain: Chain) {
        if instance.silence.returns {
            self.status[chain as usize] = Status::Paused;
            return;
        }
        self.status[chain as usize] = Status::Silent;
        for from in self.chains() {
            self.channel_mut(from, chain).clear();
        }
    }

    /// Removes messages that can no longer have an effect at `chain`, so that they create no states.
    fn forget_void(&mut self, instance: &Instance, chain: Chain) {
        let elector = Rc::clone(&self.electors[chain as usize]);
        for from in self.chains() {
            let is_void = |message: &Message| elector.is_void(instance, from, message);
            if self.channel(from, chain).iter().any(is_void) {
                self.channel_mut(from, chain)
                    .retain(|message| !is_void(message));
            }
        }
    }

    /// Returns the contents applied by `chain`, by origin.
    pub fn applied(&self, chain: Chain) -> &[Vec<ContentId>] {
        &self.electors[chain as usize].applied
    }
}

/// Whether nothing can happen any more except chains falling silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nothing can happen.
    Yes,
    /// Something can happen.
    No,
}
