//! Time limits for making a block.
//!
//! One thread makes the blocks of all chains, so together they may take only a part of a block time: a block that collects the
//! messages which arrived while the previous one was late would be even later. A single chain under load may use what the
//! others leave.
//!
//! Listeners are notified of a block when it is made and indexed, and notice variations from block to block. So a block takes
//! little more time than the previous one, and bursts are spread over several blocks.

use std::collections::BTreeMap;
use std::time::Duration;

use ddvs_client::ChainId;

/// Percentage of a block time; indexing takes about as much again. The rest is for storing the blocks, and for other
/// work of the machine.
const PERCENT: u32 = 15;

/// Percentage of a block time that a block may take whatever the previous one took.
const FLOOR_PERCENT: u32 = 7;

/// Percentage of the previous block's time that a block may take.
const STEP_PERCENT: u32 = 125;
const STEP_MORE_PERCENT: u32 = 2;

/// Recent durations of blocks.
#[derive(Debug, Default)]
pub(super) struct Budget {
    last: BTreeMap<ChainId, Duration>,
}

impl Budget {
    /// Returns the time limit for the next block of a chain.
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

    /// Records the duration of a block.
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
        // after a quiet block the limit only has to grow again
        budget.took(0, Duration::ZERO);
        assert_eq!(budget.of(0, 200 * MS, 3), 14 * MS);
    }
}
