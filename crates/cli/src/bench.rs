//! `ddvs bench`: costs and speed.

mod api;
mod costs;
mod gas;
mod pages;
mod switching;
mod tycho;

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;

use crate::args::BenchCommand;

/// Returns whether it was measured, and nothing went wrong meanwhile.
pub fn run(command: &BenchCommand) -> Result<bool> {
    match command {
        BenchCommand::Gas(args) => gas::run(args),
        BenchCommand::Costs(args) => costs::run(args),
        BenchCommand::Api(args) => api::run(args),
        BenchCommand::Pages(args) => pages::run(args),
        BenchCommand::Switching(args) => switching::run(args),
        BenchCommand::Tycho(args) => tycho::run(args),
    }
}

/// Returns the given seed, or one that no earlier measurement had: its wallets cannot be used again.
fn seed(asked: Option<u64>) -> Result<u64> {
    match asked {
        Some(seed) => Ok(seed),
        None => Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs()),
    }
}
