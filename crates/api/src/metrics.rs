//! Prometheus metrics.

use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use ddvs_index::Observed;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of response times, in seconds.
const ANSWER_S: [f64; 12] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0,
];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    path: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Path {
    path: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Chain {
    chain: i8,
}

/// All metrics of one server.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    answers: Family<Answer, Counter>,
    answer_time: Family<Path, Histogram, fn() -> Histogram>,
    streams: Gauge<i64, AtomicI64>,
    height: Family<Chain, Gauge<i64, AtomicI64>>,
    block_time: Family<Chain, Gauge<i64, AtomicI64>>,
    transactions: Family<Chain, Counter>,
    gas: Family<Chain, Counter>,
    index_time: Counter<f64, AtomicU64>,
    make_time: Histogram,
    keep_time: Histogram,
    late: Gauge<i64, AtomicI64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(ANSWER_S);
        let mut metrics = Self {
            registry: Registry::with_prefix("ddvs"),
            answers: Family::default(),
            answer_time: Family::new_with_constructor(histogram),
            streams: Gauge::default(),
            height: Family::default(),
            block_time: Family::default(),
            transactions: Family::default(),
            gas: Family::default(),
            index_time: Counter::default(),
            make_time: Histogram::new(ANSWER_S),
            keep_time: Histogram::new(ANSWER_S),
            late: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let r = &mut self.registry;
        r.register(
            "http_answers",
            "Answers by path and status",
            self.answers.clone(),
        );
        r.register(
            "http_answer_seconds",
            "Time until an answer began",
            self.answer_time.clone(),
        );
        r.register(
            "http_streams",
            "Open streams of events",
            self.streams.clone(),
        );
        r.register(
            "chain_height",
            "Number of a chain's last block",
            self.height.clone(),
        );
        r.register(
            "chain_block_time_ms",
            "Time of a chain's last block",
            self.block_time.clone(),
        );
        r.register(
            "chain_transactions",
            "Transactions taken in",
            self.transactions.clone(),
        );
        r.register(
            "chain_gas",
            "Gas of transactions taken in",
            self.gas.clone(),
        );
        r.register(
            "index_seconds",
            "Time spent taking in blocks",
            self.index_time.clone(),
        );
        r.register(
            "block_make_seconds",
            "Time to make a block",
            self.make_time.clone(),
        );
        r.register(
            "block_keep_seconds",
            "Time until blocks made at once were on the disk",
            self.keep_time.clone(),
        );
        r.register(
            "block_late_ms",
            "How late the last block was made",
            self.late.clone(),
        );
    }

    /// Records an answer. `path` is the route, without arguments.
    pub fn answered(&self, path: &str, status: u16, time: Duration) {
        let (path, answer) = (
            Path {
                path: path.to_owned(),
            },
            Answer {
                path: path.to_owned(),
                status,
            },
        );
        self.answers.get_or_create(&answer).inc();
        self.answer_time
            .get_or_create(&path)
            .observe(time.as_secs_f64());
    }

    /// Records blocks that were indexed.
    pub fn indexed(&self, lot: &[Observed], time: Duration) {
        self.index_time.inc_by(time.as_secs_f64());
        for block in lot.iter().map(|observed| &observed.block) {
            self.stands(block.chain, block.seqno, block.gen_time_ms);
            let chain = Chain { chain: block.chain };
            self.transactions
                .get_or_create(&chain)
                .inc_by(block.transactions.len() as u64);
            self.gas.get_or_create(&chain).inc_by(block.gas_used);
        }
    }

    /// Records a chain's last block.
    pub fn stands(&self, chain: i8, seqno: u32, time_ms: u64) {
        let chain = Chain { chain };
        self.height.get_or_create(&chain).set(seqno.into());
        let time_ms = i64::try_from(time_ms).unwrap_or(i64::MAX);
        self.block_time.get_or_create(&chain).set(time_ms);
    }

    /// Records a block that was made here.
    pub fn made(&self, time: Duration, late: Duration) {
        self.make_time.observe(time.as_secs_f64());
        self.late
            .set(i64::try_from(late.as_millis()).unwrap_or(i64::MAX));
    }

    /// Records that blocks are on disk.
    pub fn kept(&self, time: Duration) {
        self.keep_time.observe(time.as_secs_f64());
    }

    /// Records that a stream was opened (1) or closed (-1).
    pub fn stream(&self, change: i64) {
        self.streams.inc_by(change);
    }

    /// Returns all metrics as text.
    ///
    /// Fails only when they cannot be formatted.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
