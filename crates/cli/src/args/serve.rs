//! Common options of all servers.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args as ClapArgs, ValueEnum};

/// Address and limits of a server.
#[derive(Debug, ClapArgs)]
pub struct ServeArgs {
    /// Address to listen on; port 0 takes any free one and prints it
    #[arg(
        long,
        env = "DDVS_LISTEN",
        hide_env_values = true,
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// Origin whose pages may call the API, such as `https://example.org`; `*` for all. May be given several times
    #[arg(long, value_name = "ORIGIN", default_value = "*")]
    pub cors_origin: Vec<String>,
    /// Requests per second of one address, on average; 0 for no limit
    #[arg(long, default_value_t = 500)]
    pub requests_per_second: u32,
    /// Maximum number of open connections, including event streams
    #[arg(long, value_name = "COUNT", default_value_t = 2_048, value_parser = at_least_one)]
    pub max_connections: usize,
    /// Maximum number of connections of one address; behind a proxy (`--trust-forwarded`) only --max-connections
    /// applies
    #[arg(long, value_name = "COUNT", default_value_t = 512, value_parser = at_least_one)]
    pub max_connections_per_address: usize,
    /// Take the caller's address from the last entry of X-Forwarded-For: only behind a proxy that sets it
    #[arg(long)]
    pub trust_forwarded: bool,
    #[command(flatten)]
    pub log: LogArgs,
}

/// The log of a long-running command, on stderr.
#[derive(Debug, ClapArgs)]
pub struct LogArgs {
    /// What to log: a level (error, warn, info, debug, trace), or levels by component such as
    /// `info,ddvs_devnet=debug`
    #[arg(long, value_name = "FILTER", default_value = "info")]
    pub log: String,
    /// Format of the log
    #[arg(long, value_enum, default_value_t = LogFormat::Human)]
    pub log_format: LogFormat,
}

/// Format of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One line for each event, with colours on a terminal
    Human,
    /// One JSON object a line
    Json,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..) => Ok(count),
        _ => Err("it must be a number of at least 1".to_owned()),
    }
}

/// Parses a time such as `500ms`, `30s`, `5m` or `2h`.
///
/// Fails with a sentence that describes the format.
pub fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit());
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let unit_ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => 0,
    };
    let ms = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(unit_ms));
    match ms {
        Some(ms) if ms > 0 => Ok(Duration::from_millis(ms)),
        _ => Err("a time is a number with its unit, such as 500ms, 30s, 5m or 2h".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7_200)));
        for wrong in [
            "",
            "30",
            "s",
            "0s",
            "-1s",
            "1.5s",
            "30 s",
            "1d",
            "99999999999999999999s",
            "18446744073709551615h",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
