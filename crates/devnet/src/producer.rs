//! Makes blocks when they are due by the network's time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use ddvs_api::metrics::Metrics;
use ddvs_api::{Feed, Feeder, priority};
use ddvs_client::{Backend, Block, ChainId};
use ddvs_embedded::EmbeddedLive;
use ddvs_embedded::EmbeddedNetwork;
use ddvs_index::{Observed, observe};
use ddvs_ledger::Fault;

use crate::budget::Budget;
use crate::clock::Clock;
use crate::store::Store;
use crate::store::journal::Journal;

/// Maximum sleep, and so the delay of noticing the stop flag.
const NAP: Duration = Duration::from_millis(50);

/// Delay above which the missed time is skipped (the machine slept, or was busy) instead of catching up with a burst
/// of blocks.
const MAX_LATE_MS: u64 = 2_000;

/// Timeout of one round of making blocks before the thread is reported as stalled.
const STANDSTILL: Duration = Duration::from_secs(15);

/// Stores blocks before they become visible.
#[derive(Debug)]
pub(super) struct Keeper {
    pub store: Store,
    pub journal: Arc<Journal>,
    /// Position of the index.
    pub feed: Feed,
}

impl Keeper {
    fn keep(&mut self, network: &EmbeddedNetwork, made: &[Observed]) -> Result<()> {
        let indexed = self.feed.tip().borrow().durable;
        // all of these messages were queued before the blocks were made
        let turn = self.journal.turned();
        self.store.keep(&network.network(), made, indexed, turn)?;
        self.journal.forget(turn)?;
        Ok(())
    }
}

/// Starts the thread.
///
/// Fails when the system cannot start a thread.
pub(super) fn start(
    live: EmbeddedLive,
    feeder: &Feeder,
    mut keeper: Option<Keeper>,
    metrics: Arc<Metrics>,
    stop: Arc<AtomicBool>,
) -> std::io::Result<JoinHandle<()>> {
    let mut clock = Clock::from(live.read().network().now_ms());
    let told = stop.clone();
    feeder.spawn("blocks", stop, move |feeder| {
        priority::favour();
        let mut budget = Budget::default();
        while !told.load(Ordering::Relaxed) {
            feeder.beat("blocks", STANDSTILL);
            let now_ms = clock.now_ms();
            turn(
                &live,
                feeder,
                keeper.as_mut(),
                &metrics,
                now_ms,
                &mut budget,
            )
            .context("no more blocks can be made")?;
        }
        Ok(())
    })
}

/// Makes the blocks that are due, at most one of each chain, or waits a little.
fn turn(
    live: &EmbeddedLive,
    feeder: &Feeder,
    keeper: Option<&mut Keeper>,
    metrics: &Metrics,
    now_ms: u64,
    budget: &mut Budget,
) -> Result<()> {
    let due = live.read().network().next_due();
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
    let mut network = live.write();
    if late_ms > MAX_LATE_MS {
        network.network_mut().pass_until(now_ms);
    }
    let mut made: Vec<Observed> = Vec::new();
    loop {
        let due = network.network().next_due();
        let Some((due_ms, chain)) = due else { break };
        if due_ms > now_ms || made.iter().any(|made| made.block.chain == chain) {
            break;
        }
        let begin = Instant::now();
        let block = make(&mut network, chain, budget)?;
        metrics.made(begin.elapsed(), Duration::from_millis(now_ms - due_ms));
        let cursor = network.cursor()?;
        let observed = observe(&*network, block, cursor)?;
        tracing::debug!(
            chain = observed.block.chain,
            block = observed.block.seqno,
            transactions = observed.block.transactions.len(),
            "block"
        );
        tell_faults(&observed.block);
        made.push(observed);
    }
    if let Some(keeper) = keeper {
        let begin = Instant::now();
        keeper.keep(&network, &made)?;
        metrics.kept(begin.elapsed());
    }
    // from here on others see the blocks
    drop(network);
    for observed in made {
        feeder.push(observed);
    }
    Ok(())
}

/// Logs the messages on which the engine failed. They ended with that; the chain continues.
fn tell_faults(block: &Block) {
    let dropped = block.dropped.iter().map(|m| (&m.hash, &m.fault));
    let returned = block.returned.iter().map(|m| (&m.hash, &m.fault));
    for (message, fault) in dropped.chain(returned) {
        if let Some(fault) = fault {
            tracing::error!(
                chain = block.chain,
                block = block.seqno,
                %message,
                fault,
                "the engine failed on a message, which ended without a transaction: please report it"
            );
        }
    }
}

/// Makes the next block of a chain, with as many messages as fit into its time.
fn make(
    network: &mut EmbeddedNetwork,
    chain: ChainId,
    budget: &mut Budget,
) -> Result<Arc<Block>, Fault> {
    let begin = Instant::now();
    let ledger = network.network_mut();
    let status = ledger.chain_status(chain);
    let block_time = status.map_or(Duration::ZERO, |status| {
        Duration::from_millis(status.block_time_ms)
    });
    let time = budget.of(chain, block_time, ledger.chain_ids().len());
    let block = ledger.produce_block_while(chain, &mut |_| begin.elapsed() < time)?;
    budget.took(chain, begin.elapsed());
    Ok(block)
}
