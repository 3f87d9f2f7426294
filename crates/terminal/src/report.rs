//! Output of a command at its start and at its end: text for people, or one JSON object for programs.

use std::io::{Error, ErrorKind, StdoutLock, Write};

use anyhow::Result;
use comfy_table::Table;
use comfy_table::presets::UTF8_BORDERS_ONLY;
use serde::Serialize;

/// Prints a report on stdout: the object itself, or the text of `print`.
pub fn tell(
    is_json: bool,
    report: &impl Serialize,
    print: impl FnOnce(&mut StdoutLock<'static>) -> Result<()>,
) -> Result<()> {
    if is_json {
        return object(report);
    }
    as_far_as_read(print(&mut std::io::stdout().lock()))
}

/// Prints one JSON object on stdout.
pub fn object(report: &impl Serialize) -> Result<()> {
    say(&format!("{}\n", serde_json::to_string_pretty(report)?))
}

/// Prints a text on stdout.
pub fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let told = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    as_far_as_read(told.map_err(Into::into))
}

/// If the reader of stdout has closed it, that is not an error.
fn as_far_as_read(told: Result<()>) -> Result<()> {
    let is_closed = |error: &Error| error.kind() == ErrorKind::BrokenPipe;
    match told {
        Err(error) if error.downcast_ref().is_some_and(is_closed) => Ok(()),
        told => told,
    }
}

/// Reports an error to a program: one object on one line of stdout, so that it also ends a list of objects, one a
/// line.
pub fn error(kind: &str, message: &str, code: u8) {
    let object = serde_json::json!({
        "error": { "kind": kind, "message": message, "exit_code": code }
    });
    // if the reader has closed stdout, the exit code reports it too
    let _ = writeln!(std::io::stdout().lock(), "{object}");
}

/// Prints an immediate message: on stderr where stdout is for an object.
pub fn greet(is_json: bool, text: &str) -> Result<()> {
    if is_json {
        std::io::stderr().lock().write_all(text.as_bytes())?;
        return Ok(());
    }
    say(text)
}

/// An empty table.
pub fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_header(header);
    table
}
