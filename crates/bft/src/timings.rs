//! How long the steps of a height take.

use std::time::Duration;

use malachitebft_core_types::LinearTimeouts;

/// The longest that a step takes, however many rounds a height has had.
pub const MAX_TIMEOUT: Duration = Duration::from_secs(30);

/// Times of the steps of a round. A step of round `n` takes its time and `n` times its `_more`, and never more than
/// [`MAX_TIMEOUT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timings {
    /// From one block to the next, if all goes well.
    pub block_time: Duration,
    /// How long a proposal is waited for.
    pub propose: Duration,
    /// Added in each round.
    pub propose_more: Duration,
    /// How long more prevotes are waited for, once there are two thirds for different values.
    pub prevote: Duration,
    /// Added in each round.
    pub prevote_more: Duration,
    /// How long more precommits are waited for, once there are two thirds for different values.
    pub precommit: Duration,
    /// Added in each round.
    pub precommit_more: Duration,
    /// After how long a vote is sent again.
    pub rebroadcast: Duration,
}

impl Timings {
    /// Timings for blocks every `block_time`, with steps that suit a network of one continent.
    pub fn new(block_time: Duration) -> Self {
        let propose = (block_time.saturating_mul(2)).saturating_add(Duration::from_secs(1));
        Self {
            block_time,
            propose: propose.min(MAX_TIMEOUT),
            propose_more: Duration::from_millis(500),
            prevote: Duration::from_millis(500),
            prevote_more: Duration::from_millis(200),
            precommit: Duration::from_millis(500),
            precommit_more: Duration::from_millis(200),
            rebroadcast: Duration::from_secs(1),
        }
    }

    pub(crate) fn timeouts(&self) -> LinearTimeouts {
        LinearTimeouts {
            propose: self.propose,
            propose_delta: self.propose_more,
            prevote: self.prevote,
            prevote_delta: self.prevote_more,
            precommit: self.precommit,
            precommit_delta: self.precommit_more,
            rebroadcast: self.rebroadcast,
            max_timeout: MAX_TIMEOUT,
        }
    }
}

#[cfg(test)]
mod tests {
    use malachitebft_core_types::{Round, Timeout};

    use super::*;

    #[test]
    fn timeouts_grow_up_to_half_a_minute() {
        let timeouts = Timings::new(Duration::from_millis(500)).timeouts();
        let propose = |round| timeouts.duration_for(Timeout::propose(Round::new(round)));
        assert_eq!(propose(0), Duration::from_secs(2));
        assert_eq!(propose(2), Duration::from_secs(3));
        assert_eq!(propose(1_000_000), MAX_TIMEOUT);
        assert_eq!(Timings::new(Duration::MAX).propose, MAX_TIMEOUT);
    }
}
