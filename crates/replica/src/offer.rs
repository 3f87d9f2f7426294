//! What a proposer may put into its block.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};

use ddvs_chain::external::External;
use ddvs_chain::{GoesOn, Import, Imports};
use ddvs_types::ChainId;
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell as Message, HashBytes};

use crate::CertifiedHeader;
use crate::body::MAX_BODY_BYTES;

/// Messages of another chain.
#[derive(Debug, Clone, Default)]
pub struct LaneOffer {
    /// The next messages of its lane, in order.
    pub messages: Vec<Message>,
    /// Hashes of those that follow, up to the newest header.
    pub later: Vec<HashBytes>,
}

/// What a proposer may put into its block.
pub struct Offer<'a> {
    /// Time of the block, in ms since 1970. A block that would not be after the one before is a millisecond after it.
    pub time_ms: u64,
    /// Headers of other chains, those of one chain by ascending height.
    pub headers: Vec<CertifiedHeader>,
    /// Messages of other chains, up to the newest header of each.
    pub lanes: BTreeMap<ChainId, LaneOffer>,
    /// External messages, each given once.
    pub externals: &'a mut dyn FnMut() -> Option<External>,
    /// Whether the block goes on; see [`GoesOn`].
    pub goes_on: &'a mut GoesOn<'a>,
}

/// Bytes that a block's body may still have.
pub(crate) struct Budget(Cell<usize>);

/// Bytes of a body's own structure, and of a message's length and chain.
const FRAME_BYTES: usize = 1 << 10;
const ENTRY_BYTES: usize = 8;
/// Bytes of a hash, and of a signature with its key.
const HASH_BYTES: usize = 32;
const SIGNATURE_BYTES: usize = 96;

/// Returns the bytes that a message takes in a body.
pub(crate) fn message_bytes(message: &Message) -> usize {
    Boc::encode(message).len() + ENTRY_BYTES
}

impl Budget {
    /// What is left beside these headers.
    pub fn new(headers: &[CertifiedHeader]) -> Self {
        let bytes = headers.iter().map(|certified| {
            let signatures = certified.certificate.signatures.len() * SIGNATURE_BYTES;
            message_bytes(&certified.header) + signatures + 2 * ENTRY_BYTES
        });
        let used = FRAME_BYTES + bytes.sum::<usize>();
        Self(Cell::new(MAX_BODY_BYTES.saturating_sub(used)))
    }

    /// Takes so many bytes; whether they were left.
    pub fn take(&self, bytes: usize) -> bool {
        let left = self.0.get().checked_sub(bytes);
        if let Some(left) = left {
            self.0.set(left);
        }
        left.is_some()
    }
}

/// Imports from several chains, which take turns: none can keep the others from a block by what it writes into its messages.
pub(crate) struct Turns<'b> {
    lanes: VecDeque<Queue>,
    /// The next one, for which there is room.
    next: Option<Import>,
    budget: &'b Budget,
}

/// What is left of a lane.
struct Queue {
    messages: VecDeque<Import>,
    /// Hashes that follow the messages.
    later: usize,
    /// Whether one of its messages was taken, so that the body needs the hashes of all that follow.
    is_begun: bool,
}

impl<'b> Turns<'b> {
    pub fn new(
        lanes: BTreeMap<ChainId, Vec<Import>>,
        later: BTreeMap<ChainId, usize>,
        budget: &'b Budget,
    ) -> Self {
        let lanes = lanes.into_iter().filter(|(_, lane)| !lane.is_empty());
        let queue = |(chain, messages): (ChainId, Vec<Import>)| Queue {
            messages: messages.into(),
            later: later.get(&chain).copied().unwrap_or(0),
            is_begun: false,
        };
        Self {
            lanes: lanes.map(queue).collect(),
            next: None,
            budget,
        }
    }

    /// Whether there is room for the next message of a lane, whose bytes are taken then.
    fn fits(budget: &Budget, lane: &Queue) -> bool {
        let Some(next) = lane.messages.front() else {
            return false;
        };
        let hashes = match lane.is_begun {
            // they are paid for
            true => 0,
            false => (lane.messages.len() + lane.later) * HASH_BYTES + ENTRY_BYTES,
        };
        budget.take(message_bytes(&next.cell) + hashes)
    }
}

impl Imports for Turns<'_> {
    fn next(&mut self) -> Option<(u64, ChainId)> {
        // a lane whose next message does not fit waits for the next block
        while self.next.is_none() {
            let mut lane = self.lanes.pop_front()?;
            if Self::fits(self.budget, &lane) {
                lane.is_begun = true;
                self.next = lane.messages.pop_front();
                if !lane.messages.is_empty() {
                    self.lanes.push_back(lane);
                }
            }
        }
        let next = self.next.as_ref()?;
        Some((next.head.created_lt, next.source))
    }

    fn take(&mut self, _source: ChainId) -> Option<Import> {
        self.next.take()
    }
}
