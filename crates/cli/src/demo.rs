//! `ddvs demo`: runs the scenario and prints the report.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use ddvs_client::Backend;
use ddvs_embedded::EmbeddedNetwork;
use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Settings};
use ddvs_scenario::{DemoOptions, Report, Setup, Stage, Story, tell};
use ddvs_tycho::Layout;
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::DemoArgs;
use crate::guests::Guests;
use crate::timeline;
use ddvs_terminal::report;

/// Returns whether every check is ok.
pub fn run(args: &DemoArgs) -> Result<bool> {
    let report = match &args.network {
        Some(dir) => on_nodes(dir)?,
        None => embedded(&DemoOptions {
            workchains: args.workchains,
            validators: args.validators,
            seed: args.seed,
        })?,
    };
    report::tell(args.json, &report, |out| Ok(timeline::print(out, &report)?))?;
    Ok(report.succeeded())
}

fn embedded(options: &DemoOptions) -> Result<Report> {
    let setup = Setup::new(options)?;
    let mut network = EmbeddedNetwork::start(&setup.zerostate, options.seed, setup.delays())
        .context("starting the embedded network")?;
    story(&mut network, setup.story(), &progress_bar())
}

/// Everyone gets their coins from the network's faucet first.
fn on_nodes(dir: &Path) -> Result<Report> {
    let layout = Layout::new(dir);
    let network = ddvs_tycho::open(&layout)?;
    let guests = Guests::new(&layout, &network)?;
    let description = NetworkDescription::load(&layout.network())?;
    // a node shows the accounts of the workchain with the newest block only: another one's may take a while
    let settings = Settings {
        read_patience: Duration::from_secs(90),
        ..Settings::default()
    };
    let mut backend = JrpcNetwork::connect(description, settings)
        .context("connecting to the nodes; `ddvs tycho up` starts them")?;
    let story_of = &guests.story;
    let lacks = ddvs_scenario::lacking(&backend, &story_of.network, &story_of.cast)?;
    if !lacks.is_empty() {
        bail!(
            "the story cannot run on this network: {}. Nothing was sent. `ddvs tycho init --story` makes one that fits",
            lacks.join("; ")
        );
    }
    let bar = progress_bar();
    bar.set_message("coins from the faucet");
    guests.fund(&mut backend)?;
    story(&mut backend, guests.story, &bar)
}

/// Progress is for people: on stderr, and only if that is a terminal.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    bar.set_style(
        ProgressStyle::with_template("{spinner} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    bar.enable_steady_tick(Duration::from_millis(80));
    bar
}

fn story(backend: &mut dyn Backend, story: Story, bar: &ProgressBar) -> Result<Report> {
    let mut progress = |about: &str| bar.set_message(about.to_owned());
    let mut stage = Stage::new(backend, story, &mut progress)?;
    let told = tell(&mut stage);
    let report = std::mem::take(&mut stage.report);
    drop(stage);
    bar.finish_and_clear();
    told.context("the story failed")?;
    Ok(report)
}
