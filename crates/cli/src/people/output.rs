//! Output of a command: a table for people, or one JSON object.

use std::io::{ErrorKind, Write};

use anyhow::Result;
use serde_json::Value;
use tycho_types::models::StdAddr;

pub use super::grid::table;
use super::progress;
use crate::args::OutputArgs;

/// Destination of results.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
}

impl Output {
    /// Returns the requested format.
    pub fn new(args: &OutputArgs) -> Self {
        Self { json: args.json }
    }

    /// Whether programs read it.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a result in one of its two formats.
    pub fn print(&self, object: &Value, human: impl FnOnce() -> String) -> Result<()> {
        let text = match self.json {
            true => serde_json::to_string_pretty(object)?,
            false => human(),
        };
        write_line(&text)
    }
}

/// Writes to stdout. If its reader has closed it, that is not an error.
pub fn write_line(text: &str) -> Result<()> {
    offer_line(text).map(|_| ())
}

/// Writes to stdout; returns whether someone still reads it.
pub fn offer_line(text: &str) -> Result<bool> {
    let write = || {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{text}").and_then(|()| out.flush())
    };
    match progress::aside(write) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Formats lines `name  value`, with aligned values.
pub fn fields(rows: &[(&str, String)]) -> String {
    let width = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    let lines: Vec<_> = rows
        .iter()
        .map(|(name, value)| format!("{name:<width$}  {value}"))
        .collect();
    lines.join("\n")
}

/// Formats an address short enough for a table, and long enough to be given again: its prefix.
pub fn short(address: &StdAddr) -> String {
    let hex = address.address.to_string();
    format!("{}:{}…", address.workchain, &hex[..12])
}

/// Formats a chain for people.
pub fn chain_name(chain: i8) -> String {
    match chain {
        -1 => "masterchain".to_owned(),
        other => format!("workchain {other}"),
    }
}

/// Formats a chain for the middle of a sentence.
pub fn the_chain(chain: i8) -> String {
    match chain {
        -1 => "the masterchain".to_owned(),
        other => chain_name(other),
    }
}
