//! A running network: threads, started and stopped together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use anyhow::{Context, Result};
use ddvs_api::metrics::Metrics;
use ddvs_api::{EmbeddedLive, Feed, Feeder};
use ddvs_client::{Backend, EmbeddedNetwork};
use ddvs_index::{Identity, Index, Keep};
use tycho_types::models::StdAddr;

use crate::producer::{self, Keeper};
use crate::store::Store;
use crate::store::journal::Journal;
use crate::{Activity, KeptNetwork};

/// A running embedded network: threads that make blocks, index them, and act.
#[derive(Debug)]
pub struct Running {
    /// The network as it is now.
    pub live: EmbeddedLive,
    /// What happened on it.
    pub index: Index,
    /// How far the index is.
    pub feed: Feed,
    /// Figures.
    pub metrics: Arc<Metrics>,
    /// What threads tell their end to; gone once they are to end, since the index takes blocks as long as somebody may have one.
    feeder: Option<Feeder>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts a network on real time: takes in its accounts, then lets blocks come.
    ///
    /// Fails when the index cannot be made or the system has no threads to give.
    pub fn start(network: EmbeddedNetwork) -> Result<Self> {
        let identity = Identity::read(&network).context("reading the network")?;
        let index = Index::in_memory(identity).context("making the index")?;
        seed(&network, &index)?;
        Self::run(EmbeddedLive::new(network), index, None)
    }

    /// Goes on with a network that is kept in a directory. What anybody sees of it survives the end of the process,
    /// however that comes.
    ///
    /// Fails when the system has no threads to give.
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

    /// Lets simulated people act.
    ///
    /// Fails when the system has no thread to give.
    pub fn act(&mut self, activity: Activity) -> Result<()> {
        let Some(feeder) = &self.feeder else {
            return Ok(());
        };
        let (live, stop) = (self.live.clone(), self.stop.clone());
        let thread = feeder.spawn("activity", stop.clone(), move |_| {
            activity.run(&live, &stop).context("nobody can act")
        })?;
        self.threads.push(thread);
        Ok(())
    }

    /// Lets go of what is older than is to be kept, now and as long as the network runs.
    ///
    /// Fails when the system has no thread to give.
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

/// Takes in all accounts of the zerostate.
pub(crate) fn seed(network: &EmbeddedNetwork, index: &Index) -> Result<()> {
    let ledger = network.network();
    for &chain in ledger.chain_ids() {
        let Some(accounts) = ledger.accounts(chain) else {
            continue;
        };
        let mut views = Vec::new();
        for id in accounts.keys() {
            views.push(network.account(&StdAddr::new(chain, id?))?);
        }
        index.seed(chain, network.now_ms()?, views.into_iter())?;
    }
    Ok(())
}
