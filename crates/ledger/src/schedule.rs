//! When a chain makes its blocks.

use ddvs_types::ChainId;

use crate::DelayPlan;

/// Maximum factor by which a chain may be slowed.
const MAX_SLOW_FACTOR: u32 = 1_000_000;

/// Times of a chain's blocks.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    /// When the next block is due.
    pub due_ms: u64,
    pub silenced: bool,
    pub block_time_ms: u64,
    pub slow_factor: u32,
    pub last_block_ms: u64,
}

impl Schedule {
    /// Returns the schedule of a chain whose first block is due one interval after the start.
    pub fn new(id: ChainId, block_time_ms: u64, start_time_ms: u64, delays: &DelayPlan) -> Self {
        let mut schedule = Self {
            due_ms: 0,
            silenced: false,
            block_time_ms,
            slow_factor: 1,
            last_block_ms: start_time_ms,
        };
        schedule.plan(id, 0, delays);
        schedule
    }

    /// Records that block `seqno` was made at `now_ms` and plans the next one.
    pub fn block_made(&mut self, id: ChainId, seqno: u32, now_ms: u64, delays: &DelayPlan) {
        self.last_block_ms = now_ms;
        self.plan(id, seqno, delays);
    }

    /// Multiplies the genesis' block interval by `factor`, from the block after `seqno` on.
    pub fn slow(&mut self, id: ChainId, seqno: u32, factor: u32, delays: &DelayPlan) {
        self.slow_factor = factor.clamp(1, MAX_SLOW_FACTOR);
        self.plan(id, seqno, delays);
    }

    fn plan(&mut self, id: ChainId, seqno: u32, delays: &DelayPlan) {
        let interval_ms = self
            .block_time_ms
            .saturating_mul(u64::from(self.slow_factor));
        let jitter_ms = delays.block_ms(id, seqno.saturating_add(1));
        self.due_ms = self
            .last_block_ms
            .saturating_add(interval_ms)
            .saturating_add(jitter_ms);
    }
}
