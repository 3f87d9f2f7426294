//! From blocks to the index: one thread writes new blocks and notifies all who wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ddvs_index::{Index, IndexError, Observed};
use tokio::sync::watch;

use crate::metrics::Metrics;
use crate::priority;
use crate::watch::{Beats, caught};

/// Maximum number of blocks that wait for the index; a faster network waits.
const MAX_BACKLOG: usize = 1_024;

/// Maximum number of blocks that are written at a time.
const MAX_LOT: usize = 256;

/// Number of transactions after which no more blocks are added to a batch: listeners are notified of a block when it
/// is written, not after the whole backlog.
const LOT_TRANSACTIONS: usize = 500;

/// How often written blocks are made durable.
const DURABLE_EVERY: Duration = Duration::from_secs(1);

/// Timeout for one round of the indexing thread before it is reported as stalled.
const INDEX_STANDSTILL: Duration = Duration::from_secs(60);

/// Position of the index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tip {
    /// Number of the last event.
    pub event: u64,
    /// Number of blocks written since the start.
    pub blocks: u64,
    /// The network's position up to which the index is durable, even after a crash. Does not change for an index in
    /// memory.
    pub durable: u64,
}

/// State of a feed, shared with those who wait for it.
#[derive(Debug, Clone)]
pub struct Feed {
    tip: watch::Receiver<Tip>,
    failure: Reason,
    trouble: Reason,
    beats: Beats,
}

/// A reason that one end gives the other.
type Reason = Arc<Mutex<Option<String>>>;

fn read(why: &Reason) -> Option<String> {
    why.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn write(why: &Reason, text: Option<String>) {
    *why.lock().unwrap_or_else(PoisonError::into_inner) = text;
}

impl Feed {
    /// Returns the index's position, and a way to wait for more.
    pub fn tip(&self) -> watch::Receiver<Tip> {
        self.tip.clone()
    }

    /// Returns why nothing is indexed any more, if so.
    pub fn failure(&self) -> Option<String> {
        read(&self.failure)
    }

    /// Returns why nothing is indexed at the moment, if so; it may recover.
    pub fn trouble(&self) -> Option<String> {
        read(&self.trouble)
    }

    /// Returns which thread has stalled, if one has.
    pub fn standstill(&self) -> Option<String> {
        self.beats.standstill()
    }
}

/// Accepts blocks. When it and all its clones are dropped, the thread makes everything durable and ends.
#[derive(Debug, Clone)]
pub struct Feeder {
    blocks: SyncSender<Observed>,
    failure: Reason,
    trouble: Reason,
    beats: Beats,
}

impl Feeder {
    /// Starts the thread.
    ///
    /// Fails only when the system cannot start a thread, or the index cannot be read.
    pub fn start(
        index: Index,
        metrics: Arc<Metrics>,
    ) -> Result<(Self, Feed, JoinHandle<()>), anyhow::Error> {
        let (blocks, waiting) = sync_channel(MAX_BACKLOG);
        let reader = index.read()?;
        for &chain in index.identity().delectors.keys() {
            if let Some(head) = reader.head(chain)? {
                metrics.stands(chain, head.at.seqno, head.at.time_ms);
            }
        }
        let first = Tip {
            event: reader.last_event()?,
            blocks: 0,
            durable: reader.cursor()?.unwrap_or(0),
        };
        let (told, tip) = watch::channel(first);
        let (failure, trouble) = (Reason::default(), Reason::default());
        let beats = Beats::default();
        let (feed, feeder) = (
            Feed {
                tip,
                failure: failure.clone(),
                trouble: trouble.clone(),
                beats: beats.clone(),
            },
            Self {
                blocks,
                failure: failure.clone(),
                trouble,
                beats: beats.clone(),
            },
        );
        let thread = thread::Builder::new()
            .name("index".to_owned())
            .spawn(move || {
                priority::favour();
                let work = || Ok(run(&index, &waiting, &told, &metrics, &beats)?);
                if let Err(error) = caught("index", work) {
                    tracing::error!(error, "the index cannot continue");
                    let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                    failure.get_or_insert_with(|| format!("the index cannot continue: {error}"));
                }
            })?;
        Ok((feeder, feed, thread))
    }

    /// Starts a thread that the network needs. If it fails, panics, or ends before `stop` is set, that is reported as the
    /// network's failure.
    ///
    /// Fails when the system cannot start a thread.
    pub fn spawn(
        &self,
        name: &'static str,
        stop: Arc<AtomicBool>,
        work: impl FnOnce(&Self) -> Result<(), anyhow::Error> + Send + 'static,
    ) -> std::io::Result<JoinHandle<()>> {
        let feeder = self.clone();
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            let why = match caught(name, || work(&feeder)) {
                Ok(()) if stop.load(Ordering::Relaxed) => return,
                Ok(()) => format!("the thread `{name}` ended by itself"),
                Err(why) => why,
            };
            tracing::error!(error = why, thread = name, "a thread ended");
            feeder.fail(&why);
        })
    }

    /// Reports progress of the calling thread, which promises to report again within `limit`; otherwise it counts as
    /// stalled.
    pub fn beat(&self, thread: &'static str, limit: Duration) {
        self.beats.beat(thread, limit);
    }

    /// Passes on a block. Waits while the index is far behind; after its failure blocks are dropped.
    pub fn push(&self, observed: Observed) {
        // the thread has ended and reported its failure
        let _ = self.blocks.send(observed);
    }

    /// Reports why no more blocks will come. The first reason counts, since others follow from it.
    pub fn fail(&self, why: &str) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert_with(|| why.to_owned());
    }

    /// Reports why no blocks come at the moment, or that they come again.
    pub fn tell_trouble(&self, why: Option<String>) {
        write(&self.trouble, why);
    }
}

fn run(
    index: &Index,
    waiting: &Receiver<Observed>,
    told: &watch::Sender<Tip>,
    metrics: &Metrics,
    beats: &Beats,
) -> Result<(), IndexError> {
    let mut last_durable = Instant::now();
    let mut is_dirty = false;
    let mut cursor = told.borrow().durable;
    loop {
        beats.beat("index", INDEX_STANDSTILL);
        let mut lot = Vec::new();
        match waiting.recv_timeout(DURABLE_EVERY) {
            Ok(observed) => lot.push(observed),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let mut transactions: usize = lot.iter().map(|first| first.block.transactions.len()).sum();
        while !lot.is_empty() && lot.len() < MAX_LOT && transactions < LOT_TRANSACTIONS {
            let Ok(observed) = waiting.try_recv() else {
                break;
            };
            transactions += observed.block.transactions.len();
            lot.push(observed);
        }
        if !lot.is_empty() {
            let begin = Instant::now();
            let taken = index.take(&lot, false)?;
            metrics.indexed(&lot, begin.elapsed());
            is_dirty = true;
            cursor = lot.last().map_or(cursor, |last| last.cursor);
            told.send_modify(|tip| {
                tip.event = taken.last_event;
                tip.blocks += taken.blocks as u64;
            });
        }
        // after the notification: nobody waits for the disk to learn of a block
        if is_dirty && !index.is_in_memory() && last_durable.elapsed() >= DURABLE_EVERY {
            let begin = Instant::now();
            index.take(&[], true)?;
            metrics.indexed(&[], begin.elapsed());
            is_dirty = false;
            last_durable = Instant::now();
            told.send_modify(|tip| tip.durable = cursor);
        }
    }
    if !index.is_in_memory() {
        index.take(&[], true)?;
        told.send_modify(|tip| tip.durable = cursor);
    }
    Ok(())
}
