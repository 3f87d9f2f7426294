//! The model and the copies, step by step.

use std::collections::VecDeque;
use std::fmt;

use ddvs_contracts::messages;
use ddvs_contracts::{Codes, ExitCode};
use ddvs_model::{
    Body, Chain, ContentId, Instance, MAIN, Message, Named, Network, Rest, Stats, Status, Step,
    chain_name,
};
use tycho_types::cell::{Cell, Lazy};
use tycho_types::num::Tokens;

use crate::compare::difference;
use crate::copies::{Copies, Sent, UNIT_NANO, VALUE_NANO};
use crate::translate::{Contents, apart, chain_id, chain_of, decode, encode, key_pair, together};

/// A difference between the copies and the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The steps taken, the last one included.
    pub steps: Vec<Step>,
    /// Description of the difference.
    pub what: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "after {} steps: {}", self.steps.len(), self.what)
    }
}

/// An instance of the model that also runs on the copies.
#[derive(Debug)]
pub struct Replay {
    instance: Instance,
    model: Network,
    copies: Copies,
    contents: Contents,
    /// Messages in flight between two chains of the model: `to * chains + from`.
    channels: Vec<VecDeque<Cell>>,
    steps: Vec<Step>,
    updates: Vec<u32>,
}

impl Replay {
    /// Returns both at genesis. Messages that the model would drop as ineffective are kept.
    ///
    /// # Panics
    /// Panics if the instance's stakes are invalid.
    pub fn new(instance: &Instance, codes: &Codes) -> Self {
        let instance = instance.clone().playable().exact().votes_wait();
        let chains = instance.chains();
        let workchains = chains - usize::from(instance.masterchain.is_some());
        let mut replay = Self {
            model: Network::new(&instance),
            copies: Copies::new(&instance.stakes[..workchains], codes),
            contents: Contents::default(),
            channels: vec![VecDeque::new(); chains * chains],
            steps: Vec::new(),
            updates: vec![0; chains],
            instance,
        };
        // A captured chain's messages are in flight from the start, in the model's form until they arrive.
        for place in 0..replay.channels.len() {
            let (to, from) = ((place / chains) as Chain, (place % chains) as Chain);
            let backlog = replay.model.backlog(from, to);
            replay.channels[place].extend(std::iter::repeat_n(Cell::default(), backlog));
        }
        replay
    }

    /// Returns the steps that both can take next: without the arrival of a message that names an honest origin's
    /// batch before it is proposed, since nobody knows its hash then.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.model.all_steps(&self.instance, &mut steps) == Rest::Yes {
            steps.retain(|step| matches!(step, Step::Silence(_)));
        }
        steps.retain(|step| match *step {
            Step::Deliver { from, to }
            | Step::DeliverVotes { from, to, .. }
            | Step::Overtake { from, to } => {
                let mut taken = self.taken_by(*step).into_iter();
                !self.instance.is_captured(from)
                    || taken.all(|place| self.is_nameable(&self.model.channel(from, to)[place]))
            }
            _ => true,
        });
        steps
    }

    fn is_nameable(&self, message: &Message) -> bool {
        let content = message.content;
        let honest = content.branch == MAIN && !self.instance.is_captured(content.origin);
        let number = self.contents.number(content);
        match message.body {
            // the batch itself contains its number: nobody can send it under another one
            Body::Propose { .. } | Body::Relay { .. } if honest => {
                number == Some(message.seqno.into())
            }
            _ => !honest || number.is_some(),
        }
    }

    /// Returns the maximum gas of a copy's transactions so far.
    pub fn most_gas(&self) -> u64 {
        self.copies.most_gas
    }

    /// Takes a step on both sides, and compares their whole state.
    ///
    /// Fails only when they differ.
    ///
    /// # Panics
    /// Panics if the step cannot be taken.
    pub fn take(&mut self, step: Step) -> Result<(), Mismatch> {
        self.steps.push(step);
        let before: Vec<Chain> = self.hearing();
        let arriving = match step {
            Step::Deliver { from, to }
            | Step::DeliverVotes { from, to, .. }
            | Step::Overtake { from, to } => self.arriving(from, to, &self.taken_by(step))?,
            _ => Vec::new(),
        };
        self.model.take(&self.instance, step, &mut Stats::default());
        match step {
            Step::Deliver { from, to }
            | Step::DeliverVotes { from, to, .. }
            | Step::Overtake { from, to } => self.deliver(from, to, &arriving)?,
            Step::Propose(chain) => self.propose(chain, &before)?,
            Step::Poke(chain, named) => self.poke(chain, named)?,
            Step::Silence(chain) => self.silence(chain),
            Step::Return(_) => {}
        }
        self.compare()
    }

    fn hearing(&self) -> Vec<Chain> {
        let hears = |chain: &Chain| {
            matches!(
                self.model.status[*chain as usize],
                Status::Live | Status::Paused
            )
        };
        self.model.chains().filter(hears).collect()
    }

    fn mismatch(&self, what: String) -> Mismatch {
        Mismatch {
            steps: self.steps.clone(),
            what,
        }
    }

    fn channel(&mut self, from: Chain, to: Chain) -> &mut VecDeque<Cell> {
        let chains = self.instance.chains();
        &mut self.channels[to as usize * chains + from as usize]
    }

    /// Returns the positions in its channel of the messages that a step delivers.
    fn taken_by(&self, step: Step) -> Vec<usize> {
        let is_vote = |message: &Message| message.body == Body::Vote;
        let places = |from, to, votes: bool| {
            let channel = self.model.channel(from, to).iter().enumerate();
            channel.filter(move |(_, message)| is_vote(message) == votes)
        };
        match step {
            Step::Deliver { .. } => vec![0],
            Step::DeliverVotes { from, to, count } => places(from, to, true)
                .map(|(place, _)| place)
                .take(count as usize)
                .collect(),
            Step::Overtake { from, to } => places(from, to, false)
                .map(|(place, _)| place)
                .take(1)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Takes messages out of a channel, each with its body: that of a captured chain is built now.
    fn arriving(
        &mut self,
        from: Chain,
        to: Chain,
        places: &[usize],
    ) -> Result<Vec<(Message, Cell)>, Mismatch> {
        let mut arriving = Vec::new();
        for &place in places.iter().rev() {
            let message = self.model.channel(from, to)[place];
            let body = self.channel(from, to).remove(place);
            let mut body = body.expect("a message is under way");
            if self.instance.is_captured(from) {
                let encoded = encode(&mut self.contents, &self.copies, &self.instance, &message);
                body = encoded.expect("the step was offered, so the batch is known");
            } else if decode(&self.contents, &self.instance, &body) != Some(message) {
                let found = decode(&self.contents, &self.instance, &body);
                return Err(self.mismatch(format!(
                    "{from} to {to}: the model sent {message:?}, the copy {found:?}"
                )));
            }
            arriving.insert(0, (message, body));
        }
        Ok(arriving)
    }

    fn deliver(
        &mut self,
        from: Chain,
        to: Chain,
        arriving: &[(Message, Cell)],
    ) -> Result<(), Mismatch> {
        let message = arriving[0].0;
        let bodies: Vec<&Cell> = arriving.iter().map(|(_, body)| body).collect();
        let body = together(&bodies);
        let src = self.copies.address(chain_id(&self.instance, from));
        let chain = chain_id(&self.instance, to);
        let (sent, failed) = self.copies.deliver(chain, &src, VALUE_NANO, body);
        // No Root lives in the masterchain: a batch of its own is refused by its form.
        let is_batch = matches!(message.body, Body::Propose { .. } | Body::Relay { .. });
        let refused = is_batch && self.instance.masterchain == Some(message.origin);
        let expected = refused.then_some(ExitCode::UnknownChain.code());
        if failed != expected.into_iter().collect::<Vec<_>>() {
            return Err(self.mismatch(format!("{message:?} ends in {failed:?}")));
        }
        self.post(to, sent)
    }

    /// Puts a copy's messages in flight, to the chains that receive them. Both must have sent the same; the order of
    /// one step's messages does not matter, so the model's is used.
    fn post(&mut self, from: Chain, sent: Vec<Sent>) -> Result<(), Mismatch> {
        let hearing = self.hearing();
        for to in hearing.into_iter().filter(|&to| to != from) {
            let id = chain_id(&self.instance, to);
            let bodies = sent.iter().filter(|sent| sent.to == id);
            let mut bodies: Vec<Cell> = bodies.flat_map(|sent| apart(&sent.body)).collect();
            let old = self.channels[to as usize * self.instance.chains() + from as usize].len();
            let expected = self.model.channel(from, to)[old..].to_vec();
            let mut ordered = Vec::new();
            for message in &expected {
                let is_it = |body: &Cell| {
                    decode(&self.contents, &self.instance, body).as_ref() == Some(message)
                };
                let Some(place) = bodies.iter().position(is_it) else {
                    let found: Vec<_> = (bodies.iter())
                        .map(|body| decode(&self.contents, &self.instance, body))
                        .collect();
                    return Err(self.mismatch(format!(
                        "{from} to {to}: the model sent {message:?}, the copy {found:?}"
                    )));
                };
                ordered.push(bodies.remove(place));
            }
            if let Some(body) = bodies.first() {
                let message = decode(&self.contents, &self.instance, body);
                return Err(
                    self.mismatch(format!("{from} to {to}: the copy alone sent {message:?}"))
                );
            }
            self.channel(from, to).extend(ordered);
        }
        Ok(())
    }

    /// The next change of a chain's script reaches its D'Elector from the Root.
    fn propose(&mut self, chain: Chain, _: &[Chain]) -> Result<(), Mismatch> {
        let index = self.model.electors[chain as usize].next - 1;
        let id = chain_id(&self.instance, chain);
        let storage = self.copies.storage(id);
        let registry = storage
            .registries
            .get(id)
            .ok()
            .flatten()
            .expect("a copy has its own registry");
        let (root, terms) = self.copies.root(id);
        let entry = registry
            .roots
            .get(root.address)
            .ok()
            .flatten()
            .expect("the genesis Root stays");
        let batch = self.instance.scripts[chain as usize][index as usize];
        let total =
            entry.stake.into_inner() as i128 + i128::from(batch.delta) * i128::from(UNIT_NANO);
        let key = key_pair(id, batch.key);
        let (key, proof) = if batch.key == 0 {
            (entry.key, None)
        } else {
            (
                key.public(),
                Some(Lazy::new(&key.prove(&self.copies, id)).expect("a proof can be encoded")),
            )
        };
        self.updates[chain as usize] += 1;
        let update = messages::UpdateStake {
            seq: self.updates[chain as usize],
            total: Tokens::new(total as u128),
            key,
            code_hash: self.copies.network.root_code_hash,
            terms: Lazy::new(terms).expect("terms can be encoded"),
            proof,
        };
        let (sent, failed) = self
            .copies
            .deliver(id, &root, VALUE_NANO, Copies::body(&update));
        if !failed.is_empty() {
            return Err(self.mismatch(format!("the change ends in {failed:?}")));
        }
        let content = ContentId::new(chain, index, MAIN);
        for sent in &sent {
            if let Ok(proposal) = sent.body.parse::<messages::Propose>() {
                self.contents.learn(content, &proposal.batch);
            }
        }
        self.post(chain, sent)
    }

    /// Someone pokes a copy about a content.
    fn poke(&mut self, chain: Chain, named: Named) -> Result<(), Mismatch> {
        let id = chain_id(&self.instance, chain);
        let stranger =
            tycho_types::models::StdAddr::new(id, tycho_types::cell::HashBytes([0x57; 32]));
        let batch = (self.contents).batch(&self.copies, &self.instance, named.content);
        let batch = batch.expect("only what is known is asked for");
        let poke = messages::Poke {
            query_id: 1,
            origin: chain_id(&self.instance, named.content.origin),
            seqno: named.seqno.into(),
            content: messages::ContentId::of(batch.inner().repr_hash()),
        };
        loop {
            let (sent, failed) =
                self.copies
                    .deliver(id, &stranger, VALUE_NANO, Copies::body(&poke));
            if !failed.is_empty() {
                return Err(self.mismatch(format!("the poke ends in {failed:?}")));
            }
            // the masterchain of an instance without one is not compared
            if !sent
                .iter()
                .any(|sent| chain_of(&self.instance, sent.to).is_none())
            {
                return self.post(chain, sent);
            }
        }
    }

    fn silence(&mut self, chain: Chain) {
        if self.model.status[chain as usize] == Status::Silent {
            for from in self.model.chains() {
                self.channel(from, chain).clear();
            }
        }
    }

    /// Compares the copies of all live chains, and the messages in flight.
    fn compare(&self) -> Result<(), Mismatch> {
        for chain in self.model.chains() {
            if !matches!(
                self.model.status[chain as usize],
                Status::Live | Status::Paused
            ) {
                continue;
            }
            let storage = self.copies.storage(chain_id(&self.instance, chain));
            let elector = &self.model.electors[chain as usize];
            if let Some(what) = difference(&self.instance, &self.contents, elector, &storage) {
                return Err(self.mismatch(format!("{}: {what}", chain_name(chain))));
            }
        }
        let chains = self.instance.chains();
        for (place, channel) in self.channels.iter().enumerate() {
            let (to, from) = ((place / chains) as Chain, (place % chains) as Chain);
            let expected = self.model.backlog(from, to);
            if channel.len() != expected {
                let what = format!(
                    "{expected} messages under way from {from} to {to}, of the copies {}",
                    channel.len()
                );
                return Err(self.mismatch(what));
            }
        }
        Ok(())
    }
}
