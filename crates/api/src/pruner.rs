//! Removes old data while the network runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ddvs_index::{Index, IndexError, Keep};

use crate::feed::Feeder;

/// Time between two searches for old data.
const EVERY: Duration = Duration::from_secs(1);
/// How often the stop flag is checked.
const NAP: Duration = Duration::from_millis(25);
/// Number of rows removed at a time: new blocks wait no longer than for these.
const LOT: usize = 500;
/// Pause between two removals, in which blocks are written.
const PAUSE: Duration = Duration::from_millis(5);

impl Feeder {
    /// Starts the thread, which ends when `stop` is set; none where everything is kept.
    ///
    /// Fails when the system cannot start a thread.
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
            // the indexing thread reports a broken store
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
