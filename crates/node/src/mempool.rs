//! External messages that wait for a block of one chain.

use std::collections::{HashSet, VecDeque};

use ddvs_chain::external::External;
use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};

use crate::site::size_bits;

/// Most messages that wait.
pub const MAX_MESSAGES: usize = 10_000;
/// Most messages that a block is offered.
const MAX_OFFERED: usize = 1_000;
/// Blocks after which a message that no block took is forgotten. Its sender sends it again.
const MAX_BLOCKS: u64 = 240;

/// Reason why a message is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MempoolRefusal {
    /// It waits already.
    #[error("it waits already")]
    Duplicate,
    /// Too many wait.
    #[error("{MAX_MESSAGES} messages wait already; send it again later")]
    Full,
}

/// External messages that wait for a block of one chain, first come, first served.
#[derive(Debug, Default)]
pub struct Mempool {
    waiting: VecDeque<Waiting>,
    hashes: HashSet<HashBytes>,
}

#[derive(Debug)]
struct Waiting {
    cell: Cell,
    /// Height of the chain when it came.
    since: u64,
}

impl Mempool {
    /// Adds a message that the chain's state at `height` accepts.
    ///
    /// Fails when it waits already, or too many do.
    pub fn add(&mut self, cell: Cell, height: u64) -> Result<(), MempoolRefusal> {
        let hash = *cell.repr_hash();
        if self.hashes.contains(&hash) {
            return Err(MempoolRefusal::Duplicate);
        }
        if self.waiting.len() >= MAX_MESSAGES {
            return Err(MempoolRefusal::Full);
        }
        self.hashes.insert(hash);
        let since = height;
        self.waiting.push_back(Waiting { cell, since });
        Ok(())
    }

    /// Whether a message waits.
    pub fn contains(&self, hash: &HashBytes) -> bool {
        self.hashes.contains(hash)
    }

    /// Number of messages.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether no message waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Returns messages for a block of `chain`, of at most `max_bits` in all.
    pub fn offer(&self, chain: ChainId, max_bits: usize) -> VecDeque<External> {
        let mut bits = 0;
        let offered = self.waiting.iter().take(MAX_OFFERED);
        let offered = offered.take_while(|waiting| {
            bits += size_bits(&waiting.cell);
            bits <= max_bits
        });
        offered
            .filter_map(|waiting| External::read(chain, waiting.cell.clone()).ok())
            .collect()
    }

    /// Forgets messages that a block at `height` has tried, and those that wait for too long.
    pub fn block_made(&mut self, height: u64, tried: &[Cell]) {
        let tried: HashSet<_> = tried.iter().map(|cell| *cell.repr_hash()).collect();
        let hashes = &mut self.hashes;
        self.waiting.retain(|waiting| {
            let hash = waiting.cell.repr_hash();
            let stays = !tried.contains(hash) && height < waiting.since + MAX_BLOCKS;
            if !stays {
                hashes.remove(hash);
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use ddvs_test_kit::puppets::{addr, external, puppet};

    use super::*;

    #[test]
    fn message_waits_until_a_block_has_tried_it_or_for_some_blocks() {
        let message = |number| external(&addr(0, number), puppet::nothing());
        let mut mempool = Mempool::default();
        for number in 1..4 {
            mempool.add(message(number), 10).unwrap();
        }
        assert_eq!(mempool.add(message(1), 10), Err(MempoolRefusal::Duplicate));
        assert_eq!(mempool.offer(0, usize::MAX).len(), 3);
        let two = 2 * size_bits(&message(1)) + 1;
        assert_eq!(mempool.offer(0, two).len(), 2);
        mempool.block_made(11, &[message(2)]);
        assert!(!mempool.contains(message(2).repr_hash()));
        assert_eq!(mempool.len(), 2);
        mempool.add(message(4), 200).unwrap();
        mempool.block_made(10 + MAX_BLOCKS, &[]);
        assert_eq!(mempool.len(), 1);
        assert!(mempool.contains(message(4).repr_hash()));
    }
}
