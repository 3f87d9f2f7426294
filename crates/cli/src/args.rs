//! What can be asked for.

use clap::{Args as ClapArgs, Parser, Subcommand};

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
    /// Tell the whole story of a changing validator set on an embedded network, with checks
    Demo(DemoArgs),
    /// Measure what things cost
    #[command(subcommand)]
    Bench(BenchCommand),
}

/// What can be measured.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// Gas by operation and number of registered validators, counted on the real contracts
    Gas(GasArgs),
}

/// Options of the gas figures.
#[derive(Debug, ClapArgs)]
pub struct GasArgs {
    /// Stakers beside whom operations of wallets and Roots are measured, besides 10
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(11..=200_000))]
    pub many_stakers: u32,
    /// Print one JSON array of rows {operation, validators, stakers, gas} on stdout and nothing else
    #[arg(long)]
    pub json: bool,
}

/// Options of the demo.
#[derive(Debug, ClapArgs)]
pub struct DemoArgs {
    /// Workchains besides the masterchain
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(3..=8))]
    pub workchains: u8,
    /// Genesis validators of each workchain
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(3..=16))]
    pub validators: u8,
    /// Keys and message delays follow from it: the same seed tells the same story
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Print one JSON object on stdout and nothing else
    #[arg(long)]
    pub json: bool,
}
