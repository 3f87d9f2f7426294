//! Polls all nodes several times a second: the height of each, and how long it did not change.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ddvs_jrpc::{Settings, height};
use ddvs_tycho::NetworkFile;

/// Time between two polls.
const PERIOD: Duration = Duration::from_millis(250);
/// Number of blocks that a node may be behind the first and still count as in sync.
pub const MAX_BEHIND: u32 = 5;

/// One poll.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Its time.
    pub at: Instant,
    /// Last masterchain block of each node, in the order of the nodes; `None` if it did not answer.
    pub heights: Vec<Option<u32>>,
}

impl Sample {
    /// Returns the furthest node's block.
    pub fn height(&self) -> u32 {
        self.heights.iter().flatten().copied().max().unwrap_or(0)
    }

    /// Whether every node answers and is in sync with the first.
    pub fn is_together(&self) -> bool {
        let top = self.height();
        let with_first = |height: &Option<u32>| height.is_some_and(|h| h + MAX_BEHIND >= top);
        self.heights.iter().all(with_first)
    }
}

/// The polls so far.
#[derive(Debug)]
pub struct Watch {
    samples: Arc<Mutex<Vec<Sample>>>,
    stops: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts polling.
    pub fn start(network: &NetworkFile) -> Self {
        let urls = network
            .nodes
            .iter()
            .map(|node| format!("http://{}", node.rpc));
        let urls: Vec<_> = urls.collect();
        let settings = Settings {
            connect_timeout: Duration::from_millis(200),
            call_timeout: Duration::from_millis(1_000),
            ..Settings::default()
        };
        let samples = Arc::new(Mutex::new(Vec::new()));
        let stops = Arc::new(AtomicBool::new(false));
        let (kept, stop) = (samples.clone(), stops.clone());
        let thread = std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let begin = Instant::now();
                let heights = urls.iter().map(|url| height(url, &settings).ok());
                let sample = Sample {
                    heights: heights.collect(),
                    at: Instant::now(),
                };
                kept.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(sample);
                std::thread::sleep(PERIOD.saturating_sub(begin.elapsed()));
            }
        });
        Self {
            samples,
            stops,
            thread: Some(thread),
        }
    }

    /// Returns all polls since `since`.
    pub fn since(&self, since: Instant) -> Vec<Sample> {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let first = samples.partition_point(|sample| sample.at < since);
        samples[first..].to_vec()
    }

    /// Returns the last poll.
    pub fn last(&self) -> Option<Sample> {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        samples.last().cloned()
    }

    /// Returns when the newest masterchain block was first seen, `since` if none was since then.
    pub fn moved_at(&self, since: Instant) -> Instant {
        Moves::of(&self.since(since), since).last
    }

    /// Returns the longest time since `since` without a new masterchain block on any node.
    pub fn longest_halt(&self, since: Instant) -> Duration {
        Moves::of(&self.since(since), since).longest_halt
    }
}

/// Progress of the furthest node during some polls.
#[derive(Debug, PartialEq, Eq)]
struct Moves {
    /// Time at which it was first seen at its last block.
    last: Instant,
    /// The longest time at one block, including the last one.
    longest_halt: Duration,
}

impl Moves {
    /// Polls since `since`, if the network counts as moving.
    fn of(samples: &[Sample], since: Instant) -> Self {
        let mut moves = Self {
            last: since,
            longest_halt: Duration::ZERO,
        };
        let mut top = 0;
        for sample in samples {
            let halt = sample.at.saturating_duration_since(moves.last);
            moves.longest_halt = moves.longest_halt.max(halt);
            if sample.height() > top {
                (top, moves.last) = (sample.height(), sample.at);
            }
        }
        moves
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stops.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_halt_ends_with_a_block_and_may_be_the_last() {
        let since = Instant::now();
        let at = |seconds: u64| since + Duration::from_secs(seconds);
        let look = |seconds, heights: [Option<u32>; 2]| Sample {
            at: at(seconds),
            heights: heights.to_vec(),
        };
        let moves = |samples: &[Sample]| {
            let moves = Moves::of(samples, since);
            (moves.last - since, moves.longest_halt.as_secs())
        };
        assert_eq!(moves(&[]), (Duration::ZERO, 0));
        let mut samples = vec![
            look(1, [Some(7), None]),
            look(3, [Some(7), Some(6)]),
            look(5, [Some(7), Some(8)]),
            look(6, [None, Some(9)]),
        ];
        assert_eq!(moves(&samples), (Duration::from_secs(6), 4));
        samples.push(look(8, [None, None]));
        samples.push(look(12, [Some(9), Some(9)]));
        assert_eq!(moves(&samples), (Duration::from_secs(6), 6));
    }
}
