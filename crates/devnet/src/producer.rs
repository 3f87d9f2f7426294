//! Makes blocks when they are due by the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ddvs_api::metrics::Metrics;
use ddvs_api::{EmbeddedLive, Feeder};
use ddvs_client::{Backend, ClientError};
use ddvs_index::observe;

/// Longest sleep: how long it may take to notice that it shall stop.
const NAP: Duration = Duration::from_millis(50);

/// When blocks are later than this (the machine slept, or had other things to do), the time between is left out instead
/// of made up for by blocks in a hurry.
const MAX_LATE_MS: u64 = 2_000;

/// Starts the thread.
///
/// Fails when the system has none to give.
pub(super) fn start(
    live: EmbeddedLive,
    feeder: Feeder,
    metrics: Arc<Metrics>,
    stop: Arc<AtomicBool>,
) -> std::io::Result<JoinHandle<()>> {
    thread::Builder::new()
        .name("blocks".to_owned())
        .spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                if let Err(error) = turn(&live, &feeder, &metrics) {
                    tracing::error!(%error, "no more blocks can be made");
                    feeder.fail(&error.to_string());
                    return;
                }
            }
        })
}

/// Makes one block, or waits a little.
fn turn(live: &EmbeddedLive, feeder: &Feeder, metrics: &Metrics) -> Result<(), ClientError> {
    let due = live.read().network().next_due();
    let now_ms = unix_ms();
    let late_ms = match due {
        Some((due_ms, _)) if due_ms <= now_ms => now_ms - due_ms,
        Some((due_ms, _)) => {
            thread::sleep(NAP.min(Duration::from_millis(due_ms - now_ms)));
            return Ok(());
        }
        None => {
            thread::sleep(NAP);
            return Ok(());
        }
    };
    let begin = Instant::now();
    let made = {
        let mut network = live.write();
        if late_ms > MAX_LATE_MS {
            network.network_mut().pass_until(now_ms);
        }
        network.next_block()?
    };
    metrics.made(begin.elapsed(), Duration::from_millis(late_ms));
    let Some(block) = made else {
        return Ok(());
    };
    // Only this thread makes blocks, so the accounts are still as this one left them.
    let observed = {
        let network = live.read();
        let cursor = network.cursor()?;
        observe(&*network, block, cursor)?
    };
    tracing::debug!(
        chain = observed.block.chain,
        block = observed.block.seqno,
        transactions = observed.block.transactions.len(),
        "block"
    );
    feeder.push(observed);
    Ok(())
}

/// The clock.
pub(super) fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
