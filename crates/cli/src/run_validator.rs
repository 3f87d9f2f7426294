//! `ddvs tycho run-validator`: the service beside a validator's node.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use ddvs_validator::{Narrator, Round, Validator};
use signal_hook::consts::{SIGINT, SIGTERM};
use tracing::info;

use crate::args::TychoValidatorArgs;
use ddvs_terminal::report;

/// How long a round may continue after a signal. It may be interrupted at any point, since nothing is stored.
const LAST_WORDS: Duration = Duration::from_millis(1_500);
const POLL: Duration = Duration::from_millis(50);

/// Returns whether the node is in the current set, or, for a continuous run, whether it was ended by a signal.
pub fn run(args: &TychoValidatorArgs) -> Result<bool> {
    let validator = Validator::open(&args.home)?;
    match args.once {
        true => once(validator, args.json),
        false => until_signal(validator),
    }
}

fn once(mut validator: Validator, as_json: bool) -> Result<bool> {
    let round = validator.round(&AtomicBool::new(false));
    report::tell(as_json, &round.to_json(), |out| Ok(print(out, &round)?))?;
    Ok(round.in_set() == Some(true))
}

fn print(out: &mut impl Write, round: &Round) -> std::io::Result<()> {
    writeln!(out, "{}", round.summary())?;
    for finding in &round.decision.findings {
        writeln!(out, "{}: {finding}", finding.level().name())?;
    }
    for outcome in &round.outcomes {
        writeln!(out, "{outcome}")?;
    }
    Ok(())
}

fn until_signal(mut validator: Validator) -> Result<bool> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, stop.clone())?;
    }
    let home = validator.home();
    let (node, root) = (&home.node_rpc, &home.identity.root);
    info!("beside the node at {node}, for the Root {root}");
    let worker = {
        let stop = stop.clone();
        std::thread::spawn(move || {
            let mut narrator = Narrator::default();
            validator.run(&stop, &mut |round| narrator.tell(round));
        })
    };
    while !stop.load(Ordering::Relaxed) && !worker.is_finished() {
        std::thread::sleep(POLL);
    }
    let end = Instant::now() + LAST_WORDS;
    while !worker.is_finished() && Instant::now() < end {
        std::thread::sleep(POLL);
    }
    if worker.is_finished() && worker.join().is_err() {
        bail!("the service stopped unexpectedly");
    }
    info!("stopped by a signal");
    Ok(true)
}
