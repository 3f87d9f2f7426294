//! Who proposes in a round.
//!
//! The members lie side by side on a circle, ascending by key, each as long as its weight. Heights and rounds step along
//! the circle by the golden ratio: step `n = height + round` stands at the fraction `n * 0.618...` of it.
//!
//! - **Shares match weights.** The steps of the golden ratio are as even as any: of any `n` heights in a row, a member
//!   proposes its share of them, with a deviation that grows like the logarithm of `n`. They are fractions of the whole,
//!   so this holds as well when weights change at every height.
//! - **A dead proposer costs one round.** Two steps in a row are 38.2 % of the circle apart, so a member with less than
//!   that proposes in no two rounds in a row; more than a third may not be dead anyway.
//! - **It is known in advance**, from height, round and set alone. Whoever wants may attack the next proposer's network;
//!   the round after it goes on.

/// The golden ratio's fraction, of 2^64, and odd.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Returns the index of the proposer among members with these weights, whose sum is `total_weight`.
pub(crate) fn index(
    weights: impl IntoIterator<Item = u64>,
    total_weight: u64,
    height: u64,
    round: u32,
) -> usize {
    let fraction = height.wrapping_add(round.into()).wrapping_mul(STEP);
    // below total_weight, since the fraction is below 2^64
    let position = (u128::from(fraction) * u128::from(total_weight)) >> 64;
    let mut end = 0_u128;
    let mut last = 0;
    for (index, weight) in weights.into_iter().enumerate() {
        end += u128::from(weight);
        last = index;
        if position < end {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::index;

    fn shares(weights: &[u64], heights: std::ops::Range<u64>) -> Vec<u64> {
        let total = weights.iter().sum();
        let mut counts = vec![0; weights.len()];
        for height in heights {
            counts[index(weights.iter().copied(), total, height, 0)] += 1;
        }
        counts
    }

    #[test]
    fn shares_match_weights() {
        let sets: [&[u64]; 4] = [
            &[1, 1, 1, 1],
            &[1, 2, 3, 4, 90],
            &[7_000_000_011, 1_000_000_007, 2_999_999_999],
            &[1; 400],
        ];
        for weights in sets {
            let total: u64 = weights.iter().sum();
            for start in [1, 1_000_000_007, u64::MAX / 2] {
                let heights = 10_000;
                for (weight, count) in weights.iter().zip(shares(weights, start..start + heights)) {
                    let fair = heights as f64 * *weight as f64 / total as f64;
                    let off = (count as f64 - fair).abs();
                    assert!(
                        off < 6.0,
                        "{weight} of {total}: {count} blocks, fair {fair}"
                    );
                }
            }
        }
    }

    #[test]
    fn shares_match_weights_that_change_at_every_height() {
        let mut first = 0_u64;
        for height in 0..10_000_u64 {
            let weights = [25 + height % 7, 75 + 3 * (height % 7)];
            if index(weights, weights.iter().sum(), height, 0) == 0 {
                first += 1;
            }
        }
        assert!((2_490..2_510).contains(&first), "{first}");
    }

    #[test]
    fn no_member_with_a_third_proposes_in_two_rounds_in_a_row() {
        let weights = [33, 33, 34];
        for height in 0..5_000 {
            for round in 0..20 {
                let proposer = |round| index(weights, 100, height, round);
                assert_ne!(proposer(round), proposer(round + 1), "{height} {round}");
            }
        }
    }

    #[test]
    fn all_members_propose_at_one_height() {
        let weights = [1_u64; 10];
        let proposers: std::collections::BTreeSet<_> =
            (0..30).map(|round| index(weights, 10, 77, round)).collect();
        assert_eq!(proposers.len(), 10);
    }

    #[test]
    fn the_largest_numbers_have_a_proposer() {
        assert_eq!(index([u64::MAX], u64::MAX, u64::MAX, u32::MAX), 0);
        assert!(index([u64::MAX / 2, u64::MAX / 2], u64::MAX - 1, u64::MAX, 1) < 2);
    }
}
