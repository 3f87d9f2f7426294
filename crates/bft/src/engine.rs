//! Starts and stops engines.

use std::future::Future;
use std::net::TcpListener;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ddvs_light::Scope;
use malachitebft_app_channel::app::net::Multiaddr;
use malachitebft_app_channel::{
    Channels, ConsensusContext, EngineBuilder, EngineHandle as Actors, NetworkContext,
    NetworkRequest, RequestContext, SyncContext, WalContext,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tycho_crypto::ed25519::SecretKey;

use crate::address::{self, AddressError};
use crate::codec::WireCodec;
use crate::config::Settings;
use crate::context::Context;
use crate::driver::{Driver, DriverError};
use crate::guard::SignGuard;
use crate::request::Request;
use crate::signer::VoteSigner;
use crate::{home, identity};

/// Requests that wait for the node. The engine waits for most replies, so that there are hardly more.
const REQUESTS: usize = 16;

/// How long the parts of an engine may take to stop while the node still answers.
const STOP_GENTLY: Duration = Duration::from_secs(1);

/// How long they may take in all, each.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// What an engine is started with.
pub struct EngineConfig {
    /// Chain whose blocks it decides. Engines of another genesis, chain or incarnation do not talk to it.
    pub scope: Scope,
    /// Secret key of the validator. The engine validates at each height whose set has the public key, and follows the
    /// others.
    pub secret_key: SecretKey,
    /// Asked before each signature.
    pub guard: Arc<dyn SignGuard>,
    /// Address to listen on, `host:port`.
    pub listen: String,
    /// Addresses of other engines of the chain, `host:port`. Connections to them are kept up.
    pub peers: Vec<String>,
    /// Directory of the write-ahead log, of this engine alone.
    ///
    /// A validator that lost it has forgotten which block it is locked on, so it must not sign at the height where it
    /// signed last, not even in a later round: the node's guard refuses that.
    pub home: PathBuf,
    /// Most bytes of an encoded block; the same for all engines of the chain.
    pub max_block_bytes: u32,
    /// How often the engine signs twice.
    #[cfg(feature = "byzantine")]
    pub misbehavior: Option<crate::byzantine::Misbehavior>,
}

/// An engine that runs.
pub struct Engine {
    /// What the engine asks. It ends when the engine ends; [`EngineHandle::stop`] then says why.
    pub requests: mpsc::Receiver<Request>,
    /// Controls the engine.
    pub handle: EngineHandle,
}

/// Reason why an engine cannot be started, or has ended.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// An address is none.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The address to listen on is taken, or not one of this machine.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// The directory cannot be used, or another engine uses it.
    #[error("cannot use {}: {source}", home.display())]
    Home {
        /// The directory.
        home: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Malachite does not start.
    #[error("the consensus engine does not start: {0}")]
    Start(String),
    /// It has ended by itself.
    #[error(transparent)]
    Ended(#[from] DriverError),
    /// A peer was not added or removed.
    #[error("peer {address} is not changed: {reason}")]
    Peer {
        /// Its address.
        address: String,
        /// Why.
        reason: String,
    },
}

/// Controls an engine. Dropping it leaves the engine running.
pub struct EngineHandle {
    actors: Actors,
    network: mpsc::Sender<NetworkRequest>,
    /// Set when the engine is stopped on purpose, so that its end is no error.
    is_stopping: Arc<AtomicBool>,
    stop: oneshot::Sender<()>,
    driver: JoinHandle<Result<(), DriverError>>,
}

/// What [`start`] returns: a future that is compiled in this crate, since the engine's is large.
pub type Starting = Pin<Box<dyn Future<Output = Result<Engine, EngineError>> + Send>>;

/// Starts an engine on the current tokio runtime.
///
/// Fails only when an address or the home directory cannot be used, or Malachite does not start.
pub fn start(config: EngineConfig) -> Starting {
    Box::pin(start_engine(config))
}

async fn start_engine(config: EngineConfig) -> Result<Engine, EngineError> {
    let listen = address::parse(&config.listen)?;
    let peers: Result<Vec<Multiaddr>, _> = config
        .peers
        .iter()
        .map(|peer| address::parse(peer))
        .collect();
    let settings = Settings::new(
        &config.scope,
        listen,
        peers?,
        config.max_block_bytes as usize,
    );
    let log = home::log(&config.home).await;
    let log = log.map_err(|source| EngineError::Home {
        home: config.home.clone(),
        source,
    })?;
    // Malachite would only log it, and never become ready.
    TcpListener::bind(&config.listen).map_err(|source| EngineError::Listen {
        address: config.listen.clone(),
        source,
    })?;

    let guard = Arc::clone(&config.guard);
    let signer = VoteSigner::new(config.scope, &config.secret_key, guard);
    let (channels, actors) = spawn(&config, settings, &signer, log)
        .await
        .map_err(EngineError::Start)?;
    let Channels {
        consensus,
        network,
        net_requests,
        ..
    } = channels;
    let (requests_in, requests) = mpsc::channel(REQUESTS);
    let max_block_bytes = config.max_block_bytes as usize;
    let driver = Driver::new(config.scope, signer, max_block_bytes, requests_in, network);
    let (stop, stopped) = oneshot::channel::<()>();
    let is_stopping = Arc::new(AtomicBool::new(false));
    let expected = Arc::clone(&is_stopping);
    let root = actors.actor.clone();
    let driver = tokio::spawn(async move {
        let ended = tokio::select! {
            ended = driver.run(consensus) => ended,
            // a dropped handle stops nothing
            () = async { if stopped.await.is_err() { std::future::pending().await } } => Ok(()),
        };
        if expected.load(Ordering::Relaxed) {
            return Ok(());
        }
        if let Err(error) = &ended {
            tracing::error!("the engine ends: {error}");
            root.get_cell().stop_children(Some(error.to_string()));
            root.stop(Some(error.to_string()));
        }
        ended
    });
    Ok(Engine {
        requests,
        handle: EngineHandle {
            actors,
            network: net_requests,
            is_stopping,
            stop,
            driver,
        },
    })
}

/// Starts Malachite. Its errors are texts of several lines.
async fn spawn(
    config: &EngineConfig,
    settings: Settings,
    signer: &VoteSigner,
    log: PathBuf,
) -> Result<(Channels<Context>, Actors), String> {
    let text = |error: &dyn std::fmt::Display| format!("{error:#}");
    let codec = WireCodec {
        max_block_bytes: config.max_block_bytes as usize,
    };
    let identity = identity::of(config, signer, codec).await?;
    let me = signer.public_key();
    let consensus =
        ConsensusContext::new_validator(me, Box::new(signer.verifier()), Box::new(signer.clone()));
    let builder = EngineBuilder::new(Context, settings)
        .with_default_wal(WalContext::new(log, codec))
        .with_default_sync(SyncContext::new(codec))
        .with_default_consensus(consensus)
        .with_default_request(RequestContext::new(REQUESTS));
    #[cfg(feature = "byzantine")]
    if let Some(misbehavior) = &config.misbehavior {
        let network = crate::byzantine::network(misbehavior, identity, codec, signer);
        let builder = builder.with_byzantine_network(network).await;
        let built = builder.map_err(|error| text(&error))?.build().await;
        return built.map_err(|error| text(&error));
    }
    let network = NetworkContext::new(identity, codec);
    let built = builder.with_default_network(network).build().await;
    built.map_err(|error| text(&error))
}

impl EngineHandle {
    /// Connects to one more engine, `host:port`, and keeps the connection up.
    ///
    /// Fails only when the address is none or is connected to already, or the engine has ended.
    pub async fn add_peer(&self, address: &str) -> Result<(), EngineError> {
        let peer = address::parse(address)?;
        let changed = NetworkRequest::add_persistent_peer(&self.network, peer).await;
        let changed = changed.map_err(|error| error.to_string());
        changed
            .and_then(|changed| changed.map_err(|error| error.to_string()))
            .map_err(|reason| peer_error(address, reason))
    }

    /// No longer keeps up the connection to an engine, `host:port`.
    ///
    /// Fails only when the address is none or was not added, or the engine has ended.
    pub async fn remove_peer(&self, address: &str) -> Result<(), EngineError> {
        let peer = address::parse(address)?;
        let changed = NetworkRequest::remove_persistent_peer(&self.network, peer).await;
        let changed = changed.map_err(|error| error.to_string());
        changed
            .and_then(|changed| changed.map_err(|error| error.to_string()))
            .map_err(|reason| peer_error(address, reason))
    }

    /// Stops the engine. When it returns, the address is free for another one; the home directory is free soon, and
    /// [`start`] waits for that.
    ///
    /// Fails only when the engine had ended by itself before; it is stopped then too.
    pub async fn stop(self) -> Result<(), EngineError> {
        if !self.driver.is_finished() {
            self.is_stopping.store(true, Ordering::Relaxed);
        }
        let cell = self.actors.actor.get_cell();
        // The node may still answer what the engine asks, and then the engine stops between two messages.
        cell.stop_children_and_wait(None, Some(STOP_GENTLY)).await;
        // an error means that the driver has ended
        let _ = self.stop.send(());
        let ended = self.driver.await;
        cell.stop_children_and_wait(None, Some(STOP_TIMEOUT)).await;
        if cell.stop_and_wait(None, Some(STOP_TIMEOUT)).await.is_err() {
            cell.kill();
        }
        let _ = tokio::time::timeout(STOP_TIMEOUT, self.actors.handle).await;
        match ended {
            Ok(ended) => ended.map_err(EngineError::from),
            Err(_) => Err(DriverError::EngineGone.into()),
        }
    }
}

fn peer_error(address: &str, reason: String) -> EngineError {
    EngineError::Peer {
        address: address.to_owned(),
        reason,
    }
}
