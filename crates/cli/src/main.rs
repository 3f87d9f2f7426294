//! The ddvs command line.

mod args;
mod completions;
mod demo;
mod descriptors;
mod devnet;
mod gateway;
mod guests;
mod logging;
mod node_status;
mod node_view;
mod people;
#[cfg(test)]
mod reference;
mod roots;
mod run_validator;
mod serve;
mod timeline;
mod tycho;

use std::process::ExitCode;

use anyhow::Result;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    completions::answer();
    ddvs_terminal::run(|args: Args| run(args.command))
}

/// Returns whether every check is ok.
fn run(command: Command) -> Result<bool> {
    match command {
        Command::Key(command) => people::key(&command),
        Command::Faucet(options) => people::faucet(&options),
        Command::Send(options) => people::send(&options),
        Command::Balance(options) => people::balance(&options),
        Command::Wallet(command) => people::wallet(&command),
        Command::Validator(command) => people::validator(&command),
        Command::Query(command) => people::query(&command),
        Command::Evidence(command) => people::evidence(&command),
        Command::Poke(options) => people::poke(&options),
        Command::Config(command) => people::config(&command),
        Command::Contract(command) => people::contract(&command),
        Command::Completions(options) => completions::run(&options),
        Command::Devnet(options) => devnet::run(&options),
        Command::Gateway(options) => gateway::run(&options),
        Command::Demo(options) => demo::run(&options),
        Command::Tycho(command) => tycho::run(&command),
    }
}
