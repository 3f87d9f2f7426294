//! Block times as seen by a listener.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use serde_json::Value;

use super::client::Client;
use super::report::{BlockTimes, spread};
use crate::BenchError;

/// Block numbers of a chain, and the time at which each was reported.
type Heard = BTreeMap<i64, Vec<(u64, Instant)>>;

/// A listener.
pub(super) struct Listener {
    heard: Arc<Mutex<Heard>>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<(), BenchError>>,
    makes: Makes,
    client: Client,
}

impl Listener {
    /// Starts to listen.
    pub fn begin(client: &Client) -> Result<Self, BenchError> {
        let stream = client.stream("/api/v1/events/stream?heads=true")?;
        let (heard, stop) = (
            Arc::new(Mutex::new(Heard::new())),
            Arc::new(AtomicBool::new(false)),
        );
        let (into, told) = (heard.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            let mut is_head = false;
            for line in BufReader::new(stream).lines() {
                if told.load(Ordering::Relaxed) {
                    return Ok(());
                }
                let line = line
                    .map_err(|cause| BenchError::Http(format!("the stream of events: {cause}")))?;
                match line.split_once(':') {
                    Some(("event", kind)) => is_head = kind.trim() == "head",
                    Some(("data", data)) if is_head => note(&into, data),
                    _ => {}
                }
            }
            Err(BenchError::NotDone(
                "the server ended the stream of events".into(),
            ))
        });
        Ok(Self {
            heard,
            stop,
            thread,
            makes: Makes::read(client)?,
            client: client.clone(),
        })
    }

    /// Stops at the next block, and returns the observations.
    pub fn end(self) -> Result<BlockTimes, BenchError> {
        let makes = Makes::read(&self.client)?;
        self.stop.store(true, Ordering::Relaxed);
        let ended = self.thread.join();
        ended.map_err(|_| BenchError::NotDone("listening ended with a panic".into()))??;
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut blocks, mut span_ms, mut gaps) = (0, 0.0, Vec::new());
        for times in heard.values() {
            let (Some((first, begin)), Some((last, end))) = (times.first(), times.last()) else {
                continue;
            };
            blocks += last - first;
            span_ms += (*end - *begin).as_secs_f64() * 1e3;
            gaps.extend(times.windows(2).map(|pair| {
                let [(before, earlier), (after, later)] = [pair[0], pair[1]];
                // several blocks may have been reported as one
                (later - earlier).as_secs_f64() * 1e3 / (after - before).max(1) as f64
            }));
        }
        let (_, p99, max) = spread(&mut gaps);
        Ok(BlockTimes {
            blocks,
            mean_ms: span_ms / (blocks.max(1)) as f64,
            p99_ms: p99,
            max_ms: max,
            make_ms: makes.mean_ms_since(&self.makes),
        })
    }
}

fn note(heard: &Mutex<Heard>, data: &str) {
    let now = Instant::now();
    let Ok(head) = serde_json::from_str::<Value>(data.trim()) else {
        return;
    };
    if let (Some(chain), Some(block)) = (head["at"]["chain"].as_i64(), head["at"]["block"].as_u64())
    {
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.entry(chain).or_default().push((block, now));
    }
}

/// Returns the server's metrics of block production.
#[derive(Debug, Clone, Copy)]
struct Makes {
    seconds: f64,
    count: f64,
}

impl Makes {
    fn read(client: &Client) -> Result<Self, BenchError> {
        let text = client.text("/metrics")?;
        let figure = |name: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.and_then(|value| value.trim().parse().ok())
                .unwrap_or(0.0)
        };
        Ok(Self {
            seconds: figure("ddvs_block_make_seconds_sum"),
            count: figure("ddvs_block_make_seconds_count"),
        })
    }

    fn mean_ms_since(&self, before: &Self) -> f64 {
        (self.seconds - before.seconds) * 1e3 / (self.count - before.count).max(1.0)
    }
}
