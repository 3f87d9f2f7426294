//! From blocks to the index: one thread takes in what came, and tells everybody who waits.

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

/// Blocks that may wait for the index; a network that makes more waits.
const MAX_BACKLOG: usize = 1_024;

/// Blocks that are taken in at once.
const MAX_LOT: usize = 256;

/// Transactions after which no more blocks are added to a lot: whoever listens hears of a block when it is in, not when all
/// that waits is.
const LOT_TRANSACTIONS: usize = 500;

/// How often what was taken in is made durable.
const DURABLE_EVERY: Duration = Duration::from_secs(1);

/// How long one look and taking in may last before it is told that the thread stands still.
const INDEX_STANDSTILL: Duration = Duration::from_secs(60);

/// How far the index is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tip {
    /// Number of the last event.
    pub event: u64,
    /// Blocks taken in since the start.
    pub blocks: u64,
    /// The network's position up to which the index has everything for good, even after a crash. Stays as it is for an index
    /// in memory.
    pub durable: u64,
}

/// What is known of a feed by those who wait for it.
#[derive(Debug, Clone)]
pub struct Feed {
    tip: watch::Receiver<Tip>,
    failure: Reason,
    trouble: Reason,
    beats: Beats,
}

/// A reason that one end tells the other.
type Reason = Arc<Mutex<Option<String>>>;

fn read(why: &Reason) -> Option<String> {
    why.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn write(why: &Reason, text: Option<String>) {
    *why.lock().unwrap_or_else(PoisonError::into_inner) = text;
}

impl Feed {
    /// How far the index is, and a way to wait for more.
    pub fn tip(&self) -> watch::Receiver<Tip> {
        self.tip.clone()
    }

    /// Why nothing is taken in any more, if so.
    pub fn failure(&self) -> Option<String> {
        read(&self.failure)
    }

    /// Why nothing is taken in at the moment, if so; it may pass.
    pub fn trouble(&self) -> Option<String> {
        read(&self.trouble)
    }

    /// Which thread stands still that should move, if one does.
    pub fn standstill(&self) -> Option<String> {
        self.beats.standstill()
    }
}

/// Takes blocks. When it and all its clones are gone, the thread makes all durable and ends.
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
    /// Fails only when the system has no thread to give, or the index cannot be read.
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
                    tracing::error!(error, "the index cannot go on");
                    let mut failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
                    failure.get_or_insert_with(|| format!("the index cannot go on: {error}"));
                }
            })?;
        Ok((feeder, feed, thread))
    }

    /// Starts a thread without which the network cannot go on. When it fails, panics, or ends before `stop` is set, that is
    /// told as the network's failure.
    ///
    /// Fails when the system has none to give.
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

    /// The calling thread moves, and will say so again within `limit`: else it is told that it stands still.
    pub fn beat(&self, thread: &'static str, limit: Duration) {
        self.beats.beat(thread, limit);
    }

    /// Hands a block over. Waits while the index is far behind; after its failure blocks are dropped.
    pub fn push(&self, observed: Observed) {
        // the thread has ended with its failure told
        let _ = self.blocks.send(observed);
    }

    /// Tells why no more blocks will come. The first reason counts: others follow from it.
    pub fn fail(&self, why: &str) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert_with(|| why.to_owned());
    }

    /// Tells why no blocks come at the moment, or that they come.
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
        // after it was told: nobody waits for the disk to hear of a block
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
