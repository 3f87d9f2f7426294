//! Load on a server's API: requests and messages per second, response times, and the effect on block production.
//!
//! The server is a running one, reached over HTTP. Phases follow each other: idle, each kind of request alone, all together,
//! a low rate alone and beside endless get methods, idle again. In each phase the times of the chains' blocks are measured by
//! a listener to the server's events.

mod blocks;
pub(crate) mod client;
mod hostile;
mod phase;
pub(crate) mod report;
mod wallets;

use std::time::Duration;

use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Settings};
use tycho_types::models::StdAddr;

pub use report::{BlockTimes, LoadReport, PhaseReport, RequestReport};

use crate::BenchError;
use client::{Client, Request};
use phase::{Kind, Phase, Source};
use wallets::{Money, Wallets};

/// Options of the measurement.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    /// The server, such as `http://127.0.0.1:8080`.
    pub url: String,
    /// Secret key of an account on workchain 0 whose coins are spent.
    pub faucet: [u8; 32],
    /// Length of each phase.
    pub time: Duration,
    /// Number of concurrent connections; each waits for its answer before the next request.
    pub connections: usize,
    /// Number of sending wallets. Each has one message in flight at a time.
    pub wallets: usize,
    /// Messages that are signed in advance for each wallet and phase. With them a phase of messages ends early.
    pub messages_each: u32,
    /// Requests a second of all connections together; without, as many as are answered.
    pub rate_per_s: Option<u32>,
    /// Another number, other wallets.
    pub seed: u64,
}

/// Phases with a low rate, so that requests do not wait for each other.
const FEW: &str = "few questions";
const BESIDE_ENDLESS: &str = "few, beside endless get methods";
/// Questions a second then.
const FEW_PER_S: u32 = 200;

/// Number of accounts that are queried in turn.
const MAX_ACCOUNTS: usize = 1_000;

/// Measures a server.
///
/// Fails when the network is none of ddvs, when the faucet has too few coins, or when an answer is an error: a figure of errors would mean
/// nothing.
pub fn load(
    options: &LoadOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<LoadReport, BenchError> {
    let settings = Settings {
        poll_interval: Duration::from_millis(30),
        ..Settings::default()
    };
    let description = NetworkDescription::discover(&options.url, &settings)?;
    let mut backend = JrpcNetwork::connect(description, settings)?;
    let base = Client::new(&options.url);
    let asked = Asked::find(&base)?;
    progress(&format!("opening {} wallets", options.wallets));
    let money = Money {
        faucet: options.faucet,
        rounds: 2 * options.messages_each,
    };
    let mut wallets = Wallets::open(&mut backend, &base, options.wallets, options.seed, &money)?;
    let mut report = LoadReport::new(options, &base)?;
    let calls = hostile::deploy(&mut backend, &wallets.faucet)?;
    let kinds = [
        ("rest", Vec::new()),
        ("getAddressInformation", vec![Kind::Account]),
        ("runGetMethod", vec![Kind::Getter]),
        ("sendBoc", vec![Kind::Send]),
        ("all three", vec![Kind::Account, Kind::Getter, Kind::Send]),
        (FEW, vec![Kind::Account]),
        (BESIDE_ENDLESS, vec![Kind::Account]),
        ("rest again", Vec::new()),
    ];
    for (name, kinds) in kinds {
        let sends = kinds.contains(&Kind::Send);
        let messages = match sends {
            true => {
                progress(&format!(
                    "signing {} messages",
                    wallets.len() * options.messages_each as usize
                ));
                wallets.sign(&mut backend, options.messages_each)?
            }
            false => Vec::new(),
        };
        progress(&format!(
            "measuring {:.0} s: {name}",
            options.time.as_secs_f64()
        ));
        let sources = kinds.iter().map(|kind| match kind {
            Kind::Account => Source::Fixed(asked.accounts.clone()),
            Kind::Getter => Source::Fixed(asked.getters.clone()),
            Kind::Send => Source::Once(messages.clone()),
        });
        let phase = Phase {
            name,
            kinds: kinds.iter().copied().zip(sources).collect(),
            options,
            rate_per_s: match name {
                FEW | BESIDE_ENDLESS => Some(FEW_PER_S),
                _ => options.rate_per_s,
            },
            hostile: match name {
                BESIDE_ENDLESS => &calls,
                _ => &[],
            },
            gap: 3 * base.block_time()?,
        };
        let before = wallets.executed(&backend)?;
        let mut measured = phase.run()?;
        if sends {
            measured.executed = Some(wallets.settle(&mut backend, before, measured.accepted())?);
        }
        report.phases.push(measured);
    }
    Ok(report)
}

/// Targets of the requests: accounts and get methods of the network itself.
struct Asked {
    accounts: Vec<Request>,
    getters: Vec<Request>,
}

impl Asked {
    fn find(base: &Client) -> Result<Self, BenchError> {
        let listed = |path: &str| -> Result<Vec<StdAddr>, BenchError> {
            let page = base.json(path)?;
            let items = page["items"].as_array().cloned().unwrap_or_default();
            let address = |item: &serde_json::Value| item["address"].as_str()?.parse().ok();
            Ok(items
                .iter()
                .filter_map(address)
                .take(MAX_ACCOUNTS)
                .collect())
        };
        let (accounts, pools) = (
            listed("/api/v1/accounts?limit=1000")?,
            listed("/api/v1/pools?limit=1000")?,
        );
        if accounts.is_empty() || pools.is_empty() {
            return Err(BenchError::NotDone(
                "the network has no accounts or no pools to ask for".into(),
            ));
        }
        let get = |path: String| Request { path, body: None };
        Ok(Self {
            accounts: accounts
                .iter()
                .map(|address| {
                    get(format!(
                        "/toncenter/v2/getAddressInformation?address={address}"
                    ))
                })
                .collect(),
            getters: pools
                .iter()
                .map(|pool| {
                    get(format!(
                        "/toncenter/v2/runGetMethod?address={pool}&method=totals"
                    ))
                })
                .collect(),
        })
    }
}
