//! The command line of benchmarks and drills: costs, speed, and changes of the set on nodes.

mod api;
mod args;
mod costs;
mod gas;
mod pages;
#[cfg(test)]
mod reference;
mod switching;
mod tycho;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    ddvs_terminal::run(|args: Args| run(&args.command))
}

/// Returns whether it was measured, and nothing went wrong meanwhile.
fn run(command: &Command) -> Result<bool> {
    match command {
        Command::Gas(args) => gas::run(args),
        Command::Costs(args) => costs::run(args),
        Command::Api(args) => api::run(args),
        Command::Pages(args) => pages::run(args),
        Command::Switching(args) => switching::run(args),
        Command::Tycho(args) => tycho::run(args),
    }
}

/// Returns the given seed, or one that no earlier measurement had: its wallets cannot be used again.
fn seed(asked: Option<u64>) -> Result<u64> {
    match asked {
        Some(seed) => Ok(seed),
        None => Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs()),
    }
}
