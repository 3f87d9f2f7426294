//! Delays of messages between chains and of blocks, all derived from one seed.

use std::collections::BTreeMap;

use ddvs_types::ChainId;

/// Delays of delivery and of blocks.
///
/// A delay is a function of the seed, the pair of chains and the message's number within the pair, never of the order
/// of calls: two runs that produce the same messages delay them equally. Delivery stays in order for each pair
/// whatever the delays are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelayPlan {
    /// Seed of all jitter.
    pub seed: u64,
    /// Minimum time from a block to the first block of another chain that may import its messages.
    pub base_ms: u64,
    /// Maximum random addition to `base_ms`, drawn for each message.
    pub jitter_ms: u64,
    /// Maximum random addition to each block interval.
    pub block_jitter_ms: u64,
    /// Pairs (source, destination) with a base delay of their own.
    pub pair_base_ms: BTreeMap<(ChainId, ChainId), u64>,
}

impl DelayPlan {
    /// No delay at all: a message is available in the next block of the destination, even one with the same time.
    pub const IMMEDIATE: Self = Self {
        seed: 0,
        base_ms: 0,
        jitter_ms: 0,
        block_jitter_ms: 0,
        pair_base_ms: BTreeMap::new(),
    };

    /// Random delays of 1 ms to `jitter_ms` from a seed.
    pub fn random(seed: u64, jitter_ms: u64) -> Self {
        Self {
            seed,
            base_ms: 1,
            jitter_ms,
            ..Self::IMMEDIATE
        }
    }

    /// Returns the delay of message number `number` from `source` to `destination`, in ms.
    pub(crate) fn message_ms(&self, source: ChainId, destination: ChainId, number: u64) -> u64 {
        let base = self
            .pair_base_ms
            .get(&(source, destination))
            .copied()
            .unwrap_or(self.base_ms);
        let pair =
            (u64::from(source.cast_unsigned()) << 8) | u64::from(destination.cast_unsigned());
        base.saturating_add(draw(self.seed, 0x6d73_6700 ^ pair, number, self.jitter_ms))
    }

    /// Returns the shortest delay of any message, in ms.
    pub(crate) fn min_message_ms(&self) -> u64 {
        let pairs = self.pair_base_ms.values().copied();
        pairs.fold(self.base_ms, u64::min)
    }

    /// Returns the addition to the interval before block `seqno` of `chain`, in ms.
    pub(crate) fn block_ms(&self, chain: ChainId, seqno: u32) -> u64 {
        let stream = 0x626c_6b00_0000 ^ u64::from(chain.cast_unsigned());
        draw(self.seed, stream, u64::from(seqno), self.block_jitter_ms)
    }
}

impl Default for DelayPlan {
    /// One millisecond: a block never imports from a block of the same time, so the order in which chains of equal
    /// block time take their turn does not matter.
    fn default() -> Self {
        Self {
            base_ms: 1,
            ..Self::IMMEDIATE
        }
    }
}

/// Number `index` of a random stream, in `0..=max`.
fn draw(seed: u64, stream: u64, index: u64, max: u64) -> u64 {
    if max == 0 {
        return 0;
    }
    let random = splitmix64(splitmix64(splitmix64(seed) ^ stream) ^ index);
    match max.checked_add(1) {
        Some(range) => random % range,
        None => random,
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64 bits that passes as
/// random, which is all that a simulation needs.
pub(crate) const fn splitmix64(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_follows_the_published_sequence() {
        // First outputs of the reference generator with state 0.
        assert_eq!(splitmix64(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(splitmix64(0x9e37_79b9_7f4a_7c15), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn delays_stay_within_their_bounds_and_depend_on_the_pair() {
        let plan = DelayPlan {
            base_ms: 5,
            jitter_ms: 20,
            ..DelayPlan::random(7, 20)
        };
        let there: Vec<_> = (0..200).map(|n| plan.message_ms(0, 1, n)).collect();
        let back: Vec<_> = (0..200).map(|n| plan.message_ms(1, 0, n)).collect();
        assert!(there.iter().chain(&back).all(|ms| (5..=25).contains(ms)));
        assert_ne!(there, back);
        assert!(there.contains(&5) && there.contains(&25));
    }
}
