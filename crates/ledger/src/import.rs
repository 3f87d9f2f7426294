//! Messages in flight between chains: one queue for each (source, destination) pair.
//!
//! A queue is first in, first out, which makes delivery exactly once and in order. A block takes available messages
//! from the heads of its queues, lowest (logical time, source chain) first.

use std::collections::{BTreeMap, VecDeque};

use ddvs_chain::route::MessageHead;
use ddvs_chain::{Import, Imports, Sent};
use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};

use crate::state::{QueueState, RestoreError, WaitingMessage};

/// An internal message that waits for a block of its destination.
#[derive(Debug, Clone)]
pub struct QueuedMessage {
    /// The message.
    pub cell: Cell,
    /// Its header, as far as the ledger needs it.
    pub head: MessageHead,
    /// Virtual time from which a block may import it.
    pub available_at_ms: u64,
}

impl QueuedMessage {
    /// Hash of the message.
    pub fn hash(&self) -> &HashBytes {
        self.cell.repr_hash()
    }
}

/// The messages from one chain to another.
#[derive(Debug, Clone, Default)]
pub(crate) struct PairQueue {
    messages: VecDeque<QueuedMessage>,
    last_available_at_ms: u64,
}

/// All messages to one chain, by source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inbox {
    pairs: BTreeMap<ChainId, PairQueue>,
    /// Value and forward fees of all of them.
    value_nano: u128,
}

impl Inbox {
    /// Returns the messages that are available at `now_ms`.
    pub fn available(&mut self, now_ms: u64) -> Available<'_> {
        Available {
            inbox: self,
            now_ms,
        }
    }

    /// Number of messages.
    pub fn len(&self) -> usize {
        self.pairs.values().map(|pair| pair.messages.len()).sum()
    }
}

/// All queues of a network, by destination and source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queues {
    by_destination: BTreeMap<ChainId, Inbox>,
}

impl Queues {
    pub fn new(chains: &[ChainId]) -> Self {
        let inbox = |destination: ChainId| {
            let others = chains.iter().filter(move |&&id| id != destination);
            Inbox {
                pairs: others.map(|&id| (id, PairQueue::default())).collect(),
                value_nano: 0,
            }
        };
        Self {
            by_destination: chains.iter().map(|&id| (id, inbox(id))).collect(),
        }
    }

    /// Appends a message. It becomes available no earlier than the one before it.
    pub fn push(&mut self, source: ChainId, sent: Sent, available_at_ms: u64) {
        let Sent {
            destination,
            cell,
            head,
            ..
        } = sent;
        let inbox = self.by_destination.entry(destination).or_default();
        inbox.value_nano += head.carried_nano();
        let pair = inbox.pairs.entry(source).or_default();
        pair.last_available_at_ms = pair.last_available_at_ms.max(available_at_ms);
        let available_at_ms = pair.last_available_at_ms;
        pair.messages.push_back(QueuedMessage {
            cell,
            head,
            available_at_ms,
        });
    }

    /// The messages to one chain.
    pub fn inbox(&mut self, destination: ChainId) -> &mut Inbox {
        self.by_destination.entry(destination).or_default()
    }

    /// The messages to each chain, by ascending id.
    pub fn inboxes(&mut self) -> impl Iterator<Item = (ChainId, &mut Inbox)> {
        (self.by_destination.iter_mut()).map(|(&id, inbox)| (id, inbox))
    }

    /// Returns the value and forward fees of all queued messages, updated with each push and pop.
    pub fn value_nano(&self) -> u128 {
        (self.by_destination.values())
            .map(|inbox| inbox.value_nano)
            .sum()
    }

    /// Like [`Self::value_nano`], recounted from the messages.
    pub fn recount_nano(&self) -> u128 {
        self.iter()
            .map(|(_, _, message)| message.head.carried_nano())
            .sum()
    }

    /// Number of queued messages.
    pub fn len(&self) -> usize {
        self.by_destination.values().map(Inbox::len).sum()
    }

    /// All queued messages as (source, destination, message), each pair in order.
    pub fn iter(&self) -> impl Iterator<Item = (ChainId, ChainId, &QueuedMessage)> {
        self.by_destination
            .iter()
            .flat_map(|(&destination, inbox)| {
                inbox.pairs.iter().flat_map(move |(&source, pair)| {
                    pair.messages
                        .iter()
                        .map(move |message| (source, destination, message))
                })
            })
    }

    /// All messages from one chain to another, in order.
    pub fn waiting(
        &self,
        source: ChainId,
        destination: ChainId,
    ) -> impl Iterator<Item = &QueuedMessage> {
        let inbox = self.by_destination.get(&destination);
        let pair = inbox.and_then(|inbox| inbox.pairs.get(&source));
        pair.into_iter().flat_map(|pair| &pair.messages)
    }

    /// All queues as plain data.
    pub fn export(&self) -> Vec<QueueState> {
        let pairs = self
            .by_destination
            .iter()
            .flat_map(|(&destination, inbox)| {
                let pairs = inbox.pairs.iter();
                pairs.map(move |(&source, pair)| (source, destination, pair))
            });
        pairs
            .map(|(source, destination, pair)| QueueState {
                source,
                destination,
                last_available_at_ms: pair.last_available_at_ms,
                messages: pair
                    .messages
                    .iter()
                    .map(|message| WaitingMessage {
                        cell: message.cell.clone(),
                        available_at_ms: message.available_at_ms,
                    })
                    .collect(),
            })
            .collect()
    }

    /// Returns the queues from exported states.
    ///
    /// Fails only when there is not one for each pair of chains, or a message cannot be decoded.
    pub fn restore(chains: &[ChainId], states: Vec<QueueState>) -> Result<Self, RestoreError> {
        let mut queues = Self::new(chains);
        if states.len() != chains.len() * (chains.len() - 1) {
            return Err(RestoreError::Queues);
        }
        for state in states {
            let inbox =
                (queues.by_destination.get_mut(&state.destination)).ok_or(RestoreError::Queues)?;
            let pair = (inbox.pairs.get_mut(&state.source))
                .filter(|pair| pair.messages.is_empty())
                .ok_or(RestoreError::Queues)?;
            pair.last_available_at_ms = state.last_available_at_ms;
            for WaitingMessage {
                cell,
                available_at_ms,
            } in state.messages
            {
                let Import { cell, head, .. } = Import::read(state.source, state.destination, cell)
                    .map_err(RestoreError::message(state.source))?;
                inbox.value_nano += head.carried_nano();
                pair.messages.push_back(QueuedMessage {
                    cell,
                    head,
                    available_at_ms,
                });
            }
        }
        Ok(queues)
    }
}

/// The messages for one chain that are available at a time.
pub(crate) struct Available<'a> {
    inbox: &'a mut Inbox,
    now_ms: u64,
}

impl Imports for Available<'_> {
    fn next(&mut self) -> Option<(u64, ChainId)> {
        let heads = self.inbox.pairs.iter().filter_map(|(&source, pair)| {
            let message = pair.messages.front()?;
            (message.available_at_ms <= self.now_ms).then_some((message.head.created_lt, source))
        });
        heads.min()
    }

    fn take(&mut self, source: ChainId) -> Option<Import> {
        let message = self.inbox.pairs.get_mut(&source)?.messages.pop_front()?;
        self.inbox.value_nano -= message.head.carried_nano();
        Some(Import {
            source,
            cell: message.cell,
            head: message.head,
        })
    }
}
