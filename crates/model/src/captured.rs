//! A captured chain: its messages are authentic, but the attacker chooses their content.
//!
//! Delivery may delay every message, and the search tries every delay. So an attacker that reacts to what it sees
//! sends, in each run, no more than some fixed list of messages to each chain, and those lists can be in the channels
//! from the start: a captured chain needs no steps of its own. Its attacks are the possible lists.

use crate::batch::{Base, Chain, ContentId, FORK, MADE_UP, MAIN, Seqno};
use crate::instance::Instance;
use crate::message::{Body, Message};

/// A captured chain and all messages that it ever sends.
#[derive(Clone, Debug)]
pub struct Captured {
    /// The chain.
    pub chain: Chain,
    /// Its messages, by receiver, in order.
    pub outbox: Vec<(Chain, Message)>,
}

impl Captured {
    /// Returns a captured chain that sends nothing yet.
    pub fn new(chain: Chain) -> Self {
        Self {
            chain,
            outbox: Vec::new(),
        }
    }

    /// Adds its proposal of batch `seqno` of `branch` to each of `to`, with the genesis as base.
    pub fn proposes(self, seqno: Seqno, branch: u8, to: &[Chain]) -> Self {
        let base = Instance::genesis_base(self.chain, seqno);
        self.proposes_at(seqno, branch, base, to)
    }

    /// Adds its proposal of batch `seqno` of `branch` to each of `to`, with `base`.
    pub fn proposes_at(self, seqno: Seqno, branch: u8, base: Base, to: &[Chain]) -> Self {
        let origin = self.chain;
        self.sends(origin, seqno, branch, Body::Propose { base }, to)
    }

    /// Adds its vote for batch `seqno` of `origin`, for the content of `branch`, to each of `to`.
    pub fn votes(self, origin: Chain, seqno: Seqno, branch: u8, to: &[Chain]) -> Self {
        self.sends(origin, seqno, branch, Body::Vote, to)
    }

    /// Adds its vote for a made-up hash under batch `seqno` of `origin`, to each of `to`.
    pub fn lies(self, origin: Chain, seqno: Seqno, to: &[Chain]) -> Self {
        self.votes(origin, seqno, MADE_UP, to)
    }

    /// Adds its claim of a majority at `base` for the content of `branch` under batch `seqno` of `origin`, to each of
    /// `to`.
    pub fn claims(self, origin: Chain, seqno: Seqno, branch: u8, base: Base, to: &[Chain]) -> Self {
        self.sends(origin, seqno, branch, Body::Claim { base }, to)
    }

    /// Adds its relay of batch `seqno` of `origin` on `branch`, with the genesis as base, to each of `to`.
    pub fn relays(self, origin: Chain, seqno: Seqno, branch: u8, to: &[Chain]) -> Self {
        let base = Instance::genesis_base(origin, seqno);
        self.relays_at(origin, seqno, branch, base, to)
    }

    /// Adds its relay of batch `seqno` of `origin` on `branch`, with `base`, to each of `to`.
    pub fn relays_at(
        self,
        origin: Chain,
        seqno: Seqno,
        branch: u8,
        base: Base,
        to: &[Chain],
    ) -> Self {
        self.sends(origin, seqno, branch, Body::Relay { base }, to)
    }

    /// Adds its question for batch `seqno` of `origin` on `branch` to each of `to`.
    pub fn wants(self, origin: Chain, seqno: Seqno, branch: u8, to: &[Chain]) -> Self {
        self.sends(origin, seqno, branch, Body::Want { lacks: true }, to)
    }

    /// Appends all messages of `other`.
    pub fn followed_by(mut self, other: Self) -> Self {
        self.outbox.extend(other.outbox);
        self
    }

    /// Adds `body` about batch `seqno` of `origin` on `branch` to each of `to`.
    fn sends(mut self, origin: Chain, seqno: Seqno, branch: u8, body: Body, to: &[Chain]) -> Self {
        let message = Message {
            origin,
            seqno,
            content: ContentId::new(origin, seqno - 1, branch),
            body,
        };
        self.outbox.extend(to.iter().map(|&to| (to, message)));
        self
    }
}

/// The attacker's messages to one receiver: for each seqno, the branch of the content, if it sends one.
type Story = Vec<Option<u8>>;

/// Every way in which captured chain `chain` can send the chains of `to` its batches `1..=seqnos`, each on one of two
/// branches or not at all; ways that differ only by the names of the branches are included once.
pub fn all_forks(chain: Chain, seqnos: Seqno, to: &[Chain]) -> Vec<Captured> {
    let stories = stories(seqnos);
    let mut plans = vec![Vec::<&Story>::new()];
    for _ in to {
        plans = plans
            .iter()
            .flat_map(|plan| {
                stories.iter().map(|story| {
                    let mut plan = plan.clone();
                    plan.push(story);
                    plan
                })
            })
            .collect();
    }
    plans
        .iter()
        .filter(|plan| plan.iter().copied().flatten().flatten().next() == Some(&MAIN))
        .map(|plan| {
            to.iter()
                .zip(plan)
                .fold(Captured::new(chain), |captured, (&to, story)| {
                    (1..)
                        .zip(story.iter())
                        .fold(captured, |captured, (seqno, branch)| match branch {
                            Some(branch) => captured.proposes(seqno, *branch, &[to]),
                            None => captured,
                        })
                })
        })
        .collect()
}

/// Every way in which captured chain `chain` can vote for batch 1 of `origin` towards each of `to` (for the origin's
/// content, for one of its own, or not at all) and relay either or nothing, before its vote or after.
pub fn all_lies(chain: Chain, origin: Chain, to: &[Chain]) -> Vec<Captured> {
    let said = [None, Some(MAIN), Some(FORK)];
    let ways = said
        .into_iter()
        .flat_map(|vote| said.map(|relay| (vote, relay)));
    let ways: Vec<_> = ways
        .flat_map(|(vote, relay)| [(vote, relay, true), (vote, relay, false)])
        .collect();
    let ways = ways
        .into_iter()
        .filter(|(vote, relay, first)| *first || vote.is_some() && relay.is_some());
    let ways: Vec<_> = ways.collect();
    to.iter().fold(vec![Captured::new(chain)], |plans, &to| {
        let with = |plan: &Captured, (vote, relay, vote_first): (Option<u8>, Option<u8>, bool)| {
            let vote = |plan: Captured| match vote {
                Some(branch) => plan.votes(origin, 1, branch, &[to]),
                None => plan,
            };
            let relay = |plan: Captured| match relay {
                Some(branch) => plan.relays(origin, 1, branch, &[to]),
                None => plan,
            };
            match vote_first {
                true => relay(vote(plan.clone())),
                false => vote(relay(plan.clone())),
            }
        };
        let plans = plans.iter();
        plans
            .flat_map(|plan| ways.iter().map(move |&way| with(plan, way)))
            .collect()
    })
}

fn stories(seqnos: Seqno) -> Vec<Story> {
    (0..seqnos).fold(vec![Story::new()], |stories, _| {
        stories
            .iter()
            .flat_map(|story| {
                [None, Some(MAIN), Some(FORK)].map(|branch| {
                    let mut story = story.clone();
                    story.push(branch);
                    story
                })
            })
            .collect()
    })
}
