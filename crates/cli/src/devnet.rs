//! `ddvs devnet`: the embedded network on real time, with API and dashboard.

mod summary;

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use ddvs_devnet::{Devnet, DevnetOptions, Keys, PoolPeriods, Running};

use crate::args::DevnetArgs;
use crate::logging;
use crate::serve::{self, Served, Server, Signals};

use summary::Start;

/// Runs it until its time is over or a signal comes. Returns whether all was well.
pub fn run(args: &DevnetArgs) -> Result<bool> {
    logging::begin(&args.serve.log)?;
    let signals = Signals::listen()?;
    let listener = serve::listen(args.serve.listen)?;
    let options = options(args);
    let count = usize::from(options.workchains) * usize::from(options.validators);
    let keys = Keys::from_seed(options.seed, count);
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let start_time = u32::try_from(since.as_secs()).context("the clock is beyond 2106")?;
    let devnet = Devnet::new(&options, &keys, start_time)?;
    let mut running = Running::start(devnet.network()?)?;
    let server = Server::start(
        &args.serve,
        listener,
        Served {
            live: Arc::new(running.live.clone()),
            index: running.index.clone(),
            feed: running.feed.clone(),
            metrics: running.metrics.clone(),
        },
    )?;
    greet(args, &options, &server)?;
    let begin = Instant::now();
    let start = Start::of(&running)?;
    let end = signals.wait(args.run_for, &running.feed);
    server.stop()?;
    running.stop();
    let time = begin.elapsed();
    end?;
    tracing::info!(after_ms = ms(time), "ended");
    if args.json {
        let summary = summary::of(&running, &options, &start, time)?;
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &summary)?;
        writeln!(out)?;
        return Ok(summary.is_well());
    }
    Ok(true)
}

fn options(args: &DevnetArgs) -> DevnetOptions {
    let default = DevnetOptions::default();
    DevnetOptions {
        workchains: args.workchains.unwrap_or(default.workchains),
        validators: args.validators.unwrap_or(default.validators),
        block_time_ms: args.block_time_ms.unwrap_or(default.block_time_ms),
        periods: args
            .unlock_period
            .map_or(default.periods, PoolPeriods::with_unlock_s),
        seed: args.seed.unwrap_or(default.seed),
        funded: default.funded,
    }
}

/// Says where it is and what to try. On stderr where stdout is for JSON.
fn greet(args: &DevnetArgs, options: &DevnetOptions, server: &Server) -> Result<()> {
    let url = format!("http://{}", server.address);
    let chains = match options.workchains {
        1 => "one workchain".to_owned(),
        count => format!("{count} workchains"),
    };
    let text = format!(
        "\
ddvs devnet: a masterchain and {chains} with {} validators each, a block every {} ms

  dashboard  {url}/
  API        {url}/api/v1/docs (ours), {url}/toncenter/v2, {url}/rpc
  metrics    {url}/metrics

All keys of this network follow from its seed ({}): anyone can compute them.
Ctrl-C ends it.
",
        options.validators, options.block_time_ms, options.seed
    );
    if args.json {
        std::io::stderr().lock().write_all(text.as_bytes())?;
    } else {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
    }
    Ok(())
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
