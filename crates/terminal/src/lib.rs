//! What the commands of ddvs have in common: parsing arguments, output for people and for programs, exit codes, and
//! the reference of all commands.

mod arguments;
pub mod reference;
pub mod report;
mod stop;

pub use stop::{EXIT_CODES, Stop, is_refusal};

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

/// Parses the command line, runs `act` with it, and reports an error in the format of its reader.
///
/// `act` returns whether every check is ok.
pub fn run<A: Parser>(act: impl FnOnce(A) -> Result<bool>) -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    let is_json = arguments::asks_for_json(&words);
    let args = match arguments::read(&words) {
        Ok(args) => args,
        Err(error) => return arguments::refuse(&error, is_json),
    };
    match act(args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let (code, message) = (stop::code(&error), format!("{error:#}"));
            eprintln!("error: {message}");
            if is_json {
                report::error(stop::kind(&error), &message, code);
            }
            ExitCode::from(code)
        }
    }
}
