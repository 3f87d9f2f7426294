//! A devnet with the API in front of it.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use ddvs_api::{ApiState, Feed, Settings, router, serve};
use ddvs_client::Live;
use ddvs_client::MASTERCHAIN;
use ddvs_devnet::{Devnet, DevnetOptions, GLOBAL_ID, Keys, Running};
use ddvs_jrpc::{ChainDescription, JrpcNetwork, NetworkDescription};
use ddvs_ledger::ChainStatus;
pub use ddvs_types::COIN;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::http::Http;

/// Genesis validators of each workchain.
pub const VALIDATORS: u16 = 3;

/// A server and the network behind it.
pub struct Server {
    pub http: Http,
    pub url: String,
    pub keys: Keys,
    pub running: Running,
    stop: watch::Sender<bool>,
    runtime: Option<Runtime>,
}

/// Limits that no test meets by accident.
pub fn unlimited() -> Settings {
    Settings {
        requests_per_second: 0,
        ..Settings::default()
    }
}

impl Server {
    /// With limits that no test meets by accident.
    pub fn start() -> Self {
        Self::limited(unlimited())
    }

    /// With these limits.
    pub fn limited(settings: Settings) -> Self {
        Self::with(settings, |running| Arc::new(running.live.clone()))
    }

    pub fn with(settings: Settings, live: impl FnOnce(&Running) -> Arc<dyn Live>) -> Self {
        Self::with_feed(settings, live, |running| running.feed.clone())
    }

    pub fn with_feed(
        mut settings: Settings,
        live: impl FnOnce(&Running) -> Arc<dyn Live>,
        feed: impl FnOnce(&Running) -> Feed,
    ) -> Self {
        let options = DevnetOptions {
            validators: VALIDATORS,
            block_time_ms: 50,
            ..DevnetOptions::default()
        };
        settings.names = Arc::new(ddvs_devnet::names(&options, false).unwrap());
        let count = usize::from(options.workchains) * usize::from(VALIDATORS);
        let keys = Keys::from_seed(options.seed, count);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let start = u32::try_from(now.as_secs()).unwrap();
        let devnet = Devnet::new(&options, &keys, start).unwrap();
        let running = Running::start(devnet.network().unwrap()).unwrap();
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let (stop, mut stopped) = watch::channel(false);
        let state = ApiState::new(
            live(&running),
            running.index.clone(),
            feed(&running),
            running.metrics.clone(),
            settings.clone(),
            stopped.clone(),
        );
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let guard = runtime.enter();
        let router = router(state, Router::new());
        runtime.spawn(serve(router, listener, settings, async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        }));
        drop(guard);
        Self {
            http: Http::new(&url),
            url,
            keys,
            running,
            stop,
            runtime: Some(runtime),
        }
    }

    /// The network as seen by our own client of nodes.
    pub fn connect(&self) -> JrpcNetwork {
        let identity = self.running.index.identity();
        let chains = identity.delectors.iter();
        let description = NetworkDescription {
            global_id: GLOBAL_ID,
            chains: chains
                .map(|(&id, delector)| ChainDescription {
                    id,
                    delector: delector.clone(),
                })
                .collect(),
            endpoints: vec![format!("{}/rpc", self.url)],
        };
        let settings = ddvs_jrpc::Settings {
            poll_interval: Duration::from_millis(20),
            ..ddvs_jrpc::Settings::default()
        };
        JrpcNetwork::connect(description, settings).unwrap()
    }

    /// Waits until something is so.
    pub fn until<T>(&self, what: &str, mut look: impl FnMut(&Http) -> Option<T>) -> T {
        let begin = Instant::now();
        loop {
            if let Some(found) = look(&self.http) {
                return found;
            }
            assert!(
                begin.elapsed() < Duration::from_secs(60),
                "waited for {what}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the index is up to date with the network.
    pub fn settle(&self) {
        let chains = self.running.index.identity().delectors.keys();
        for &chain in chains {
            let height = self.running.live.head(chain).map_or(0, |head| head.seqno);
            self.until("the index", |_| {
                let head = self.running.index.read().unwrap().head(chain).unwrap();
                head.filter(|head| head.at.seqno >= height)
            });
        }
    }

    /// Height of a chain, from the network itself.
    pub fn status(&self, chain: i8) -> ChainStatus {
        self.running
            .live
            .read()
            .network()
            .chain_status(chain)
            .unwrap()
    }

    /// Tells streams and the server to end.
    pub fn stop(&self) {
        self.stop.send(true).unwrap();
    }

    pub fn delector(&self, chain: i8) -> String {
        self.running.index.identity().delectors[&chain].to_string()
    }

    pub fn main_delector(&self) -> String {
        self.delector(MASTERCHAIN)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}
