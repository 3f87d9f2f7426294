//! Traffic: wallets that pay and stake continuously, and the outcome of their messages.

mod run;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use anyhow::{Context, Result, bail};
use ddvs_tycho::Layout;
use ddvs_types::COIN;
use serde::Serialize;

use self::run::Run;
use crate::crew::{Crew, connect};
use crate::spread::Spread;

/// Value of a payment.
const GIFT_NANO: u128 = COIN / 1_000;

/// Options of the load.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    /// Number of wallets, distributed over the workchains.
    pub wallets: u16,
    /// Maximum number of messages signed per second, for all wallets together.
    pub rate_per_s: f64,
    /// Every n-th message of a wallet is a stake; 0 for payments only, 1 for stakes only.
    pub stake_every: u32,
    /// Seed of the wallets.
    pub seed: u64,
}

/// Outcome of the load.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LoadReport {
    /// Messages signed.
    pub sent: u64,
    /// Messages executed by their wallet.
    pub executed: u64,
    /// Stakes among them.
    pub stakes: u64,
    /// Messages that were resent because no transaction was found in time.
    pub sent_again: u64,
    /// Messages that expired or were rejected.
    pub lost: u64,
    /// Seconds from the signature until the transaction was found.
    pub latency_s: Spread,
    /// Coins that arrived at the payments' receivers, minus their storage fees, in nano.
    pub arrived_nano: u128,
    /// Coins sent by the executed payments, in nano.
    pub expected_nano: u128,
    /// Locked stakes, in nano.
    pub locked_nano: u128,
    /// Executed stakes, in nano.
    pub staked_nano: u128,
    /// Seconds for which messages were signed.
    pub duration_s: f64,
}

impl LoadReport {
    /// Whether every message was executed exactly once.
    pub fn is_exact(&self) -> bool {
        self.lost == 0
            && self.sent == self.executed
            && self.has_arrived()
            && self.locked_nano == self.staked_nano
    }

    /// Whether all payments arrived, and none twice: the storage fees of their receivers are less than one payment.
    fn has_arrived(&self) -> bool {
        let least = self.expected_nano.saturating_sub(GIFT_NANO - 1);
        (least..=self.expected_nano).contains(&self.arrived_nano)
    }
}

/// Load that is running.
#[derive(Debug)]
pub struct Load {
    stops: Arc<AtomicBool>,
    thread: JoinHandle<Result<LoadReport>>,
}

impl Load {
    /// Funds the wallets, and starts.
    ///
    /// Fails only when the coins do not arrive.
    pub fn start(layout: &Layout, crew: &Crew, options: &LoadOptions) -> Result<Self> {
        let mut backend = connect(layout)?;
        let roots = crew.pools.iter().map(|pool| pool.root.clone()).collect();
        let mut run = Run::new(crew, &backend, roots, options)?;
        run.fund(crew, &mut backend)?;
        let stops = Arc::new(AtomicBool::new(false));
        let stop = stops.clone();
        let options = options.clone();
        let thread = std::thread::spawn(move || {
            run.send_until(&stop, &options, &mut backend)?;
            run.settle(&backend)?;
            Ok(run.report)
        });
        Ok(Self { stops, thread })
    }

    /// Stops it, and waits for messages in flight.
    ///
    /// Fails when the load could not continue.
    pub fn stop(self) -> Result<LoadReport> {
        self.stops.store(true, Ordering::Relaxed);
        match self.thread.join() {
            Ok(report) => report.context("the load"),
            Err(_) => bail!("the load ended by a panic"),
        }
    }
}
