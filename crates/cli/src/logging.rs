//! Logs of long-running commands, on stderr.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use tracing_subscriber::EnvFilter;

use crate::args::{LogArgs, LogFormat};

/// Begins to log.
///
/// Fails when the filter cannot be understood, or somebody logs already.
pub fn begin(args: &LogArgs) -> Result<()> {
    let filter = EnvFilter::try_new(&args.log).with_context(|| {
        format!(
            "--log {}: use a level (error, warn, info, debug, trace), or levels by part such as `info,ddvs_devnet=debug`",
            args.log
        )
    })?;
    let builder = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(filter);
    let begun = match args.log_format {
        LogFormat::Human => builder
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    begun.map_err(|cause| anyhow::anyhow!("the log cannot begin: {cause}"))
}
