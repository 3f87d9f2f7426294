//! Internal messages between blocks: one queue for each (source, destination) pair.
//!
//! A queue is first in, first out, which makes delivery exactly once and in order. A block takes available messages
//! from the heads of its queues, lowest (logical time, source chain) first.

use std::collections::{BTreeMap, VecDeque};

use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};

use crate::route::{self, Head, MessageHead};
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

/// The messages from one chain to another (or from a chain to its own later blocks).
#[derive(Debug, Clone, Default)]
pub(crate) struct PairQueue {
    messages: VecDeque<QueuedMessage>,
    /// Number of messages ever queued: the number for which a delay is drawn.
    pushed: u64,
    last_available_at_ms: u64,
}

/// All queues of a network, by destination and source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queues {
    by_destination: BTreeMap<ChainId, BTreeMap<ChainId, PairQueue>>,
    /// Value and forward fees of all queued messages.
    value_nano: u128,
}

impl Queues {
    pub fn new(chains: &[ChainId]) -> Self {
        let sources = || {
            chains
                .iter()
                .map(|&id| (id, PairQueue::default()))
                .collect()
        };
        Self {
            by_destination: chains.iter().map(|&id| (id, sources())).collect(),
            value_nano: 0,
        }
    }

    /// Returns the number of the pair's next message.
    pub fn next_number(&self, source: ChainId, destination: ChainId) -> u64 {
        self.pair(source, destination).map_or(0, |pair| pair.pushed)
    }

    /// Appends a message. It becomes available no earlier than the one before it.
    pub fn push(
        &mut self,
        source: ChainId,
        destination: ChainId,
        cell: Cell,
        head: MessageHead,
        available_at_ms: u64,
    ) {
        self.value_nano += head.carried_nano();
        let pair = self
            .by_destination
            .entry(destination)
            .or_default()
            .entry(source)
            .or_default();
        pair.pushed += 1;
        pair.last_available_at_ms = pair.last_available_at_ms.max(available_at_ms);
        let available_at_ms = pair.last_available_at_ms;
        pair.messages.push_back(QueuedMessage {
            cell,
            head,
            available_at_ms,
        });
    }

    /// Takes the next message for `destination` that is available at `now_ms`, with its source.
    pub fn pop(&mut self, destination: ChainId, now_ms: u64) -> Option<(ChainId, QueuedMessage)> {
        let pairs = self.by_destination.get_mut(&destination)?;
        let (&source, pair) = pairs
            .iter_mut()
            .filter(|(_, pair)| {
                pair.messages
                    .front()
                    .is_some_and(|m| m.available_at_ms <= now_ms)
            })
            .min_by_key(|(source, pair)| {
                (pair.messages.front().map(|m| m.head.created_lt), **source)
            })?;
        let message = pair.messages.pop_front()?;
        self.value_nano -= message.head.carried_nano();
        Some((source, message))
    }

    /// Returns the value and forward fees of all queued messages, updated with each push and pop.
    pub fn value_nano(&self) -> u128 {
        self.value_nano
    }

    /// Like [`Self::value_nano`], recounted from the messages.
    pub fn recount_nano(&self) -> u128 {
        self.iter()
            .map(|(_, _, message)| message.head.carried_nano())
            .sum()
    }

    /// Number of queued messages.
    pub fn len(&self) -> usize {
        self.by_destination
            .values()
            .flat_map(BTreeMap::values)
            .map(|p| p.messages.len())
            .sum()
    }

    /// All queued messages as (source, destination, message), each pair in order.
    pub fn iter(&self) -> impl Iterator<Item = (ChainId, ChainId, &QueuedMessage)> {
        self.by_destination
            .iter()
            .flat_map(|(&destination, pairs)| {
                pairs.iter().flat_map(move |(&source, pair)| {
                    pair.messages
                        .iter()
                        .map(move |message| (source, destination, message))
                })
            })
    }

    /// All queues as plain data.
    pub fn export(&self) -> Vec<QueueState> {
        let pairs = self
            .by_destination
            .iter()
            .flat_map(|(&destination, pairs)| {
                let pairs = pairs.iter();
                pairs.map(move |(&source, pair)| (source, destination, pair))
            });
        pairs
            .map(|(source, destination, pair)| QueueState {
                source,
                destination,
                pushed: pair.pushed,
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
        if states.len() != chains.len() * chains.len() {
            return Err(RestoreError::Queues);
        }
        for state in states {
            let destinations = &mut queues.by_destination;
            let pair = destinations
                .get_mut(&state.destination)
                .and_then(|pairs| pairs.get_mut(&state.source))
                .filter(|pair| pair.messages.is_empty())
                .ok_or(RestoreError::Queues)?;
            pair.pushed = state.pushed;
            pair.last_available_at_ms = state.last_available_at_ms;
            for WaitingMessage {
                cell,
                available_at_ms,
            } in state.messages
            {
                let fault = RestoreError::cell(state.source, "a waiting message");
                let Head::Internal(head) = route::read_head(&cell).map_err(fault)? else {
                    return Err(RestoreError::Queues);
                };
                queues.value_nano += head.carried_nano();
                pair.messages.push_back(QueuedMessage {
                    cell,
                    head,
                    available_at_ms,
                });
            }
        }
        Ok(queues)
    }

    fn pair(&self, source: ChainId, destination: ChainId) -> Option<&PairQueue> {
        self.by_destination.get(&destination)?.get(&source)
    }
}
