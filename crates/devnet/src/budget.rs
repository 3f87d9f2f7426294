//! How long the making of a block may take.
//!
//! One thread makes the blocks of all chains, so together they may take a part of a block time and no more: a block that
//! collects what came while the one before was late would be later still. A chain alone under load has what the others
//! leave.

use std::collections::BTreeMap;
use std::time::Duration;

use ddvs_client::ChainId;

/// Of a block time, in percent: as much again goes into the index before anybody hears of a block, and what is heard too late is what differs
/// from block to block. The rest is for keeping the blocks, and for the machine's other work.
const PERCENT: u32 = 30;

/// What blocks took lately.
#[derive(Debug, Default)]
pub(super) struct Budget {
    last: BTreeMap<ChainId, Duration>,
}

impl Budget {
    /// Time for the next block of a chain, of a network with so many chains.
    pub fn of(&self, chain: ChainId, block_time: Duration, chains: usize) -> Duration {
        let all = block_time * PERCENT / 100;
        let others = self.last.iter().filter(|(other, _)| **other != chain);
        let others: Duration = others.map(|(_, took)| *took).sum();
        let share = all / u32::try_from(chains.max(1)).unwrap_or(u32::MAX);
        all.saturating_sub(others).max(share)
    }

    /// Notes what a block took.
    pub fn took(&mut self, chain: ChainId, time: Duration) {
        self.last.insert(chain, time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_chain_has_what_the_others_leave_and_at_least_its_share() {
        let mut budget = Budget::default();
        assert_eq!(budget.of(0, 200 * MS, 3), 60 * MS);
        budget.took(0, 55 * MS);
        assert_eq!(budget.of(0, 200 * MS, 3), 60 * MS, "its own is not counted");
        assert_eq!(budget.of(1, 200 * MS, 3), 20 * MS);
        budget.took(0, 30 * MS);
        budget.took(-1, 2 * MS);
        assert_eq!(budget.of(1, 200 * MS, 3), 28 * MS);
    }
}
