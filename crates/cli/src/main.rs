//! The ddvs command line.

mod args;
mod arguments;
mod bench;
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
mod report;
mod roots;
mod run_validator;
mod serve;
mod timeline;
mod tycho;

use std::process::ExitCode;

use crate::args::Command;
use crate::arguments::asks_for_json;

fn main() -> ExitCode {
    completions::answer();
    let words: Vec<_> = std::env::args_os().collect();
    let is_json = asks_for_json(&words);
    let command = match arguments::read(&words) {
        Ok(args) => args.command,
        Err(error) => return arguments::refuse(&error, is_json),
    };
    let result = match command {
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
        Command::Bench(command) => bench::run(&command),
        Command::Tycho(command) => tycho::run(&command),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let (code, message) = (people::code(&error), format!("{error:#}"));
            eprintln!("error: {message}");
            if is_json {
                report::error(people::kind(&error), &message, code);
            }
            ExitCode::from(code)
        }
    }
}
