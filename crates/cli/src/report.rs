//! What a command tells at its start and at its end: in words for people, or as one JSON object for programs.

use std::io::{StdoutLock, Write};

use anyhow::Result;
use comfy_table::Table;
use comfy_table::presets::UTF8_BORDERS_ONLY;
use serde::Serialize;

/// Tells a report on stdout: the object itself, or what `print` says of it.
pub fn tell(
    is_json: bool,
    report: &impl Serialize,
    print: impl FnOnce(&mut StdoutLock<'static>) -> Result<()>,
) -> Result<()> {
    if is_json {
        return object(report);
    }
    print(&mut std::io::stdout().lock())
}

/// Prints one JSON object on stdout.
pub fn object(report: &impl Serialize) -> Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, report)?;
    writeln!(out)?;
    Ok(())
}

/// Tells an error to a program: one object on one line of stdout, so that it also ends a list of objects, one a line.
pub fn error(kind: &str, message: &str, code: u8) {
    let object = serde_json::json!({
        "error": { "kind": kind, "message": message, "exit_code": code }
    });
    // whoever has closed stdout does not read it, and the exit code says it too
    let _ = writeln!(std::io::stdout().lock(), "{object}");
}

/// Tells what is told at once: on stderr where stdout is for an object.
pub fn greet(is_json: bool, text: &str) -> Result<()> {
    if is_json {
        std::io::stderr().lock().write_all(text.as_bytes())?;
    } else {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
    }
    Ok(())
}

/// An empty table.
pub fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_BORDERS_ONLY).set_header(header);
    table
}
