//! Slow queries to a network, which release their worker meanwhile.
//!
//! Nodes that are unavailable, or that do not show an account, are waited for for seconds. Few requests are processed at a
//! time, so a few slow ones would block all others, even those that only need the index.

use std::sync::Arc;

use ddvs_client::{AccountView, ChainId, ClientError, Head, Live, MessageStatus, Supply};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};

use crate::client_ip::Caller;
use crate::counts::{Counts, NoPlace};
use crate::settings::Settings;

/// A network whose answers may be slow.
pub(crate) struct Asking {
    live: Arc<dyn Live>,
    /// Workers. Each caller has one.
    workers: Arc<Semaphore>,
    /// Queries in progress.
    open: Arc<Counts>,
    most_each: usize,
}

/// The limit of queries is reached.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoRoom {
    #[error("too many queries to the nodes are in progress")]
    Full,
    /// The limit.
    #[error("{0} queries of one address to the nodes are in progress")]
    TooMany(usize),
}

impl Asking {
    pub fn new(live: Arc<dyn Live>, workers: Arc<Semaphore>, settings: &Settings) -> Self {
        let most_each = settings.max_asking_each.max(1);
        Self {
            live,
            workers,
            open: Counts::new(settings.max_asking.max(1), Some(most_each)),
            most_each,
        }
    }

    fn ask<T>(
        &self,
        question: impl FnOnce(&dyn Live) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        let place = self.open.open(Caller::worked_for().0);
        let _place = place.map_err(|why| {
            let why = match why {
                NoPlace::Full => NoRoom::Full,
                NoPlace::TooMany => NoRoom::TooMany(self.most_each),
            };
            ClientError::fault("asking the nodes", why)
        })?;
        let _away = Handle::try_current().ok().map(|runtime| {
            self.workers.add_permits(1);
            Away {
                runtime,
                workers: &self.workers,
            }
        });
        question(&*self.live)
    }
}

/// A released worker. It is acquired again at the end, when there is one.
struct Away<'a> {
    runtime: Handle,
    workers: &'a Semaphore,
}

impl Drop for Away<'_> {
    fn drop(&mut self) {
        if let Ok(place) = self.runtime.block_on(self.workers.acquire()) {
            place.forget();
        }
    }
}

impl Live for Asking {
    fn kind(&self) -> &'static str {
        self.live.kind()
    }

    fn now_ms(&self) -> Result<u64, ClientError> {
        self.ask(|live| live.now_ms())
    }

    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        self.ask(|live| live.account(address))
    }

    fn head(&self, chain: ChainId) -> Option<Head> {
        self.live.head(chain)
    }

    fn last_block(&self) -> Result<Option<(u32, u64)>, ClientError> {
        self.ask(|live| live.last_block())
    }

    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        self.ask(|live| live.config(chain))
    }

    fn send(&self, message: Cell) -> Result<HashBytes, ClientError> {
        self.ask(|live| live.send(message))
    }

    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        self.ask(|live| live.message_status(hash))
    }

    fn supply(&self) -> Option<Supply> {
        self.live.supply()
    }
}
