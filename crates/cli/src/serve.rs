//! A server, from its address to its end.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use ddvs_api::metrics::Metrics;
use ddvs_api::{ApiState, Feed, Settings, priority};
use ddvs_client::Live;
use ddvs_index::Index;
use signal_hook::consts::{SIGINT, SIGTERM};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tycho_types::models::StdAddr;

use crate::args::ServeArgs;
use crate::descriptors;

/// How often the stop condition is checked.
const POLL: Duration = Duration::from_millis(25);
/// How long answers in progress may take after that.
const LAST_ANSWERS: Duration = Duration::from_millis(700);

/// Binds an address, so that an unavailable one is reported before anything else is done.
///
/// Fails with a sentence that gives advice.
pub fn listen(address: SocketAddr) -> Result<TcpListener> {
    let listener = TcpListener::bind(address).map_err(|cause| match cause.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "{address} is in use by another program: end that one, or choose another address with --listen; --listen {}:0 takes any free port",
            address.ip()
        ),
        ErrorKind::PermissionDenied => anyhow!(
            "{address} may not be used by this user: choose a port above 1023 with --listen"
        ),
        _ => anyhow!(cause).context(format!("cannot listen on {address}: choose an address of this machine with --listen")),
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// The parts to serve.
pub struct Served {
    /// The network's current state.
    pub live: Arc<dyn Live>,
    /// Its history.
    pub index: Index,
    /// Position of the index.
    pub feed: Feed,
    /// Metrics.
    pub metrics: Arc<Metrics>,
    /// Names of accounts that the network knows.
    pub names: BTreeMap<StdAddr, String>,
}

/// A running server.
pub struct Server {
    runtime: Runtime,
    /// Its address.
    pub address: SocketAddr,
    shutdown: watch::Sender<bool>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Starts it: the API, and the dashboard beside it.
    ///
    /// Fails only when the system cannot start threads.
    pub fn start(args: &ServeArgs, listener: TcpListener, served: Served) -> Result<Self> {
        let Served {
            live,
            index,
            feed,
            metrics,
            names,
        } = served;
        let settings = Settings {
            max_connections: descriptors::room_for(args.max_connections),
            max_connections_each: args.max_connections_per_address,
            names: Arc::new(names),
            cors_origins: args.cors_origin.clone(),
            requests_per_second: args.requests_per_second,
            trust_forwarded: args.trust_forwarded,
            ..Settings::default()
        };
        let address = listener.local_addr()?;
        let runtime = Builder::new_multi_thread()
            .thread_name("http")
            // blocks and their index have priority
            .worker_threads(priority::http_threads())
            .on_thread_start(priority::step_back)
            .enable_all()
            .build()
            .context("starting the server's threads")?;
        let (shutdown, told) = watch::channel(false);
        let state = ApiState::new(live, index, feed, metrics, settings.clone(), told.clone());
        let task = {
            let _inside = runtime.enter();
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let router = ddvs_api::router(state, ddvs_dashboard::router());
            let router = ddvs_dashboard::with_missing_page(router);
            runtime.spawn(ddvs_api::serve(router, listener, settings, ended(told)))
        };
        Ok(Self {
            runtime,
            address,
            shutdown,
            task,
        })
    }

    /// Returns the addresses of its parts, one a line.
    pub fn places(&self) -> String {
        let url = format!("http://{}", self.address);
        format!(
            "  dashboard  {url}/
  API        {url}/api/v1/docs (ours), {url}/toncenter/v2, {url}/rpc
  metrics    {url}/metrics"
        )
    }

    /// Whether it ended by itself.
    pub fn has_ended(&self) -> bool {
        self.task.is_finished()
    }

    /// Ends streams and accepts no more requests; answers in progress may finish for a moment.
    ///
    /// Fails when the server had ended by itself.
    pub fn stop(self) -> Result<()> {
        // if this fails, no listener is left
        let _ = self.shutdown.send(true);
        let Self { runtime, task, .. } = self;
        let ended = runtime.block_on(async { tokio::time::timeout(LAST_ANSWERS, task).await });
        runtime.shutdown_background();
        match ended {
            Ok(Ok(served)) => served.context("the server failed"),
            Ok(Err(error)) => Err(anyhow!(error).context("the server stopped unexpectedly")),
            // an answer takes long, and nobody waits for it any more
            Err(_) => Ok(()),
        }
    }
}

async fn ended(mut told: watch::Receiver<bool>) {
    // an error means that the other end is gone, which is an end too
    let _ = told.wait_for(|ended| *ended).await;
}

/// Reason why a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was asked to end.
    Signal,
    /// Its time was over.
    Time,
}

/// Records termination signals from now on.
pub struct Signals(Arc<AtomicBool>);

impl Signals {
    /// Starts listening for SIGINT and SIGTERM. A second one ends the process immediately.
    ///
    /// Fails only when the system does not allow it.
    pub fn listen() -> Result<Self> {
        let told = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // in this order, so that the first one does not end the process
            signal_hook::flag::register_conditional_shutdown(signal, 130, told.clone())?;
            signal_hook::flag::register(signal, told.clone())?;
        }
        Ok(Self(told))
    }

    /// Whether one arrived.
    pub fn told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Waits for a signal, the end of the time, or the end of a thread that must not end.
    ///
    /// Fails when the network or the server does.
    pub fn wait(&self, run_for: Option<Duration>, feed: &Feed, server: &Server) -> Result<End> {
        let begin = Instant::now();
        loop {
            if self.told() {
                return Ok(End::Signal);
            }
            if run_for.is_some_and(|time| begin.elapsed() >= time) {
                return Ok(End::Time);
            }
            if let Some(failure) = feed.failure() {
                bail!("the network cannot continue: {failure}");
            }
            if server.has_ended() {
                bail!("the server accepts no more requests: its log says why");
            }
            std::thread::sleep(POLL);
        }
    }
}
