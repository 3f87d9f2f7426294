//! The ddvs command line.

mod args;
mod bench;
mod demo;
mod devnet;
mod figures;
mod guests;
mod logging;
mod node_status;
mod node_view;
mod run_validator;
mod serve;
mod switching;
mod timeline;
mod tycho;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, BenchCommand, Command};

fn main() -> ExitCode {
    let result = match Args::parse().command {
        Command::Devnet(options) => devnet::run(&options),
        Command::Demo(options) => demo::run(&options),
        Command::Bench(BenchCommand::Gas(options)) => bench::gas(&options),
        Command::Bench(BenchCommand::Switching(options)) => switching::run(&options),
        Command::Bench(BenchCommand::Tycho(options)) => figures::run(&options),
        Command::Tycho(command) => tycho::run(&command),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
