//! `ddvs completions`: what a shell needs to complete commands.

use std::io::Write;

use anyhow::Result;
use clap::CommandFactory;

use crate::args::{Args, CompletionsArgs};

/// Prints the script of a shell.
pub fn run(args: &CompletionsArgs) -> Result<bool> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "ddvs", &mut script);
    std::io::stdout().lock().write_all(&script)?;
    Ok(true)
}
