//! `ddvs completions`: what a shell needs to complete commands. Its script asks this program at each key press, so that names of
//! keys and pools are those that there are.

mod pools;

use std::ffi::OsStr;
use std::io::Write;

use anyhow::{Context, Result};
use clap::{Arg, Command, CommandFactory};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::Shells;

use crate::args::{Args, CompletionsArgs};
use crate::people::Home;

/// Set by the script when it asks.
const ASKED: &str = "DDVS_COMPLETE";
/// The program, as the shell finds it.
const PROGRAM: &str = "ddvs";

/// Prints the script of a shell.
pub fn run(args: &CompletionsArgs) -> Result<bool> {
    let name = args.shell.to_string();
    let shells = Shells::builtins();
    let shell = shells
        .completer(&name)
        .with_context(|| format!("{name} has no completions"))?;
    let mut script = Vec::new();
    shell.write_registration(ASKED, PROGRAM, PROGRAM, PROGRAM, &mut script)?;
    std::io::stdout().lock().write_all(&script)?;
    Ok(true)
}

/// Answers a script that asks, and ends the program then. Else it does nothing.
pub fn answer() {
    CompleteEnv::with_factory(command).var(ASKED).complete();
}

/// All commands, with what names a key or a pool completed.
fn command() -> Command {
    complete(Args::command(), "")
}

fn complete(command: Command, group: &str) -> Command {
    let name = command.get_name().to_owned();
    let arg = |arg: Arg| match (arg.get_id().as_str(), group, name.as_str()) {
        ("key", ..) | ("name", "key", "show" | "export" | "delete") | ("to", _, "faucet") => {
            arg.add(ArgValueCompleter::new(keys))
        }
        ("pool", ..) => arg.add(ArgValueCompleter::new(pools::complete)),
        _ => arg,
    };
    let command = command.mut_args(arg);
    command.mut_subcommands(|sub| complete(sub, &name))
}

/// Names of keys that begin so.
fn keys(current: &OsStr) -> Vec<CompletionCandidate> {
    let list = || Home::open().ok()?.keys().list().ok();
    let names = list().unwrap_or_default().into_iter().map(|key| key.name);
    beginning(names.map(|name| (name, String::new())), current)
}

/// Those of some words, each with what is said of it, that begin as what was typed.
fn beginning(
    words: impl Iterator<Item = (String, String)>,
    typed: &OsStr,
) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    words
        .filter(|(word, _)| word.starts_with(&*typed))
        .map(|(word, help)| {
            let help = (!help.is_empty()).then(|| help.into());
            CompletionCandidate::new(word).help(help)
        })
        .collect()
}
