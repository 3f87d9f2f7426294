//! Summary of measurements in three numbers.

use ddvs_jrpc::BlockHead;
use serde::Serialize;

/// Median, 99th percentile, and maximum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Spread {
    /// Number of measurements.
    pub count: usize,
    /// Median.
    pub median: f64,
    /// 99th percentile; with fewer than 100, the maximum.
    pub p99: f64,
    /// Maximum.
    pub max: f64,
}

impl Spread {
    /// Summarizes any number of measurements.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (values.len() as f64 * share).ceil() as usize;
            let place = place.clamp(1, values.len().max(1)) - 1;
            values.get(place).copied().unwrap_or(0.0)
        };
        Self {
            count: values.len(),
            median: at(0.5),
            p99: at(0.99),
            max: at(1.0),
        }
    }
}

/// Seconds between one masterchain block and the next.
pub fn block_times(heads: &[BlockHead]) -> Spread {
    let pairs = heads.iter().zip(heads.iter().skip(1));
    let times = pairs.map(|(a, b)| b.gen_time_ms.saturating_sub(a.gen_time_ms));
    Spread::of(times.map(|ms| ms as f64 / 1_000.0).collect())
}

/// Maximum number of masterchain blocks from one with a new config to the first of another session.
pub fn until_in_force(heads: &[BlockHead]) -> u32 {
    let mut most = 0;
    for (place, key) in heads.iter().enumerate().filter(|(_, head)| head.is_key) {
        let next = heads[place + 1..]
            .iter()
            .find(|head| head.session != key.session);
        most = most.max(next.map_or(0, |next| next.seqno - key.seqno));
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(seqno: u32, gen_time_ms: u64, is_key: bool, session: u32) -> BlockHead {
        BlockHead {
            seqno,
            gen_time_ms,
            is_key,
            session,
            set_hash_short: 0,
            transactions: 0,
        }
    }

    #[test]
    fn percentiles_are_measured_values() {
        let spread = Spread::of((1..=200).rev().map(f64::from).collect());
        assert_eq!(
            (spread.count, spread.median, spread.p99, spread.max),
            (200, 100.0, 198.0, 200.0)
        );
        assert_eq!(Spread::of(vec![3.0]).median, 3.0);
        assert_eq!(Spread::of(Vec::new()).max, 0.0);
    }

    #[test]
    fn a_set_is_in_force_with_the_first_block_of_another_session() {
        let heads = [
            head(1, 1_000, false, 1),
            head(2, 2_000, true, 1),
            head(3, 4_500, false, 1),
            head(4, 5_500, false, 2),
        ];
        assert_eq!(until_in_force(&heads), 2);
        assert_eq!(block_times(&heads).max, 2.5);
        assert_eq!(until_in_force(&heads[..3]), 0);
    }
}
