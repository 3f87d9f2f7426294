//! How long the making of a block may take.
//!
//! One thread makes the blocks of all chains, so together they may take a part of a block time and no more: a block that
//! collects what came while the one before was late would be later still. A chain alone under load has what the others
//! leave.
//!
//! Who listens hears of a block when it is made and in the index, and notices what differs from block to block. So a block takes little more
//! time than the one before it, and what comes in bursts is spread over some blocks.

use std::collections::BTreeMap;
use std::time::Duration;

use ddvs_client::ChainId;

/// Of a block time, in percent: as much again goes into the index. The rest is for keeping the blocks, and for the machine's other work.
const PERCENT: u32 = 15;

/// Of a block time, in percent: what a block may take whatever the one before took.
const FLOOR_PERCENT: u32 = 7;

/// Of what the block before took, in percent, and of a block time.
const STEP_PERCENT: u32 = 125;
const STEP_MORE_PERCENT: u32 = 2;

/// What blocks took lately.
#[derive(Debug, Default)]
pub(super) struct Budget {
    last: BTreeMap<ChainId, Duration>,
}

impl Budget {
    /// Time for the next block of a chain, of a network with so many chains.
    pub fn of(&self, chain: ChainId, block_time: Duration, chains: usize) -> Duration {
        let percent = |percent| block_time * percent / 100;
        let all = percent(PERCENT);
        let others = self.last.iter().filter(|(other, _)| **other != chain);
        let others: Duration = others.map(|(_, took)| *took).sum();
        let share = all / u32::try_from(chains.max(1)).unwrap_or(u32::MAX);
        let most = all.saturating_sub(others).max(share);
        let before = self.last.get(&chain).copied().unwrap_or_default();
        let step = before * STEP_PERCENT / 100 + percent(STEP_MORE_PERCENT);
        most.min(step.max(percent(FLOOR_PERCENT)))
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
        budget.took(0, 28 * MS);
        assert_eq!(budget.of(0, 200 * MS, 6), 30 * MS, "its own is not counted");
        assert_eq!(budget.of(1, 200 * MS, 6), 5 * MS);
        budget.took(0, 20 * MS);
        assert_eq!(budget.of(1, 200 * MS, 6), 10 * MS);
    }

    #[test]
    fn a_burst_is_spread_over_some_blocks() {
        let mut budget = Budget::default();
        let mut taken = Vec::new();
        for _ in 0..5 {
            let time = budget.of(0, 200 * MS, 3);
            budget.took(0, time);
            taken.push(time.as_millis());
        }
        assert_eq!(taken, [14, 21, 30, 30, 30]);
        // a quiet block costs no more than the way back
        budget.took(0, Duration::ZERO);
        assert_eq!(budget.of(0, 200 * MS, 3), 14 * MS);
    }
}
