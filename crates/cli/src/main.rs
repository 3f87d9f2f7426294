//! The ddvs command line.

mod args;
mod bench;
mod completions;
mod demo;
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

use clap::Parser;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    completions::answer();
    let command = Args::parse().command;
    let is_json = command.tells_errors_as_json();
    let result = match command {
        Command::Key(command) => people::key(&command),
        Command::Faucet(options) => people::faucet(&options),
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
                let kind = people::kind(&error);
                let object = serde_json::json!({
                    "error": { "kind": kind, "message": message, "exit_code": code }
                });
                println!("{object:#}");
            }
            ExitCode::from(code)
        }
    }
}
