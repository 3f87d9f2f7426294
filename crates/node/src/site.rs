//! One chain on this node: its newest state, and what other chains may take from it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use ddvs_light::Header;
use ddvs_replica::{CertifiedHeader, Executed, LaneOffer, Replica};
use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};

use crate::mempool::Mempool;

/// Headers that a chain is offered of another one: as many of the oldest, and of the newest.
const OFFERED_HEADERS: usize = 4;
/// Most bits of the messages that a chain is offered of another one. Of the rest it gets the hashes.
const OFFERED_BITS: usize = 4 << 20;
/// Messages to one chain after which a header is kept. Twice as many and those of a block are less than a chain may be ahead.
const KEEP_EVERY: u64 = 8_192;
/// Blocks that were executed but are not decided, of one height.
const MAX_CANDIDATES: usize = 16;
/// Heights whose header hashes are kept in memory.
const RECENT: u64 = 4_096;

/// Messages to one chain that it has not imported.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// Number of the first one in its lane.
    pub first: u64,
    /// The messages.
    pub messages: VecDeque<Cell>,
}

/// One chain on this node.
#[derive(Debug)]
pub struct Site {
    /// The chain after its newest block.
    pub replica: Replica,
    /// Headers that others may need: those that change the set, and one for every so many messages.
    headers: BTreeMap<u64, CertifiedHeader>,
    /// Messages ever sent to each chain, as the last of these headers says.
    kept_counts: BTreeMap<ChainId, u64>,
    /// The newest header, and the one before, for chains whose blocks have an earlier time.
    newest: Option<CertifiedHeader>,
    previous: Option<CertifiedHeader>,
    /// Hashes of the newest headers.
    recent: BTreeMap<u64, HashBytes>,
    /// What it has sent, by receiver.
    pub outgoing: BTreeMap<ChainId, Outgoing>,
    /// Blocks at the next height that were executed.
    candidates: HashMap<HashBytes, Arc<Executed>>,
    /// External messages that wait.
    pub mempool: Mempool,
    /// Why the chain is no longer followed: its validators have certified a block that is not valid.
    pub captured: Option<String>,
}

impl Site {
    /// Returns the site of a chain with what its store has: headers that change the set, and messages by receiver.
    pub fn new(
        replica: Replica,
        turns: impl IntoIterator<Item = (u64, CertifiedHeader)>,
        newest: Option<CertifiedHeader>,
        outgoing: BTreeMap<ChainId, Outgoing>,
    ) -> Self {
        let height = replica.header().height;
        let hash = replica.hash();
        let headers: BTreeMap<_, _> = turns.into_iter().collect();
        let last = headers.last_key_value().map(|(_, certified)| certified);
        let last = last.and_then(|certified| Header::from_cell(&certified.header).ok());
        Self {
            replica,
            kept_counts: last.as_ref().map(counts).unwrap_or_default(),
            headers,
            newest,
            previous: None,
            recent: [(height, hash)].into(),
            outgoing,
            candidates: HashMap::new(),
            mempool: Mempool::default(),
            captured: None,
        }
    }

    /// Height of its newest block.
    pub fn height(&self) -> u64 {
        self.replica.header().height
    }

    /// Keeps a block at the next height that was executed.
    pub fn keep_candidate(&mut self, id: HashBytes, executed: Arc<Executed>) {
        if self.candidates.len() >= MAX_CANDIDATES {
            self.candidates.clear();
        }
        self.candidates.insert(id, executed);
    }

    /// Returns a block at the next height that was executed.
    pub fn candidate(&self, id: &HashBytes) -> Option<Arc<Executed>> {
        self.candidates.get(id).cloned()
    }

    /// Returns the hash of a header, if it is one of the newest.
    pub fn recent(&self, height: u64) -> Option<HashBytes> {
        self.recent.get(&height).copied()
    }

    /// Whether others may need the next header, even when there are later ones: it changes the set, or so many messages were sent
    /// since the last one that was kept that a chain could not take a later one first.
    pub fn is_kept(&self, header: &Header) -> bool {
        let is_far = |(to, lane): (&ChainId, &ddvs_types::Lane)| {
            let before = self.kept_counts.get(to).copied().unwrap_or(0);
            lane.count - before.min(lane.count) >= KEEP_EVERY
        };
        header.next_set != header.set || header.lanes.iter().any(is_far)
    }

    /// Takes a block that was decided.
    pub fn take(&mut self, executed: &Executed, certified: CertifiedHeader) {
        let header = executed.replica.header();
        let height = header.height;
        if self.is_kept(header) {
            self.kept_counts = counts(header);
            self.headers.insert(height, certified.clone());
        }
        self.previous = self.newest.replace(certified);
        self.recent.insert(height, executed.replica.hash());
        self.recent.retain(|at, _| *at + RECENT > height);
        for sent in &executed.made.sent {
            let outgoing = self.outgoing.entry(sent.destination).or_default();
            if outgoing.messages.is_empty() {
                outgoing.first = sent.number;
            }
            outgoing.messages.push_back(sent.cell.clone());
        }
        (self.mempool).block_made(height, &executed.made.body.externals);
        self.candidates.clear();
        self.replica = executed.replica.clone();
    }

    /// Forgets what `receiver` has imported, and headers before `height`, up to which all others have followed the chain.
    pub fn forget(&mut self, receiver: ChainId, imported: u64, height: u64) {
        if let Some(outgoing) = self.outgoing.get_mut(&receiver) {
            let done = imported.saturating_sub(outgoing.first);
            let done = usize::try_from(done).unwrap_or(usize::MAX);
            let done = done.min(outgoing.messages.len());
            outgoing.messages.drain(..done);
            outgoing.first += done as u64;
        }
        self.headers = self.headers.split_off(&height);
    }

    /// Returns what a proposer of `receiver` may take of this chain. The receiver has followed it up to the header at
    /// `cursor`, and imported `imported` messages.
    pub fn offer(
        &self,
        receiver: ChainId,
        cursor: u64,
        imported: u64,
    ) -> (Vec<CertifiedHeader>, LaneOffer) {
        let turns = self.headers.range(cursor + 1..).map(|(_, header)| header);
        let height = self.height();
        let previous = self.previous.iter().filter(|_| height > cursor + 1);
        let newest = self.newest.iter().filter(|_| height > cursor);
        let mut headers: Vec<_> = turns.cloned().collect();
        for certified in previous.chain(newest) {
            let is_there = |known: &CertifiedHeader| known.header == certified.header;
            if !headers.iter().rev().take(2).any(is_there) {
                headers.push(certified.clone());
            }
        }
        if headers.len() > 2 * OFFERED_HEADERS {
            // the oldest continue what is known; the newest may be of a set that is known when those between are not
            headers.drain(OFFERED_HEADERS..headers.len() - OFFERED_HEADERS);
        }
        let mut lane = LaneOffer::default();
        let Some(outgoing) = self.outgoing.get(&receiver) else {
            return (headers, lane);
        };
        let skipped = usize::try_from(imported.saturating_sub(outgoing.first));
        let waiting = outgoing.messages.iter();
        let mut bits = 0;
        for message in waiting.skip(skipped.unwrap_or(usize::MAX)) {
            bits += size_bits(message);
            if bits <= OFFERED_BITS && lane.later.is_empty() {
                lane.messages.push(message.clone());
            } else {
                lane.later.push(*message.repr_hash());
            }
        }
        (headers, lane)
    }
}

/// Messages that a chain has ever sent to each other one.
fn counts(header: &Header) -> BTreeMap<ChainId, u64> {
    let lanes = header.lanes.iter();
    lanes.map(|(to, lane)| (*to, lane.count)).collect()
}

/// About how many bits a message takes.
pub fn size_bits(message: &Cell) -> usize {
    let stats = message.compute_unique_stats(1 << 16);
    stats.map_or(OFFERED_BITS, |stats| {
        stats.bit_count as usize + stats.cell_count as usize * 64
    })
}
