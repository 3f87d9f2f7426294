//! Cuts blocks into parts, and puts them together again within limits.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use malachitebft_core_types::Round;

use crate::codec::PART_BYTES;
use crate::context::{Height, Key};
use crate::message::Part;

/// Most blocks of a sender that are incomplete at a time; a further one replaces the oldest.
const MAX_STREAMS_OF_SENDER: usize = 4;

/// Most blocks that are incomplete at a time; a further one replaces the oldest of the sender with most of them.
const MAX_STREAMS: usize = 32;

/// A block that is proposed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposed {
    pub(crate) height: Height,
    pub(crate) round: Round,
    pub(crate) valid_round: Round,
    pub(crate) proposer: Key,
    /// Validator that sent it.
    pub(crate) sender: Key,
    pub(crate) bytes: Bytes,
}

/// Cuts a block into parts that are not signed yet. `stream` tells them from other parts of the sender.
pub(crate) fn split(proposed: &Proposed, stream: u64) -> impl Iterator<Item = Part> {
    let count = proposed.bytes.len().div_ceil(PART_BYTES).max(1);
    (0..count).map(move |index| {
        let start = index * PART_BYTES;
        let end = proposed.bytes.len().min(start + PART_BYTES);
        Part {
            height: proposed.height,
            round: proposed.round,
            valid_round: proposed.valid_round,
            proposer: proposed.proposer,
            sender: proposed.sender,
            stream,
            // a block has less than 2^32 parts, since its length has 32 bits
            count: u32::try_from(count).unwrap_or(u32::MAX),
            index: u32::try_from(index).unwrap_or(u32::MAX),
            bytes: proposed.bytes.slice(start..end),
            signature: [0; 64],
        }
    })
}

/// What all parts of a block have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct StreamKey {
    sender: Key,
    stream: u64,
    height: Height,
    round: Round,
    valid_round: Round,
    proposer: Key,
    count: u32,
}

/// A block of which parts are missing.
struct Stream {
    parts: Vec<Option<Bytes>>,
    missing: usize,
    /// Number of streams that were begun before.
    age: u64,
}

/// Puts blocks together. It holds no more than [`MAX_STREAMS`] blocks of the largest size.
pub(crate) struct Assembly {
    max_block_bytes: usize,
    streams: BTreeMap<StreamKey, Stream>,
    begun: u64,
}

impl Assembly {
    pub(crate) fn new(max_block_bytes: usize) -> Self {
        Self {
            max_block_bytes,
            streams: BTreeMap::new(),
            begun: 0,
        }
    }

    /// Takes a part whose signature was checked. Returns the block when it is complete.
    pub(crate) fn insert(&mut self, part: Part) -> Option<Proposed> {
        let count = usize::try_from(part.count).ok()?;
        let index = usize::try_from(part.index).ok()?;
        let is_last = index.checked_add(1)? == count;
        let is_whole = is_last || part.bytes.len() == PART_BYTES;
        let end = index
            .checked_mul(PART_BYTES)?
            .checked_add(part.bytes.len())?;
        let most = self.max_block_bytes.div_ceil(PART_BYTES).max(1);
        if index >= count || count > most || !is_whole || end > self.max_block_bytes {
            return None;
        }
        let key = StreamKey {
            sender: part.sender,
            stream: part.stream,
            height: part.height,
            round: part.round,
            valid_round: part.valid_round,
            proposer: part.proposer,
            count: part.count,
        };
        if count == 1 {
            return Some(key.proposed(part.bytes));
        }
        if !self.streams.contains_key(&key) {
            self.make_room(&key.sender);
            self.begun += 1;
        }
        let age = self.begun;
        let stream = self.streams.entry(key).or_insert_with(|| Stream {
            parts: vec![None; count],
            missing: count,
            age,
        });
        let place = stream.parts.get_mut(index)?;
        if place.is_none() {
            *place = Some(part.bytes);
            stream.missing -= 1;
        }
        if stream.missing > 0 {
            return None;
        }
        let stream = self.streams.remove(&key)?;
        let mut bytes = BytesMut::new();
        for part in stream.parts.into_iter().flatten() {
            bytes.extend_from_slice(&part);
        }
        Some(key.proposed(bytes.freeze()))
    }

    /// Forgets what belongs to lower heights.
    pub(crate) fn forget_below(&mut self, height: Height) {
        self.streams.retain(|key, _| key.height >= height);
    }

    fn make_room(&mut self, sender: &Key) {
        let mut counts = BTreeMap::<Key, usize>::new();
        for key in self.streams.keys() {
            *counts.entry(key.sender).or_default() += 1;
        }
        let of_sender = counts.get(sender).copied().unwrap_or_default();
        let crowded = if of_sender >= MAX_STREAMS_OF_SENDER {
            Some(*sender)
        } else if self.streams.len() >= MAX_STREAMS {
            (counts.into_iter())
                .max_by_key(|(_, count)| *count)
                .map(|(sender, _)| sender)
        } else {
            None
        };
        let streams = self.streams.iter();
        let oldest = streams
            .filter(|(key, _)| Some(key.sender) == crowded)
            .min_by_key(|(_, stream)| stream.age)
            .map(|(key, _)| *key);
        if let Some(key) = oldest {
            self.streams.remove(&key);
        }
    }
}

impl StreamKey {
    fn proposed(&self, bytes: Bytes) -> Proposed {
        Proposed {
            height: self.height,
            round: self.round,
            valid_round: self.valid_round,
            proposer: self.proposer,
            sender: self.sender,
            bytes,
        }
    }
}

#[cfg(test)]
#[path = "parts_tests.rs"]
mod tests;
