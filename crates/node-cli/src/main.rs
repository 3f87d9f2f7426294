//! The command line of nodes: a network of them, and one node.

mod args;
mod net;
mod run;

use std::process::ExitCode;

use anyhow::Result;

use crate::args::{Args, Command};

fn main() -> ExitCode {
    ddvs_terminal::run(|args: Args| act(&args.command))
}

fn act(command: &Command) -> Result<bool> {
    match command {
        Command::Net(command) => net::run(command),
        Command::Run(args) => run::run(args),
        Command::Status(args) => net::node_status(args),
    }
}
