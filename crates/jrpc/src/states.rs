//! States of accounts, cached for times when no node shows their workchain.
//!
//! A node shows the workchain whose newest block is the latest. So the hidden one is the less busy one, and most accounts
//! there have not changed since it was last shown. An account changes only by its transactions, and the list of these
//! distinguishes chains: while the last transaction is that of a cached state, the state is current.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ddvs_client::AccountView;
use tycho_types::models::StdAddr;

use crate::memory::Remembered;

/// Maximum number of cached states.
const MAX_STATES: usize = 4_096;
/// Maximum size of a cached state in bytes, except a D'Elector's.
const MAX_STATE_BYTES: u64 = 64 << 10;
/// Maximum age of a cached state. Nodes forget transactions after days; without them nothing shows that a state is
/// old.
const MAX_AGE: Duration = Duration::from_secs(24 * 3_600);

#[derive(Debug)]
struct Kept {
    view: AccountView,
    read_at: Instant,
}

/// Cached states; a clone shares the same cache.
#[derive(Debug, Clone)]
pub(crate) struct States(Arc<Mutex<Remembered<StdAddr, Kept>>>);

impl Default for States {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Remembered::new(MAX_STATES))))
    }
}

impl States {
    /// Caches a state that a node showed, replacing an older one.
    pub fn keep(&self, view: &AccountView, is_delector: bool) {
        let bits = view
            .account
            .as_ref()
            .map_or(0, |account| account.storage_stat.used.bits.into_inner());
        if !is_delector && bits / 8 > MAX_STATE_BYTES {
            return;
        }
        let mut states = self.lock();
        let newer = |kept: &Kept| kept.view.last_transaction_lt > view.last_transaction_lt;
        if !states.get(&view.address).is_some_and(newer) {
            let kept = Kept {
                view: view.clone(),
                read_at: Instant::now(),
            };
            states.insert(view.address.clone(), kept);
        }
    }

    /// Returns the state of an account, if it is known to be the one after its last transaction.
    pub fn current(&self, address: &StdAddr, last_lt: u64) -> Option<AccountView> {
        let states = self.lock();
        let kept = states.get(address)?;
        let holds = kept.view.last_transaction_lt >= last_lt && kept.read_at.elapsed() < MAX_AGE;
        holds.then(|| kept.view.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Remembered<StdAddr, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
