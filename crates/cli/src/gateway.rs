//! `ddvs gateway`: API and dashboard in front of a network of nodes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ddvs_gateway::{Gateway, GatewayOptions};
use ddvs_jrpc::{NetworkDescription, Settings};
use ddvs_tycho::Layout;
use serde::Serialize;

use crate::args::GatewayArgs;
use crate::logging;
use crate::roots::roots;
use crate::serve::{self, Served, Server, Signals};
use ddvs_terminal::report;

const INDEX_FILE: &str = "index.redb";
const POLL: Duration = Duration::from_millis(25);

/// Result of filling the index.
#[derive(Debug, Serialize)]
struct Filled {
    blocks: u64,
    transactions: u64,
    /// Duration of reading, decoding and writing together.
    time_ms: u64,
    transactions_per_second: f64,
    blocks_per_second: f64,
}

/// Runs it until a signal arrives, or until everything is read if that was requested.
pub fn run(args: &GatewayArgs) -> Result<bool> {
    logging::begin(&args.serve.log)?;
    let signals = Signals::listen()?;
    let listener = serve::listen(args.serve.listen)?;
    let settings = Settings {
        roots: roots()?,
        ..Settings::default()
    };
    let options = GatewayOptions {
        description: describe(args, &settings)?,
        settings,
        index: index_file(args)?,
        rebuild: args.rebuild_index,
        keep: args.keep,
    };
    let begin = Instant::now();
    let mut gateway = Gateway::start(&options)?;
    let server = Server::start(
        &args.serve,
        listener,
        Served {
            live: gateway.live.clone(),
            index: gateway.index.clone(),
            feed: gateway.feed.clone(),
            metrics: gateway.metrics.clone(),
            // nodes know addresses only
            names: BTreeMap::new(),
        },
    )?;
    greet(args, &server)?;
    let ended = wait(args, &signals, &gateway, &server);
    let blocks = gateway.progress.blocks.load(Ordering::Relaxed);
    let transactions = gateway.progress.transactions.load(Ordering::Relaxed);
    let time = begin.elapsed();
    server.stop()?;
    gateway.stop();
    ended?;
    if args.json {
        let seconds = time.as_secs_f64().max(0.001);
        let filled = Filled {
            blocks,
            transactions,
            time_ms: u64::try_from(time.as_millis())?,
            transactions_per_second: transactions as f64 / seconds,
            blocks_per_second: blocks as f64 / seconds,
        };
        report::object(&filled)?;
    }
    Ok(true)
}

fn describe(args: &GatewayArgs, settings: &Settings) -> Result<NetworkDescription> {
    match (&args.network, &args.rpc) {
        (Some(dir), _) => {
            let file = Layout::new(dir).network();
            NetworkDescription::load(&file).with_context(|| {
                let dir = dir.display();
                format!("{dir} contains no network: `ddvs tycho init --dir {dir}` makes one")
            })
        }
        (None, Some(url)) => Ok(NetworkDescription::discover(url, settings)?),
        (None, None) => bail!("name a network with --network or --rpc"),
    }
}

fn index_file(args: &GatewayArgs) -> Result<Option<PathBuf>> {
    let Some(dir) = &args.data else {
        return Ok(None);
    };
    std::fs::create_dir_all(dir)
        .with_context(|| format!("the data directory {}", dir.display()))?;
    Ok(Some(dir.join(INDEX_FILE)))
}

fn wait(args: &GatewayArgs, signals: &Signals, gateway: &Gateway, server: &Server) -> Result<()> {
    if !args.until_synced {
        return signals.wait(None, &gateway.feed, server).map(drop);
    }
    let progress = &gateway.progress;
    loop {
        let read = progress.blocks.load(Ordering::Relaxed);
        // blocks that were passed on are not necessarily indexed
        let taken = gateway.feed.tip().borrow().blocks;
        if progress.is_synced.load(Ordering::Relaxed) && taken >= read {
            return Ok(());
        }
        if signals.told() {
            bail!("stopped by a signal before all blocks were read");
        }
        if server.has_ended() {
            bail!("the server accepts no more requests: its log says why");
        }
        if let Some(failure) = gateway.feed.failure() {
            bail!("the network cannot be followed any more: {failure}");
        }
        std::thread::sleep(POLL);
    }
}

fn greet(args: &GatewayArgs, server: &Server) -> Result<()> {
    let places = server.places();
    let text = format!(
        "\
ddvs gateway: the index is being filled while it serves

{places}

Ctrl-C ends it.
"
    );
    report::greet(args.json, &text)
}
