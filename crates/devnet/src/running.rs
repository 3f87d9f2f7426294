//! A running network: threads, started and stopped together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use anyhow::{Context, Result};
use ddvs_api::metrics::Metrics;
use ddvs_api::{Feed, Feeder};
use ddvs_client::{Backend, Live};
use ddvs_embedded::EmbeddedLive;
use ddvs_embedded::EmbeddedNetwork;
use ddvs_index::{Identity, Index, Keep};

use crate::producer::{self, Keeper};
use crate::store::Store;
use crate::store::journal::Journal;
use crate::{Activity, KeptNetwork};

/// A running embedded network: threads that make blocks, index them, and act.
#[derive(Debug)]
pub struct Running {
    /// The network's current state.
    pub live: EmbeddedLive,
    /// Its history.
    pub index: Index,
    /// Position of the index.
    pub feed: Feed,
    /// Metrics.
    pub metrics: Arc<Metrics>,
    /// The feeder, to which threads report their end; dropped when they are to end, since the index accepts blocks as
    /// long as a feeder exists.
    feeder: Option<Feeder>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts a network on real time: indexes its accounts, then makes blocks.
    ///
    /// Fails when the index cannot be created or the system cannot start threads.
    pub fn start(network: EmbeddedNetwork) -> Result<Self> {
        let identity = Identity::read(&network).context("reading the network")?;
        let index = Index::in_memory(identity).context("making the index")?;
        seed(&network, &index)?;
        Self::run(EmbeddedLive::new(network), index, None)
    }

    /// Resumes a network that is stored in a directory. Everything that becomes visible survives the end of the process, however
    /// it ends.
    ///
    /// Fails when the system cannot start threads.
    pub fn start_kept(kept: KeptNetwork) -> Result<Self> {
        let live = EmbeddedLive::with_journal(kept.network, kept.journal.clone());
        Self::run(live, kept.index, Some((kept.store, kept.journal)))
    }

    fn run(live: EmbeddedLive, index: Index, kept: Option<(Store, Arc<Journal>)>) -> Result<Self> {
        let metrics = Arc::new(Metrics::default());
        let stop = Arc::new(AtomicBool::new(false));
        let (feeder, feed, indexer) = Feeder::start(index.clone(), metrics.clone())?;
        let keeper = kept.map(|(store, journal)| Keeper {
            store,
            journal,
            feed: feed.clone(),
        });
        let producer =
            producer::start(live.clone(), &feeder, keeper, metrics.clone(), stop.clone())?;
        Ok(Self {
            live,
            index,
            feed,
            metrics,
            feeder: Some(feeder),
            stop,
            threads: vec![producer, indexer],
        })
    }

    /// Starts simulated users.
    ///
    /// Fails when the system cannot start a thread.
    pub fn act(&mut self, activity: Activity) -> Result<()> {
        let Some(feeder) = &self.feeder else {
            return Ok(());
        };
        let (live, stop) = (self.live.clone(), self.stop.clone());
        let thread = feeder.spawn("activity", stop.clone(), move |_| {
            activity
                .run(&live, &stop)
                .context("the simulated users cannot act")
        })?;
        self.threads.push(thread);
        Ok(())
    }

    /// Removes old data, now and as long as the network runs.
    ///
    /// Fails when the system cannot start a thread.
    pub fn keep(&mut self, keep: Keep) -> Result<()> {
        if let Some(feeder) = &self.feeder {
            let thread = feeder.prune(self.index.clone(), keep, self.stop.clone())?;
            self.threads.extend(thread);
        }
        Ok(())
    }

    /// Stops all threads, and waits until they have ended.
    pub fn stop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.feeder = None;
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the network ended with a panic");
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Indexes all accounts of the zerostate.
pub(crate) fn seed(network: &EmbeddedNetwork, index: &Index) -> Result<()> {
    for chain in network.chains()? {
        let accounts = network.accounts(chain.id)?;
        index.seed(chain.id, network.now_ms()?, accounts.into_iter())?;
    }
    Ok(())
}
