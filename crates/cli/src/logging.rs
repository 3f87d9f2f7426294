//! Logs of long-running commands, on stderr.

use std::io::{IsTerminal, Write};

use anyhow::{Context, Result};
use tracing_subscriber::EnvFilter;

use crate::args::{LogArgs, LogFormat};
use crate::people::progress;

/// Stderr, above the line that stays at its end.
struct AboveTheLine;

impl Write for AboveTheLine {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        progress::aside(|| std::io::stderr().lock().write_all(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().lock().flush()
    }
}

/// Starts logging.
///
/// Fails when the filter is invalid, or logging was started already.
pub fn begin(args: &LogArgs) -> Result<()> {
    let filter = EnvFilter::try_new(&args.log).with_context(|| {
        format!(
            "--log {}: use a level (error, warn, info, debug, trace), or levels by part such as `info,ddvs_devnet=debug`",
            args.log
        )
    })?;
    let builder = tracing_subscriber::fmt()
        .with_writer(|| AboveTheLine)
        .with_env_filter(filter);
    let begun = match args.log_format {
        LogFormat::Human => builder
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    begun.map_err(|cause| anyhow::anyhow!("logging cannot start: {cause}"))
}
