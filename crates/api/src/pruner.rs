//! Lets go of what is older than somebody wants to keep, while the network runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ddvs_index::{Index, IndexError, Keep};

use crate::feed::Feeder;

/// Time between two looks for what is too old.
const EVERY: Duration = Duration::from_secs(1);
/// How often it is noticed that it shall stop.
const NAP: Duration = Duration::from_millis(25);
/// Rows that go at once: blocks that come meanwhile wait for no more than that.
const LOT: usize = 500;
/// Time between two lots, in which blocks are taken in.
const PAUSE: Duration = Duration::from_millis(5);

impl Feeder {
    /// Starts the thread, which ends when `stop` is set; none where everything is kept.
    ///
    /// Fails when the system has none to give.
    pub fn prune(
        &self,
        index: Index,
        keep: Keep,
        stop: Arc<AtomicBool>,
    ) -> std::io::Result<Option<JoinHandle<()>>> {
        if keep == Keep::All {
            return Ok(None);
        }
        let told = stop.clone();
        let thread = self.spawn("prune", stop, move |_| {
            run(&index, keep, &told);
            Ok(())
        })?;
        Ok(Some(thread))
    }
}

fn run(index: &Index, keep: Keep, stop: &AtomicBool) {
    let mut was_well = true;
    while !stop.load(Ordering::Relaxed) {
        match all(index, keep, stop) {
            Ok(()) => was_well = true,
            // the thread that fills the index tells everybody if the store is broken
            Err(error) if was_well => {
                was_well = false;
                tracing::error!(%error, "what is too old cannot be removed");
            }
            Err(_) => {}
        }
        let mut left = EVERY;
        while !left.is_zero() && !stop.load(Ordering::Relaxed) {
            thread::sleep(NAP);
            left = left.saturating_sub(NAP);
        }
    }
}

fn all(index: &Index, keep: Keep, stop: &AtomicBool) -> Result<(), IndexError> {
    while !stop.load(Ordering::Relaxed) && index.prune(keep, LOT)? {
        thread::sleep(PAUSE);
    }
    Ok(())
}
