//! Response times of the API's pages on a large network: thousands of accounts, validators and stakes, in an index on disk.
//!
//! Accounts and validators come from a zerostate, through the same code that a devnet uses. Stakes are real transactions of
//! the contracts. The server is the real one, on loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use ddvs_api::metrics::Metrics;
use ddvs_api::{ApiState, Feed, Feeder, Settings};
use ddvs_client::{Backend, Live};
use ddvs_embedded::EmbeddedLive;
use ddvs_embedded::EmbeddedNetwork;
use ddvs_index::{Identity, Index, observe};
use ddvs_types::COIN;
use serde::Serialize;
use tokio::sync::watch;
use tycho_types::models::StdAddr;

use crate::load::client::Client;
use crate::load::report::spread;
use crate::{BenchError, Crowd};

/// Gas of a block, for many stakes in few blocks.
const BLOCK_GAS: u64 = 100_000_000;
/// Coins that each user stakes.
const STAKE_NANO: u128 = 20 * COIN;
/// Number of stakes that are sent at a time.
const LOT: usize = 250;

/// Size of the network, and number of requests for each page.
#[derive(Debug, Clone)]
pub struct PagesOptions {
    /// Total number of accounts; half of those that are no validator's are DePool Wallets.
    pub accounts: u32,
    /// Validators, each with a Root and a DePool Wallet, all of them in the set.
    pub validators: u16,
    /// Number of users who stake with one Root.
    pub stakes: u32,
    /// Number of requests for each page.
    pub rounds: u32,
}

/// Results.
#[derive(Debug, Serialize)]
pub struct PagesReport {
    /// Accounts in the index.
    pub accounts: u64,
    /// Members of the workchain's set.
    pub validators: u64,
    /// Transactions in the index.
    pub transactions: u64,
    /// Events in the index.
    pub events: u64,
    /// Time to index the accounts, in ms.
    pub seed_ms: f64,
    /// Time to index the blocks, in ms.
    pub take_ms: f64,
    /// Each page.
    pub pages: Vec<PageTime>,
}

/// Response time of a page on one connection, including the whole body.
#[derive(Debug, Serialize)]
pub struct PageTime {
    /// Path and query.
    pub path: String,
    /// Length of the answer.
    pub bytes: usize,
    /// The first time.
    pub first_ms: f64,
    /// Median of all.
    pub p50_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
}

/// Builds the network, its index and a server, and requests pages.
///
/// Fails when the network cannot exist, or an answer is an error.
pub fn pages(
    options: &PagesOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<PagesReport, BenchError> {
    let own = 2 * u32::from(options.validators);
    let users = options.accounts.saturating_sub(own) / 2;
    let stakes = usize::try_from(options.stakes.min(users)).unwrap_or(usize::MAX);
    progress(&format!(
        "building {} validators and {users} users",
        options.validators
    ));
    let mut crowd = Crowd::with_validators(users, BLOCK_GAS, options.validators)?;
    let owners: Vec<_> = crowd
        .users
        .iter()
        .map(|user| user.address().clone())
        .collect();
    let root = crowd.roots[0].address().clone();

    progress("taking in the accounts");
    let dir = tempfile::tempdir().map_err(anyhow::Error::from)?;
    let start = EmbeddedNetwork::new(crowd.network.clone());
    let index = Index::open(&dir.path().join("index.redb"), Identity::read(&start)?)?;
    let begin = Instant::now();
    seed(&start, &index)?;
    let seed_ms = begin.elapsed().as_secs_f64() * 1e3;
    drop(start);

    progress(&format!("staking {stakes} times"));
    let (mut take_ms, mut cursor) = (0.0, 0);
    for first in (0..stakes).step_by(LOT) {
        let messages = crowd.stakes(first..(first + LOT).min(stakes), 0, STAKE_NANO)?;
        let blocks = crowd.run(messages)?;
        let network = EmbeddedNetwork::new(crowd.network.clone());
        let begin = Instant::now();
        for block in blocks {
            cursor += 1;
            index.take(&[observe(&network, block, cursor)?], false)?;
        }
        take_ms += begin.elapsed().as_secs_f64() * 1e3;
    }
    index.take(&[], true)?;

    let server = Server::start(crowd.network, index.clone())?;
    let paths = Paths {
        index: &index,
        root,
        staker: owners.first().cloned(),
        other: owners.last().cloned(),
    };
    let client = Client::new(&format!("http://{}", server.address));
    let mut measured = Vec::new();
    for path in paths.all()? {
        progress(&path);
        measured.push(time(&client, path, options.rounds)?);
    }
    let reader = index.read()?;
    let set = reader.sets(0, None, 1)?.pop();
    Ok(PagesReport {
        accounts: reader.count("accounts")?,
        validators: set.map_or(0, |set| set.members.len() as u64),
        transactions: reader.count("transactions")?,
        events: reader.last_event()?,
        seed_ms,
        take_ms,
        pages: measured,
    })
}

fn seed(network: &EmbeddedNetwork, index: &Index) -> Result<(), BenchError> {
    for chain in network.chains()? {
        let accounts = network.accounts(chain.id)?;
        index.seed(chain.id, network.now_ms()?, accounts.into_iter())?;
    }
    Ok(())
}

fn time(client: &Client, path: String, rounds: u32) -> Result<PageTime, BenchError> {
    let mut times = Vec::new();
    let mut bytes = 0;
    for _ in 0..rounds.max(1) {
        let begin = Instant::now();
        bytes = client.length(&path)?;
        times.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    let first_ms = times.first().copied().unwrap_or(0.0);
    let (p50_ms, p99_ms, _) = spread(&mut times);
    Ok(PageTime {
        path,
        bytes,
        first_ms,
        p50_ms,
        p99_ms,
    })
}

/// The requested pages.
struct Paths<'a> {
    index: &'a Index,
    root: StdAddr,
    staker: Option<StdAddr>,
    other: Option<StdAddr>,
}

impl Paths<'_> {
    fn all(&self) -> Result<Vec<String>, BenchError> {
        let reader = self.index.read()?;
        let root = &self.root;
        let mut paths: Vec<_> = [
            "chains",
            "chains/0/validators",
            "chains/0/validators/changes",
            "chains/0/stake",
            "chains/0/blocks",
            "pools",
            "pools?limit=1000",
            "wallets",
            "accounts",
            "accounts?limit=1000",
            "batches?origin=0",
            "batches/0/1",
            "events",
            "events?kinds=lock&limit=50",
            "search?q=5",
        ]
        .map(|path| format!("/api/v1/{path}"))
        .to_vec();
        paths.extend([
            format!("/api/v1/pools/{root}"),
            format!("/api/v1/pools/{root}/stakers"),
            format!("/api/v1/search?q={root}"),
            format!("/api/v1/accounts/{root}/transactions"),
            format!("/api/v1/events?account={root}&limit=50"),
        ]);
        for owner in self.staker.iter().chain(&self.other) {
            paths.push(format!("/api/v1/wallets?owner={owner}"));
            paths.push(format!("/api/v1/accounts/{owner}"));
            paths.push(format!("/api/v1/accounts/{owner}/transactions"));
        }
        if let Some(key) = reader.pool(root)?.and_then(|pool| pool.key) {
            paths.push(format!("/api/v1/search?q={key}"));
            paths.push(format!("/api/v1/pools?key={key}"));
            paths.push(format!("/api/v1/chains/0/validators/{key}/history"));
        }
        if let Some(transaction) = reader.transactions(root, None, 1)?.pop() {
            paths.push(format!("/api/v1/search?q={}", transaction.hash));
            paths.push(format!("/api/v1/messages/{}/tree", transaction.in_message));
        }
        Ok(paths)
    }
}

/// The API in front of a network that makes no blocks.
struct Server {
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
    _feeder: Feeder,
    _shutdown: watch::Sender<bool>,
}

impl Server {
    fn start(network: ddvs_ledger::Network, index: Index) -> Result<Self, BenchError> {
        let metrics = Arc::new(Metrics::default());
        let (feeder, feed, _) = Feeder::start(index.clone(), metrics.clone())?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(anyhow::Error::from)?;
        let (shutdown, told) = watch::channel(false);
        let live = EmbeddedLive::new(EmbeddedNetwork::new(network));
        let state = state(live, index, feed, metrics, told);
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .map_err(anyhow::Error::from)?;
        let address = listener.local_addr().map_err(anyhow::Error::from)?;
        let inside = runtime.enter();
        let router = ddvs_api::router(state, axum::Router::new());
        runtime.spawn(ddvs_api::serve(
            router,
            listener,
            ddvs_api::Settings::default(),
            std::future::pending(),
        ));
        drop(inside);
        Ok(Self {
            address,
            _runtime: runtime,
            _feeder: feeder,
            _shutdown: shutdown,
        })
    }
}

fn state(
    live: EmbeddedLive,
    index: Index,
    feed: Feed,
    metrics: Arc<Metrics>,
    told: watch::Receiver<bool>,
) -> ApiState {
    let settings = Settings {
        requests_per_second: 0,
        ..Settings::default()
    };
    ApiState::new(Arc::new(live), index, feed, metrics, settings, told)
}
