//! What can be asked for. One file for each group of commands.

mod bench;
mod demo;
mod devnet;
mod serve;
mod tycho;

pub use bench::*;
pub use demo::*;
pub use devnet::*;
pub use serve::*;
pub use tycho::*;

use clap::{Parser, Subcommand};

/// Distributed Dynamic Validator Set for TVM networks.
#[derive(Debug, Parser)]
#[command(name = "ddvs", version, about, after_help = EXIT_CODES)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done, and every check is ok
  1  done, but a check failed
  2  not done: wrong arguments, or an error that is told on stderr";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run an embedded network on real time, with API and dashboard
    Devnet(DevnetArgs),
    /// Tell the whole story of a changing validator set on an embedded network, with checks
    Demo(DemoArgs),
    /// Measure what things cost
    #[command(subcommand)]
    Bench(BenchCommand),
    /// Make and run a network of stock Tycho nodes
    #[command(subcommand)]
    Tycho(TychoCommand),
}
