//! `ddvs-node run`: a node, until it is stopped.

use anyhow::{Context, Result};
use ddvs_node::{Node, network};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::args::RunArgs;

/// What is logged unless RUST_LOG says otherwise: the node's own words, and errors of all else.
const LOGGED: &str = "error,ddvs_node=info,ddvs_bft=info";

pub fn run(args: &RunArgs) -> Result<bool> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("starting the runtime")?;
    runtime.block_on(run_node(args))
}

async fn run_node(args: &RunArgs) -> Result<bool> {
    let home = args.home.canonicalize();
    let home = home.with_context(|| format!("there is no directory {}", args.home.display()))?;
    let (config, zerostate) = network::open(&home)?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut node = Node::start(config, &zerostate).await?;
    tracing::info!(genesis = %zerostate.network.genesis, listen = %node.listen, "runs");
    if let Some(api) = node.api {
        tracing::info!("dashboard and API: http://{api}/");
    }
    let failed = tokio::select! {
        failed = node.failed() => failed,
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    };
    tracing::info!("stops");
    let stopped = node.stop().await;
    failed?;
    stopped?;
    tracing::info!("has stopped");
    Ok(true)
}
