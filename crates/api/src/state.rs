//! Shared state of all answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ddvs_client::{ChainId, Live, MASTERCHAIN, Refusal};
use ddvs_index::{Identity, Index, Reader};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::client_ip::Caller;
use crate::counts::Counts;
use crate::error::ApiError;
use crate::feed::Feed;
use crate::getters::Getters;
use crate::live::Asking;
use crate::metrics::Metrics;
use crate::settings::Settings;

/// The state of a server. Clones share it.
#[derive(Clone)]
pub struct ApiState {
    inner: Arc<Inner>,
}

struct Inner {
    live: Arc<dyn Live>,
    index: Index,
    feed: Feed,
    metrics: Arc<Metrics>,
    settings: Settings,
    workers: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// Streams that read concurrently.
    readers: Arc<Semaphore>,
    getters: Getters,
    streams: Arc<Counts>,
    shutdown: watch::Receiver<bool>,
}

impl ApiState {
    /// Combines the parts. Streams end when `shutdown` becomes true.
    pub fn new(
        live: Arc<dyn Live>,
        index: Index,
        feed: Feed,
        metrics: Arc<Metrics>,
        settings: Settings,
        shutdown: watch::Receiver<bool>,
    ) -> Self {
        let workers = Arc::new(Semaphore::new(settings.max_workers.max(1)));
        let live = match live.is_slow() {
            true => Arc::new(Asking::new(live, workers.clone(), &settings)),
            false => live,
        };
        let readers = Arc::new(Semaphore::new(settings.max_workers.max(1)));
        let getters = Getters::start(&settings);
        let streams = Counts::new(settings.max_streams, Some(settings.max_streams_each));
        Self {
            inner: Arc::new(Inner {
                live,
                index,
                feed,
                metrics,
                settings,
                workers,
                waiting: AtomicUsize::new(0),
                readers,
                getters,
                streams,
                shutdown,
            }),
        }
    }

    /// The network's current state.
    pub fn live(&self) -> &dyn Live {
        &*self.inner.live
    }

    /// A view of the network's history.
    pub fn read(&self) -> Result<Reader, ApiError> {
        Ok(self.inner.index.read()?)
    }

    /// The network's identity.
    pub fn identity(&self) -> &Identity {
        self.inner.index.identity()
    }

    /// The index's feed.
    pub fn feed(&self) -> &Feed {
        &self.inner.feed
    }

    /// Metrics.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.inner.metrics
    }

    /// Limits.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    pub(crate) fn getters(&self) -> &Getters {
        &self.inner.getters
    }

    pub(crate) fn streams(&self) -> &Arc<Counts> {
        &self.inner.streams
    }

    pub(crate) fn shutdown(&self) -> watch::Receiver<bool> {
        self.inner.shutdown.clone()
    }

    /// A chain of this network.
    pub fn chain(&self, id: i64) -> Result<ChainId, ApiError> {
        let known = ChainId::try_from(id).ok();
        let known = known.filter(|id| self.identity().delectors.contains_key(id));
        known.ok_or_else(|| match ChainId::try_from(id) {
            Ok(id) => ddvs_client::ClientError::from(Refusal::UnknownChain(id)).into(),
            Err(_) => ApiError::bad_request(
                format!("{id} is not the number of a chain"),
                "Chains are -1 for the masterchain and 0 to 30 for workchains.",
            ),
        })
    }

    /// All chains, the masterchain first.
    pub fn chains(&self) -> Vec<ChainId> {
        self.identity().delectors.keys().copied().collect()
    }

    /// Chains besides the masterchain.
    pub fn workchains(&self) -> Vec<ChainId> {
        let mut chains = self.chains();
        chains.retain(|chain| *chain != MASTERCHAIN);
        chains
    }

    /// Processes a request on a thread that may block. A request whose caller is gone still counts until it ends.
    ///
    /// Fails with `busy` when too many wait already.
    pub async fn work<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Self) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let permit = match self.inner.workers.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                let _place = Place::take(&self.inner)?;
                let waited = self.inner.workers.clone().acquire_owned().await;
                waited.map_err(ApiError::internal)?
            }
        };
        self.work_with(permit, question).await
    }

    /// Like [`Self::work`], for a stream: it waits only for other streams, however many requests there are.
    pub async fn work_for_stream<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Self) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let permit = self.inner.readers.clone().acquire_owned().await;
        let permit = permit.map_err(ApiError::internal)?;
        self.work_with(permit, question).await
    }

    async fn work_with<T: Send + 'static>(
        &self,
        permit: OwnedSemaphorePermit,
        question: impl FnOnce(&Self) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let (state, caller) = (self.clone(), Caller::asking());
        let worked = tokio::task::spawn_blocking(move || {
            let answer = caller.work(|| question(&state));
            drop(permit);
            answer
        });
        worked.await.map_err(ApiError::internal)?
    }
}

/// A place among the waiting requests.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(inner: &'a Inner) -> Result<Self, ApiError> {
        let place = Self(&inner.waiting);
        if inner.waiting.fetch_add(1, Ordering::Relaxed) < inner.settings.max_waiting {
            Ok(place)
        } else {
            Err(ApiError::busy())
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
