//! Looks at all nodes several times a second: how far each is, and how long nothing moved.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ddvs_jrpc::{Settings, height};
use ddvs_tycho::NetworkFile;

/// Time between two looks.
const PERIOD: Duration = Duration::from_millis(250);
/// Blocks that a node may be behind the first and still be with it.
pub const MAX_BEHIND: u32 = 5;

/// One look.
#[derive(Debug, Clone)]
pub struct Sample {
    /// When.
    pub at: Instant,
    /// Last masterchain block of each node, in the order of the nodes; `None` if it did not answer.
    pub heights: Vec<Option<u32>>,
}

impl Sample {
    /// The furthest node's block.
    pub fn height(&self) -> u32 {
        self.heights.iter().flatten().copied().max().unwrap_or(0)
    }

    /// Whether every node answers and is with the first.
    pub fn is_together(&self) -> bool {
        let top = self.height();
        let with_first = |height: &Option<u32>| height.is_some_and(|h| h + MAX_BEHIND >= top);
        self.heights.iter().all(with_first)
    }
}

/// The looks so far.
#[derive(Debug)]
pub struct Watch {
    samples: Arc<Mutex<Vec<Sample>>>,
    stops: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins to look.
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

    /// All looks since `since`.
    pub fn since(&self, since: Instant) -> Vec<Sample> {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let first = samples.partition_point(|sample| sample.at < since);
        samples[first..].to_vec()
    }

    /// The last look.
    pub fn last(&self) -> Option<Sample> {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        samples.last().cloned()
    }

    /// When the newest masterchain block was first seen, `since` if none was since then.
    pub fn moved_at(&self, since: Instant) -> Instant {
        let (mut height, mut moved) = (0, since);
        for sample in self.since(since) {
            if sample.height() > height {
                (height, moved) = (sample.height(), sample.at);
            }
        }
        moved
    }

    /// The longest time since `since` without a new masterchain block on any node.
    pub fn longest_halt(&self, since: Instant) -> Duration {
        let mut longest = Duration::ZERO;
        let (mut height, mut moved) = (0, since);
        for sample in self.since(since) {
            longest = longest.max(sample.at.saturating_duration_since(moved));
            if sample.height() > height {
                (height, moved) = (sample.height(), sample.at);
            }
        }
        longest
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
