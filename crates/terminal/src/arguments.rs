//! Parsing the command line, with errors in the format of their reader.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::{Command, Error, Parser};

use crate::report;

/// Exit code of wrong arguments.
const WRONG: u8 = 2;

/// Whether a program reads the result, so that errors are JSON too, even if the other arguments are invalid.
pub fn asks_for_json(words: &[OsString]) -> bool {
    words
        .iter()
        .skip(1)
        .take_while(|word| *word != "--")
        .any(|word| word == "--json")
}

/// Parses the command line, the program's name first.
///
/// Fails with clap's error, which may also be a help text.
pub fn read<A: Parser>(words: &[OsString]) -> Result<A, Error> {
    A::try_parse_from(words).map_err(|error| {
        if !error.use_stderr() {
            return error;
        }
        // an error's usage line shows everything given, including values from the environment, which were not asked
        // for
        let plain = without_environment(A::command()).try_get_matches_from(words);
        match plain {
            Err(plain) if plain.kind() == error.kind() => plain,
            _ => error,
        }
    })
}

/// Returns the same command without environment variables.
fn without_environment(command: Command) -> Command {
    command
        .mut_args(|arg| arg.env(Resettable::Reset))
        .mut_subcommands(without_environment)
}

/// Prints an error of the arguments, or the requested help.
pub fn refuse(error: &Error, is_json: bool) -> ExitCode {
    // if this cannot be written, nobody can be notified
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::SUCCESS;
    }
    if is_json {
        report::error("usage", &message(error), WRONG);
    }
    ExitCode::from(WRONG)
}

/// Returns clap's text, without terminal formatting.
fn message(error: &Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "a command is missing: `--help` lists them".to_owned();
    }
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let end = text.find("\n\nFor more information").unwrap_or(text.len());
    text[..end].trim_end().to_owned()
}
