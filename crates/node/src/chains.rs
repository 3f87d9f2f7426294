//! All chains of the network on this node: proposing, checking and taking blocks.

mod build;
mod check;
mod error;
mod load;
mod take;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use ddvs_replica::Replica;
use ddvs_types::{Block, ChainId};
use tokio::sync::watch;

pub use self::error::{LoadError, TakeError};
use self::load::load;
use crate::site::Site;
use crate::store::Store;

/// Called with each block that was taken, in order for each chain.
pub type OnBlock = dyn Fn(Arc<Block>) + Send + Sync;

/// All chains of the network on this node.
pub struct Chains {
    sites: BTreeMap<ChainId, Mutex<Site>>,
    heights: BTreeMap<ChainId, watch::Sender<u64>>,
    /// Replicas of the zerostate, for what never changes.
    start: BTreeMap<ChainId, Replica>,
    store: Store,
    on_block: OnceLock<Box<OnBlock>>,
}

impl fmt::Debug for Chains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chains").finish_non_exhaustive()
    }
}

/// This node's clock, in ms since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}

impl Chains {
    /// Loads all chains from the store, or starts them from the zerostate.
    ///
    /// Fails when the store is damaged.
    pub fn load(store: Store, start: BTreeMap<ChainId, Replica>) -> Result<Self, LoadError> {
        let mut sites = BTreeMap::new();
        for (&chain, genesis) in &start {
            sites.insert(chain, load(&store, chain, genesis, start.keys().copied())?);
        }
        let height = |site: &Site| watch::Sender::new(site.height());
        let heights = sites.iter().map(|(id, site)| (*id, height(site)));
        Ok(Self {
            heights: heights.collect(),
            sites: sites
                .into_iter()
                .map(|(id, site)| (id, Mutex::new(site)))
                .collect(),
            start,
            store,
            on_block: OnceLock::new(),
        })
    }

    /// All chains, ascending.
    pub fn ids(&self) -> impl Iterator<Item = ChainId> + '_ {
        self.sites.keys().copied()
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The replica of the zerostate of a chain.
    pub fn start_of(&self, chain: ChainId) -> Option<&Replica> {
        self.start.get(&chain)
    }

    /// Calls `on_block` with each block from now on. Only the first call has an effect.
    pub fn watch(&self, on_block: Box<OnBlock>) {
        // one that is there stays
        let _ = self.on_block.set(on_block);
    }

    /// One chain. It must not be held while another one is locked.
    pub fn site(&self, chain: ChainId) -> Option<MutexGuard<'_, Site>> {
        let site = self.sites.get(&chain)?;
        // a panic leaves a site as it was before or after a block
        Some(site.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The newest state of a chain.
    pub fn replica(&self, chain: ChainId) -> Option<Replica> {
        Some(self.site(chain)?.replica.clone())
    }

    /// The height of a chain, as it grows.
    pub fn height(&self, chain: ChainId) -> Option<watch::Receiver<u64>> {
        Some(self.heights.get(&chain)?.subscribe())
    }
}
