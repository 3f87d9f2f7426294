//! A running node: threads and tasks, started and stopped together.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context, Result, bail};
use ddvs_client::OwnerWallet;
use ddvs_replica::NetworkStart;
use ddvs_types::ChainId;
use ddvs_zerostate::Zerostate;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::cell::HashBytes;

use crate::admit::Admission;
use crate::chains::{Chains, now_ms};
use crate::follow::Follower;
use crate::gossip::Gossip;
use crate::peer::Peer;
use crate::record::{NodeRecord, Records};
use crate::report::Reporter;
use crate::role::Role;
use crate::runner::{Runner, timings};
use crate::store::Store;

/// Maximum number of messages that a block processes, whatever its gas limit allows.
const MAX_BLOCK_TRANSACTIONS: usize = 10_000;
/// Evidence that waits to be written.
const MAX_EVIDENCE: usize = 1_024;

/// What a node is started with.
#[derive(Clone)]
pub struct NodeConfig {
    /// Directory of the node, of no other process.
    pub home: PathBuf,
    /// Consensus key.
    pub secret: SecretKey,
    /// Address of the HTTP interface to listen on.
    pub listen: SocketAddr,
    /// The same as other nodes reach it, `http://host:port`.
    pub http: String,
    /// Addresses of engines to listen on, `host:port`, by chain.
    pub engines: BTreeMap<ChainId, String>,
    /// The same as other nodes reach them.
    pub engines_public: BTreeMap<ChainId, String>,
    /// Address to listen on for the API and the dashboard, if they are wanted.
    pub api: Option<SocketAddr>,
    /// Account that pays for reports of validators that sign twice.
    pub reporter: Option<OwnerWallet>,
    /// How often the node signs twice, for tests.
    #[cfg(feature = "byzantine")]
    pub misbehavior: Option<ddvs_bft::Misbehavior>,
    /// Other nodes, `http://host:port`: at least one that is alive, for a node that joins.
    pub nodes: Vec<String>,
}

/// A running node.
#[derive(Debug)]
pub struct Node {
    /// All its chains.
    pub chains: Arc<Chains>,
    /// What others send to it.
    pub admission: Arc<Admission>,
    /// Address of its HTTP interface.
    pub listen: SocketAddr,
    /// Address of its API, if it has one.
    pub api: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    stops: Arc<AtomicBool>,
    tasks: JoinSet<Result<()>>,
    followers: Vec<thread::JoinHandle<()>>,
}

impl Node {
    /// Starts a node of the network with this zerostate.
    ///
    /// Fails when the home is in use, damaged or of another network, or an address cannot be listened on.
    pub async fn start(config: NodeConfig, zerostate: &Zerostate) -> Result<Self> {
        let start = NetworkStart {
            genesis: zerostate.network.genesis,
            chains: zerostate.chain_genesis(),
            start_time_ms: zerostate.start_time_ms(),
            max_block_transactions: MAX_BLOCK_TRANSACTIONS,
        };
        let block_times: BTreeMap<_, _> = (start.chains.iter())
            .map(|chain| (chain.id, chain.block_time_ms))
            .collect();
        let replicas = start.replicas().context("the network file")?;
        std::fs::create_dir_all(&config.home)
            .with_context(|| format!("making {}", config.home.display()))?;
        let genesis = zerostate.network.genesis;
        let path = config.home.join("chains.redb");
        let home = config.home.clone();
        let chains = tokio::task::spawn_blocking(move || {
            let store = Store::open(&path, &genesis)?;
            anyhow::Ok(Chains::load(store, replicas)?)
        });
        let chains = Arc::new(chains.await??);
        let records = Arc::new(Records::new(genesis));
        let pair = KeyPair::from(&config.secret);
        let key = HashBytes(pair.public_key.to_bytes());
        let admission = Arc::new(Admission {
            key,
            chains: chains.clone(),
            records: records.clone(),
            own: config.http.clone(),
            peer: Peer::default(),
            forwards: Arc::default(),
        });
        let listener = tokio::net::TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("listening on {}", config.listen))?;
        let listen = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let stops = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        let mut ends = stopped.clone();
        let router = crate::http::router(admission.clone());
        tasks.spawn(async move {
            let serve = axum::serve(listener, router);
            let serve = serve.with_graceful_shutdown(async move {
                // an error means that the node is gone
                let _ = ends.wait_for(|stops| *stops).await;
            });
            serve.await.context("serving HTTP")
        });
        let mut api = None;
        if let Some(listen) = config.api {
            let (address, serve) =
                crate::api::start(listen, admission.clone(), stopped.clone(), stops.clone())
                    .await?;
            api = Some(address);
            tasks.spawn(serve);
        }
        let own = NodeRecord::sign(
            &pair,
            &genesis,
            now_ms(),
            config.http.clone(),
            config.engines_public.clone(),
        );
        let gossip = Gossip {
            admission: admission.clone(),
            own,
            known: config.nodes.clone(),
            stops: stops.clone(),
        };
        let (evidence, seen) = mpsc::channel(MAX_EVIDENCE);
        let reporter = Reporter {
            node: admission.clone(),
            network: zerostate.network.clone(),
            directory: home.join("evidence"),
            account: config.reporter.clone(),
        };
        tasks.spawn(reporter.run(seen));
        let mut followers = vec![spawn("gossip", move || gossip.run())?];
        for chain in chains.ids().collect::<Vec<_>>() {
            let validates = Arc::new(AtomicBool::new(false));
            let follower = Follower {
                chain,
                chains: chains.clone(),
                records: records.clone(),
                known: config.nodes.clone(),
                own: config.http.clone(),
                validates: validates.clone(),
                stop: stops.clone(),
            };
            followers.push(spawn("follower", move || {
                if let Err(error) = follower.run() {
                    tracing::error!(
                        chain = follower.chain,
                        "the chain is no longer followed: {error}"
                    );
                }
            })?);
            let runner = Runner {
                chain,
                key,
                chains: chains.clone(),
                timings: timings(block_times[&chain]),
                evidence: evidence.clone(),
                records: records.clone(),
            };
            let role = Role {
                runner,
                config: config.clone(),
                home: home.clone(),
                validates,
                stop: stopped.clone(),
            };
            tasks.spawn(role.run());
        }
        Ok(Self {
            chains,
            admission,
            listen,
            api,
            stop,
            stops,
            tasks,
            followers,
        })
    }

    /// Waits until a task fails.
    ///
    /// Fails with its error.
    pub async fn failed(&mut self) -> Result<()> {
        match self.tasks.join_next().await {
            None => bail!("the node has no task"),
            Some(ended) => ended.context("a task of the node ended with a panic")?,
        }
    }

    /// Stops the node: no more votes, all states on disk.
    ///
    /// Fails when a task fails meanwhile.
    pub async fn stop(mut self) -> Result<()> {
        self.stops.store(true, Ordering::Relaxed);
        self.stop.send_replace(true);
        let mut failed = Ok(());
        while let Some(ended) = self.tasks.join_next().await {
            let ended = ended.context("a task of the node ended with a panic");
            if let Err(error) = ended.and_then(|ended| ended) {
                failed = Err(error);
            }
        }
        let chains = self.chains.clone();
        let followers = std::mem::take(&mut self.followers);
        let kept: JoinHandle<Result<()>> = tokio::task::spawn_blocking(move || {
            for follower in followers {
                if follower.join().is_err() {
                    tracing::error!("a thread of the node ended with a panic");
                }
            }
            for chain in chains.ids().collect::<Vec<_>>() {
                chains.keep_state(chain)?;
            }
            Ok(())
        });
        kept.await??;
        failed
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<thread::JoinHandle<()>> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(run);
    thread.context("starting a thread")
}
