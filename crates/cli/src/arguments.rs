//! The words that a command was called with: read, and refused in the form that their reader understands.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::{Command, CommandFactory, Error, Parser};

use crate::args::Args;
use crate::report;

/// Exit code of wrong arguments.
const WRONG: u8 = 2;

/// Whether a program reads the result, so that an error is told as JSON too: also where the rest makes no sense.
pub fn asks_for_json(words: &[OsString]) -> bool {
    words
        .iter()
        .skip(1)
        .take_while(|word| *word != "--")
        .any(|word| word == "--json")
}

/// Understands the words of a command, the program's name first.
///
/// Fails with what clap says, which may also be a help text.
pub fn read(words: &[OsString]) -> Result<Args, Error> {
    Args::try_parse_from(words).map_err(|error| {
        if !error.use_stderr() {
            return error;
        }
        // an error's usage line shows all that is given, and so what only the environment gives: it is not asked for
        let plain = without_environment(Args::command()).try_get_matches_from(words);
        match plain {
            Err(plain) if plain.kind() == error.kind() => plain,
            _ => error,
        }
    })
}

/// The same command, deaf to the environment.
fn without_environment(command: Command) -> Command {
    command
        .mut_args(|arg| arg.env(Resettable::Reset))
        .mut_subcommands(without_environment)
}

/// Tells what is wrong with the words, or the help that they ask for.
pub fn refuse(error: &Error, is_json: bool) -> ExitCode {
    // nobody is left to tell when this cannot be written
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::SUCCESS;
    }
    if is_json {
        report::error("usage", &message(error), WRONG);
    }
    ExitCode::from(WRONG)
}

/// What clap says, without what is meant for a terminal.
fn message(error: &Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "a command is missing: `--help` lists them".to_owned();
    }
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let end = text.find("\n\nFor more information").unwrap_or(text.len());
    text[..end].trim_end().to_owned()
}
