//! `ddvs devnet`: the embedded network on real time, with API and dashboard.

mod next_steps;
mod summary;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use ddvs_devnet::{Activity, Devnet, DevnetOptions, KeptNetwork, Keys, Running, Wanted};

use crate::args::DevnetArgs;
use crate::logging;
use crate::people::progress::Progress;
use crate::serve::{self, Served, Server, Signals};
use ddvs_terminal::report;

use summary::Start;

/// Runs it until its time is over or a signal arrives. Returns whether everything was in order.
pub fn run(args: &DevnetArgs) -> Result<bool> {
    logging::begin(&args.serve.log)?;
    let signals = Signals::listen()?;
    let listener = serve::listen(args.serve.listen)?;
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let now_s = u32::try_from(since.as_secs()).context("the clock is beyond 2106")?;
    let Begun {
        options,
        mut running,
        is_old,
    } = begin(args, now_s)?;
    running.keep(args.keep)?;
    if args.activity {
        running.act(Activity::new(options.clone()))?;
    }
    let server = Server::start(
        &args.serve,
        listener,
        Served {
            live: Arc::new(running.live.clone()),
            index: running.index.clone(),
            feed: running.feed.clone(),
            metrics: running.metrics.clone(),
            names: ddvs_devnet::names(&options, args.activity)?,
        },
    )?;
    greet(args, &options, is_old, &server)?;
    // the log of simulated users would soon have scrolled the address out of sight
    let line = args.activity.then(|| {
        let line = Progress::new();
        line.moving(&format!("http://{}/  Ctrl-C ends it", server.address));
        line
    });
    let begin = Instant::now();
    let start = Start::of(&running)?;
    let end = signals.wait(args.run_for, &running.feed, &server);
    drop(line);
    server.stop()?;
    running.stop();
    let time = begin.elapsed();
    end?;
    tracing::info!(after_ms = ms(time), "ended");
    if args.json {
        let summary = summary::of(&running, &options, &start, time)?;
        report::object(&summary)?;
        return Ok(summary.is_well());
    }
    Ok(true)
}

/// A running network.
struct Begun {
    options: DevnetOptions,
    running: Running,
    is_old: bool,
}

fn begin(args: &DevnetArgs, now_s: u32) -> Result<Begun> {
    let wanted = Wanted {
        workchains: args.workchains,
        validators: args.validators,
        block_time_ms: args.block_time_ms,
        unlock_s: args.unlock_period,
        seed: args.seed,
    };
    if let Some(dir) = &args.data {
        let kept = KeptNetwork::open(dir, &wanted, now_s, args.rebuild_index)?;
        return Ok(Begun {
            options: kept.options.clone(),
            is_old: kept.is_old,
            running: Running::start_kept(kept)?,
        });
    }
    let options = wanted.options();
    let devnet = Devnet::new(&options, &Keys::of(&options), now_s)?;
    Ok(Begun {
        options,
        running: Running::start(devnet.network()?)?,
        is_old: false,
    })
}

/// Prints its address and the next commands. On stderr where stdout is for JSON.
fn greet(args: &DevnetArgs, options: &DevnetOptions, is_old: bool, server: &Server) -> Result<()> {
    let places = server.places();
    let steps = next_steps::of(server.address, options.seed);
    let chains = match options.workchains {
        1 => "one workchain".to_owned(),
        count => format!("{count} workchains"),
    };
    let kept = match &args.data {
        Some(dir) if is_old => format!("continues the network in {}", dir.display()),
        Some(dir) => format!("a new network, kept in {}", dir.display()),
        None => "all in memory: it ends with this process".to_owned(),
    };
    let text = format!(
        "\
ddvs devnet: a masterchain and {chains} with {} validators each, a block every {} ms
{kept}

{places}

Three commands to try next, in another terminal. They make you a validator and a staker:

{steps}
What comes then is told in docs/guide.
All keys of this network follow from its seed ({}): anyone can compute them.
Ctrl-C ends it.
",
        options.validators, options.block_time_ms, options.seed
    );
    report::greet(args.json, &text)
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
