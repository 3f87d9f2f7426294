//! `ddvs demo`: tells the story and prints what was seen.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result};
use ddvs_client::EmbeddedNetwork;
use ddvs_scenario::{DemoOptions, Report, Setup, Stage, tell};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::DemoArgs;
use crate::timeline;

/// Returns whether every check is ok.
pub fn run(args: &DemoArgs) -> Result<bool> {
    let options = DemoOptions {
        workchains: args.workchains,
        validators: args.validators,
        seed: args.seed,
    };
    let report = story(&options)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        timeline::print(&mut out, &report)?;
    }
    Ok(report.succeeded())
}

fn story(options: &DemoOptions) -> Result<Report> {
    let setup = Setup::new(options)?;
    let mut network = EmbeddedNetwork::start(&setup.zerostate, options.seed, setup.delays())
        .context("starting the embedded network")?;
    // progress is for people: on stderr, and only where that is a terminal
    let bar = ProgressBar::new_spinner();
    bar.set_style(
        ProgressStyle::with_template("{spinner} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    bar.enable_steady_tick(Duration::from_millis(80));
    let mut progress = |about: &str| bar.set_message(about.to_owned());
    let mut stage = Stage::new(&mut network, setup.story(), &mut progress)?;
    let told = tell(&mut stage);
    let report = std::mem::take(&mut stage.report);
    drop(stage);
    bar.finish_and_clear();
    told.context("the story could not go on")?;
    Ok(report)
}
