//! Report of a load.

use serde::Serialize;

use super::LoadOptions;
use super::client::Client;
use crate::BenchError;

/// All phases.
#[derive(Debug, Serialize)]
pub struct LoadReport {
    /// The network's genesis.
    pub genesis: String,
    /// Accounts that the server knows.
    pub accounts: u64,
    /// Processors of this machine, which callers and server share.
    pub processors: usize,
    /// Number of concurrent connections.
    pub connections: usize,
    /// Wallets that sent.
    pub wallets: usize,
    /// Requested rate per second, if any.
    pub rate_per_s: Option<u32>,
    /// In the order in which they ran.
    pub phases: Vec<PhaseReport>,
}

/// A phase.
#[derive(Debug, Serialize)]
pub struct PhaseReport {
    /// The kind of request.
    pub name: String,
    /// Duration.
    pub time_ms: u64,
    /// By kind of request.
    pub requests: Vec<RequestReport>,
    /// Accepted messages that their wallets executed, each once.
    pub executed: Option<u64>,
    /// The blocks made meanwhile.
    pub blocks: BlockTimes,
}

/// Requests of one kind.
#[derive(Debug, Serialize)]
pub struct RequestReport {
    /// The method.
    pub method: String,
    /// Requests that were answered as they should be.
    pub answered: u64,
    /// Answered requests per second.
    pub per_s: f64,
    /// Median of the times until the whole answer was there; with a rate, since it was due.
    pub p50_ms: f64,
    /// 99th percentile of these times.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// Messages that came before their wallet's last one was executed, and were sent again.
    pub refused: u64,
    /// Time that connections waited because all wallets had a message in flight: more wallets would achieve more.
    pub held_back_ms: u64,
}

/// Times between two blocks of a chain, all chains together, as reported to a listener.
#[derive(Debug, Serialize)]
pub struct BlockTimes {
    /// Blocks.
    pub blocks: u64,
    /// Mean.
    pub mean_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// Mean of the times that it took to make one; 0 where the server does not make blocks itself.
    pub make_ms: f64,
}

impl LoadReport {
    pub(super) fn new(options: &LoadOptions, base: &Client) -> Result<Self, BenchError> {
        let network = base.json("/api/v1/network")?;
        let processors = std::thread::available_parallelism();
        Ok(Self {
            genesis: network["genesis"].as_str().unwrap_or_default().to_owned(),
            accounts: network["counts"]["accounts"]
                .as_u64()
                .or(network["accounts"].as_u64())
                .unwrap_or(0),
            processors: processors.map_or(0, std::num::NonZero::get),
            connections: options.connections,
            wallets: options.wallets,
            rate_per_s: options.rate_per_s,
            phases: Vec::new(),
        })
    }

    /// By how much the longest mean block time of a phase under load passes that at rest, in per cent.
    pub fn block_time_rise_percent(&self) -> f64 {
        let mean = |wants_load: bool| {
            let phases = self
                .phases
                .iter()
                .filter(move |phase| phase.requests.is_empty() != wants_load);
            phases.map(|phase| phase.blocks.mean_ms)
        };
        let rest = mean(false).sum::<f64>() / mean(false).count().max(1) as f64;
        let longest = mean(true).fold(0.0, f64::max);
        (longest / rest.max(f64::MIN_POSITIVE) - 1.0) * 100.0
    }

    /// Whether every message that was accepted was executed, once.
    pub fn is_exact(&self) -> bool {
        let sent = self
            .phases
            .iter()
            .filter_map(|phase| Some((phase.executed?, phase.accepted())));
        sent.into_iter()
            .all(|(executed, accepted)| executed == accepted)
    }
}

impl PhaseReport {
    /// Messages that the server accepted.
    pub fn accepted(&self) -> u64 {
        let sends = self
            .requests
            .iter()
            .filter(|request| request.method == "sendBoc");
        sends.map(|request| request.answered).sum()
    }
}

/// Median, 99th per cent and longest; zeros of nothing.
pub(crate) fn spread(values: &mut [f64]) -> (f64, f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    let at = |percent: usize| {
        let place = values.len().saturating_sub(1) * percent / 100;
        values.get(place).copied().unwrap_or(0.0)
    };
    (at(50), at(99), at(100))
}
