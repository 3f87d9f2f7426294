//! Lets go of what is older than somebody wants to keep, while the network runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ddvs_api::Feeder;
use ddvs_index::{Index, Keep};

/// Time between two looks for what is too old.
const EVERY: Duration = Duration::from_secs(1);
/// How often it is noticed that it shall stop.
const NAP: Duration = Duration::from_millis(25);
/// Rows that go at once: blocks that come meanwhile wait for no more than that.
const LOT: usize = 500;
/// Time between two lots, in which blocks are taken in.
const PAUSE: Duration = Duration::from_millis(5);

/// Starts the thread.
///
/// Fails when the system has none to give.
pub(super) fn start(
    feeder: &Feeder,
    index: Index,
    keep: Keep,
    stop: Arc<AtomicBool>,
) -> std::io::Result<JoinHandle<()>> {
    let told = stop.clone();
    feeder.spawn("prune", stop, move |_| {
        let mut was_well = true;
        while !told.load(Ordering::Relaxed) {
            match all(&index, keep, &told) {
                Ok(()) => was_well = true,
                // the thread that fills the index tells everybody if the store is broken
                Err(error) if was_well => {
                    was_well = false;
                    tracing::error!(%error, "what is too old cannot be removed");
                }
                Err(_) => {}
            }
            let mut left = EVERY;
            while !left.is_zero() && !told.load(Ordering::Relaxed) {
                thread::sleep(NAP);
                left = left.saturating_sub(NAP);
            }
        }
        Ok(())
    })
}

fn all(index: &Index, keep: Keep, stop: &AtomicBool) -> Result<(), ddvs_index::IndexError> {
    while !stop.load(Ordering::Relaxed) && index.prune(keep, LOT)? {
        thread::sleep(PAUSE);
    }
    Ok(())
}
