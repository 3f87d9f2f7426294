//! The threads of a gateway, started and stopped together.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result};
use ddvs_api::metrics::Metrics;
use ddvs_api::{Feed, Feeder, NodesLive};
use ddvs_index::{Identity, Index, Keep};
use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Settings};

use crate::reader::Reader;

/// How often messages without a transaction are looked after.
const TEND_EVERY: Duration = Duration::from_millis(500);
/// How often it is noticed that it shall stop.
const NAP: Duration = Duration::from_millis(25);
/// How long people wait for an account that no node shows at the moment: a workchain in which nothing happens has a block every
/// five masterchain blocks, and is shown then.
const PEOPLE_PATIENCE: Duration = Duration::from_secs(6);
/// How long the reader does, which asks again later.
const READER_PATIENCE: Duration = Duration::from_secs(2);

/// What a gateway is to do.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// The network.
    pub description: NetworkDescription,
    /// Patience with its nodes while it connects.
    pub settings: Settings,
    /// File of the index; without, it is in memory and filled anew each time.
    pub index: Option<PathBuf>,
    /// Whether to throw the index away and fill it anew.
    pub rebuild: bool,
    /// How much of the past is kept, by the network's time.
    pub keep: Keep,
}

/// How far it is.
#[derive(Debug, Default)]
pub struct Progress {
    /// Transactions read since the start.
    pub transactions: AtomicU64,
    /// Blocks read since the start.
    pub blocks: AtomicU64,
    /// Masterchain blocks that are known of and not read.
    pub behind: AtomicU64,
    /// Whether all that was known of has been read once, the accounts of the zerostate included.
    pub is_synced: AtomicBool,
}

/// A gateway that runs.
#[derive(Debug)]
pub struct Gateway {
    /// The network as it is now.
    pub live: Arc<NodesLive>,
    /// What happened on it.
    pub index: Index,
    /// How far the index is.
    pub feed: Feed,
    /// Figures.
    pub metrics: Arc<Metrics>,
    /// How far the reading is.
    pub progress: Arc<Progress>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Gateway {
    /// Connects, opens the index and begins to read.
    ///
    /// Fails when no node answers or none gives out blocks, when the index is of another network or version, or when
    /// another process has it.
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

    /// Stops all threads, and waits until they have ended. A call to a node that hangs is waited for as long as the settings
    /// say.
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
