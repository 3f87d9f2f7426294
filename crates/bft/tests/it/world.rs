//! A chain whose blocks are counters, and its nodes.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ddvs_bft::{
    Block, Decision, Engine, EngineConfig, EngineHandle, MemoryGuard, Request, SignGuard, Start,
    StoredProposal, Timings, Verdict, start,
};
use ddvs_contracts::messages::Evidence;
use ddvs_light::{Certificate, Member, Scope, ValidatorSet};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tracing_subscriber::EnvFilter;
use tycho_crypto::ed25519::{PublicKey, SecretKey};
use tycho_types::cell::HashBytes;

pub const SCOPE: Scope = Scope {
    genesis: HashBytes([0xdd; 32]),
    chain: 3,
    incarnation: 1,
};

/// No test takes this long, whatever else the machine does.
const LIMIT: Duration = Duration::from_secs(120);

pub const BLOCK_TIME: Duration = Duration::from_millis(100);

/// Blocks of this height take several parts.
const LARGE_HEIGHT: u64 = 3;

pub fn secret(index: usize) -> SecretKey {
    SecretKey::from_bytes([index as u8 + 1; 32])
}

pub fn key(index: usize) -> HashBytes {
    HashBytes(PublicKey::from(&secret(index)).to_bytes())
}

pub fn set(weights: &[u64]) -> ValidatorSet {
    let members = weights.iter().enumerate().map(|(index, weight)| Member {
        key: key(index),
        weight: *weight,
    });
    ValidatorSet::new(members).unwrap()
}

/// What a node has on its disk, and what it has seen.
#[derive(Default)]
pub struct Disk {
    pub decisions: BTreeMap<u64, Decision>,
    pub finalized: BTreeMap<u64, Certificate>,
    pub evidence: Vec<Evidence>,
    pub decided_at: BTreeMap<u64, Instant>,
    proposals: Vec<StoredProposal>,
}

/// Returns the set of a height.
pub type SetOf = fn(u64) -> ValidatorSet;

/// Returns the verdict about the block of a height by a proposer, if it is not the usual one.
pub type Judge = Arc<dyn Fn(u64, HashBytes) -> Option<Verdict> + Send + Sync>;

/// A node, whose engine may run or not.
pub struct Node {
    index: usize,
    address: String,
    peers: Vec<String>,
    home: TempDir,
    set_of: SetOf,
    guard: Arc<dyn SignGuard>,
    pub judge: Judge,
    pub disk: Arc<Mutex<Disk>>,
    /// The last finalized height.
    height: watch::Sender<u64>,
    /// Height of the last stored proposal.
    proposed: watch::Sender<u64>,
    running: Option<Running>,
    #[cfg(feature = "byzantine")]
    pub misbehavior: Option<ddvs_bft::Misbehavior>,
}

/// An engine and its application, on a runtime of their own as in a process of their own.
struct Running {
    engine: EngineHandle,
    application: JoinHandle<()>,
    runtime: Runtime,
}

/// Nodes with addresses of their own, none of which runs yet.
pub fn nodes(count: usize, set_of: SetOf) -> Vec<Node> {
    // RUST_LOG shows what the engines do; another test may have set it up
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_test_writer()
        .try_init();
    // all are held until all are chosen, so that they differ
    let listeners: Vec<_> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let addresses: Vec<_> = listeners
        .iter()
        .map(|listener| listener.local_addr().unwrap().to_string())
        .collect();
    (addresses.iter().enumerate())
        .map(|(index, address)| Node {
            index,
            address: address.clone(),
            peers: (addresses.iter())
                .filter(|other| *other != address)
                .cloned()
                .collect(),
            home: tempfile::tempdir().unwrap(),
            set_of,
            guard: Arc::new(MemoryGuard::default()),
            judge: Arc::new(|_, _| None),
            disk: Arc::default(),
            height: watch::channel(0).0,
            proposed: watch::channel(0).0,
            running: None,
            #[cfg(feature = "byzantine")]
            misbehavior: None,
        })
        .collect()
}

impl Node {
    pub fn guarded_by(&mut self, guard: impl SignGuard + 'static) {
        self.guard = Arc::new(guard);
    }

    pub fn config(&self) -> EngineConfig {
        EngineConfig {
            scope: SCOPE,
            secret_key: secret(self.index),
            guard: Arc::clone(&self.guard),
            listen: self.address.clone(),
            peers: self.peers.clone(),
            home: self.home.path().join("engine"),
            max_block_bytes: 1 << 20,
            #[cfg(feature = "byzantine")]
            misbehavior: self.misbehavior,
        }
    }

    pub async fn start(&mut self) {
        let engine = start(self.config());
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let Engine { requests, handle } = runtime.spawn(engine).await.unwrap().unwrap();
        let application = Application {
            key: key(self.index),
            set_of: self.set_of,
            judge: Arc::clone(&self.judge),
            disk: Arc::clone(&self.disk),
            height: self.height.clone(),
            proposed: self.proposed.clone(),
        };
        self.running = Some(Running {
            engine: handle,
            application: runtime.spawn(application.run(requests)),
            runtime,
        });
    }

    /// Stops in order.
    pub async fn stop(&mut self) {
        let running = self.running.take().unwrap();
        running.engine.stop().await.unwrap();
        running.application.await.unwrap();
        running.runtime.shutdown_background();
    }

    /// Ends everything wherever it is.
    pub async fn crash(&mut self) {
        let running = self.running.take().unwrap();
        let end = move || running.runtime.shutdown_timeout(LIMIT);
        tokio::task::spawn_blocking(end).await.unwrap();
    }

    /// The last decided height.
    pub fn height(&self) -> u64 {
        *self.height.borrow()
    }

    /// Waits until a height is finalized.
    pub async fn reaches(&self, height: u64) {
        self.wait(&self.height, height).await;
    }

    /// Waits until a proposal of a height is stored.
    pub async fn stores(&self, height: u64) {
        self.wait(&self.proposed, height).await;
    }

    async fn wait(&self, heights: &watch::Sender<u64>, height: u64) {
        let mut heights = heights.subscribe();
        let reached = heights.wait_for(|reached| *reached >= height);
        let in_time = tokio::time::timeout(LIMIT, reached).await;
        assert!(
            in_time.is_ok(),
            "node {} is at {} and not at {height}",
            self.index,
            self.height()
        );
    }

    /// Whether the certificate that this node keeps has a signature of another one.
    pub fn has_signature(&self, height: u64, index: usize) -> bool {
        let disk = self.disk.lock().unwrap();
        let mut signatures = disk.finalized[&height].signatures.iter();
        signatures.any(|commit| commit.key == key(index))
    }

    /// The round in which a height was decided.
    pub fn round(&self, height: u64) -> u32 {
        self.disk.lock().unwrap().decisions[&height]
            .certificate
            .round
    }

    pub fn id(&self, height: u64) -> HashBytes {
        self.disk.lock().unwrap().decisions[&height].block.id
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // only after a test that fails
        if let Some(running) = self.running.take() {
            running.runtime.shutdown_background();
        }
    }
}

pub async fn all_reach(nodes: &[Node], height: u64) {
    for node in nodes {
        node.reaches(height).await;
    }
}

/// Blocks of a chain: its height, the proposer, and the id of the block before.
struct Application {
    key: HashBytes,
    set_of: SetOf,
    judge: Judge,
    disk: Arc<Mutex<Disk>>,
    height: watch::Sender<u64>,
    proposed: watch::Sender<u64>,
}

fn id_of(bytes: &[u8]) -> HashBytes {
    HashBytes(Sha256::digest(bytes).into())
}

impl Application {
    async fn run(self, mut requests: mpsc::Receiver<Request>) {
        while let Some(request) = requests.recv().await {
            self.answer(request);
        }
    }

    fn start(&self, height: u64) -> Start {
        Start {
            height,
            set: (self.set_of)(height),
            timings: Timings::new(BLOCK_TIME),
        }
    }

    /// What every block of a height begins with.
    fn head(&self, height: u64) -> Vec<u8> {
        let disk = self.disk.lock().unwrap();
        let parent = (disk.decisions.get(&(height - 1)))
            .map_or(HashBytes::ZERO, |decision| decision.block.id);
        [height.to_be_bytes().as_slice(), parent.as_slice()].concat()
    }

    fn answer(&self, request: Request) {
        // the engine may have stopped waiting
        match request {
            Request::Ready { reply } => {
                let disk = self.disk.lock().unwrap();
                let last = disk.decisions.keys().next_back().copied();
                let _ = reply.send(self.start(last.unwrap_or_default() + 1));
            }
            Request::LoadProposals { height, reply } => {
                let disk = self.disk.lock().unwrap();
                let stored = disk.proposals.iter();
                let _ = reply.send(
                    stored
                        .filter(|stored| stored.height == height)
                        .cloned()
                        .collect(),
                );
            }
            Request::StartedRound { .. } => {}
            Request::BuildBlock { height, reply, .. } => {
                let mut bytes = self.head(height);
                bytes.extend_from_slice(self.key.as_slice());
                if height == LARGE_HEIGHT {
                    bytes.resize(200_000, 7);
                }
                let id = id_of(&bytes);
                let bytes = bytes.into();
                let _ = reply.send(Block { id, bytes });
            }
            Request::CheckBlock {
                height,
                proposer,
                bytes,
                reply,
                ..
            } => {
                let usual = if bytes.starts_with(&self.head(height)) {
                    Verdict::Valid(id_of(&bytes))
                } else {
                    Verdict::Malformed
                };
                let verdict = (self.judge)(height, proposer).unwrap_or(usual);
                let _ = reply.send(match verdict {
                    Verdict::Invalid(_) => Verdict::Invalid(id_of(&bytes)),
                    verdict => verdict,
                });
            }
            Request::StoreProposal { proposal, reply } => {
                let height = proposal.height;
                self.disk.lock().unwrap().proposals.push(proposal);
                let _ = reply.send(());
                self.proposed.send_replace(height);
            }
            Request::Decided { decision, reply } => {
                let mut disk = self.disk.lock().unwrap();
                let height = decision.height;
                disk.decided_at.insert(height, Instant::now());
                let before = disk.decisions.insert(height, decision.clone());
                assert!(before.is_none_or(|before| before.block == decision.block));
                let _ = reply.send(());
            }
            Request::Finalized {
                height,
                id,
                certificate,
                evidence,
                reply,
            } => {
                let mut disk = self.disk.lock().unwrap();
                assert_eq!(disk.decisions[&height].block.id, id);
                disk.finalized.insert(height, certificate);
                disk.evidence.extend(evidence);
                disk.proposals.clear();
                drop(disk);
                let _ = reply.send(self.start(height + 1));
                self.height.send_replace(height);
            }
            Request::FirstHeight { reply } => {
                let _ = reply.send(1);
            }
            Request::LoadDecisions { heights, reply } => {
                let disk = self.disk.lock().unwrap();
                let decisions = disk.decisions.range(heights);
                let _ = reply.send(decisions.map(|(_, decision)| decision.clone()).collect());
            }
        }
    }
}
