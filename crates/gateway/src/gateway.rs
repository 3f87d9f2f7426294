//! The threads of a gateway, started and stopped together.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result};
use ddvs_api::metrics::Metrics;
use ddvs_api::{Feed, Feeder};
use ddvs_index::{Identity, Index, Keep};
use ddvs_jrpc::NodesLive;
use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Settings};

use crate::reader::Reader;

/// How often messages without a transaction are processed.
const TEND_EVERY: Duration = Duration::from_millis(500);
/// How often the stop flag is checked.
const NAP: Duration = Duration::from_millis(25);
/// How long callers wait for an account that no node shows at the moment: an idle workchain has a block every five
/// masterchain blocks, and is shown then.
const PEOPLE_PATIENCE: Duration = Duration::from_secs(6);
/// How long the reader waits, which asks again later.
const READER_PATIENCE: Duration = Duration::from_secs(2);

/// Options of a gateway.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// The network.
    pub description: NetworkDescription,
    /// Timeouts for its nodes while it connects.
    pub settings: Settings,
    /// File of the index; without it the index is in memory and rebuilt each time.
    pub index: Option<PathBuf>,
    /// Whether to delete and rebuild the index.
    pub rebuild: bool,
    /// Extent of the history that is kept, by the network's time.
    pub keep: Keep,
}

/// Progress of the reader.
#[derive(Debug, Default)]
pub struct Progress {
    /// Transactions read since the start.
    pub transactions: AtomicU64,
    /// Blocks read since the start.
    pub blocks: AtomicU64,
    /// Number of known masterchain blocks that are not read yet.
    pub behind: AtomicU64,
    /// Whether everything known has been read once, including the accounts of the zerostate.
    pub is_synced: AtomicBool,
}

/// A running gateway.
#[derive(Debug)]
pub struct Gateway {
    /// The network's current state.
    pub live: Arc<NodesLive>,
    /// Its history.
    pub index: Index,
    /// Position of the index.
    pub feed: Feed,
    /// Metrics.
    pub metrics: Arc<Metrics>,
    /// Progress of the reader.
    pub progress: Arc<Progress>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Gateway {
    /// Connects, opens the index and starts reading.
    ///
    /// Fails when no node answers or none provides blocks, when the index is of another network or version, or when another
    /// process uses it.
    pub fn start(options: &GatewayOptions) -> Result<Self> {
        let network = JrpcNetwork::connect(options.description.clone(), options.settings.clone())?;
        let identity = Identity::read(&network).context("reading the network")?;
        let index = match &options.index {
            Some(path) if options.rebuild => Index::rebuild(path, identity),
            Some(path) => Index::open(path, identity),
            None => Index::in_memory(identity),
        }
        .context("opening the index")?;
        let live = Arc::new(NodesLive::connect(&network, PEOPLE_PATIENCE)?);
        let metrics = Arc::new(Metrics::default());
        let progress = Arc::new(Progress::default());
        let stop = Arc::new(AtomicBool::new(false));
        let (feeder, feed, indexer) = Feeder::start(index.clone(), metrics.clone())?;
        let reader = Reader::new(
            network.connect_again(READER_PATIENCE)?,
            live.clone(),
            index.clone(),
            feeder.clone(),
            progress.clone(),
        )?;
        let reading = {
            let told = stop.clone();
            feeder.spawn("blocks", stop.clone(), move |_| {
                reader.run(&told);
                Ok(())
            })?
        };
        let tending = {
            let (live, told) = (live.clone(), stop.clone());
            feeder.spawn("outbox", stop.clone(), move |_| {
                tend(&live, &told);
                Ok(())
            })?
        };
        let mut threads = vec![reading, tending, indexer];
        threads.extend(feeder.prune(index.clone(), options.keep, stop.clone())?);
        Ok(Self {
            live,
            index,
            feed,
            metrics,
            progress,
            stop,
            threads,
        })
    }

    /// Stops all threads, and waits until they have ended. A call to a hanging node is waited for until its timeout.
    pub fn stop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the gateway ended with a panic");
            }
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.stop();
    }
}

fn tend(live: &NodesLive, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        if let Err(error) = live.tend() {
            tracing::debug!(%error, "messages that wait could not be looked after");
        }
        let mut left = TEND_EVERY;
        while !left.is_zero() && !stop.load(Ordering::Relaxed) {
            std::thread::sleep(NAP);
            left = left.saturating_sub(NAP);
        }
    }
}
