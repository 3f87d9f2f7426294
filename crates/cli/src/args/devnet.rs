//! The embedded network on real time.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;
use ddvs_index::Keep;

use super::serve::{ServeArgs, duration};

/// Options of the devnet.
#[derive(Debug, ClapArgs)]
pub struct DevnetArgs {
    /// Workchains besides the masterchain, 1 to 16 [default: 2]
    #[arg(long)]
    pub workchains: Option<u8>,
    /// Genesis validators of each workchain, 1 to 10000 [default: 4]
    #[arg(long)]
    pub validators: Option<u16>,
    /// Time between two blocks of each chain, 20 to 60000 [default: 200]
    #[arg(long)]
    pub block_time_ms: Option<u64>,
    /// Keys, delays and the contracts' randomness follow from it. All keys are known to everybody [default: 1]
    #[arg(long)]
    pub seed: Option<u64>,
    /// Seconds from unstake until coins are free, in the genesis pools; a third of it from Lock until a stake may leave [default: 90]
    #[arg(long, value_name = "SECONDS")]
    pub unlock_period: Option<u32>,
    /// Directory that keeps the network, so that it survives whatever ends the process; without, all is in memory and ends with it
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Throw the index away: history begins anew at the present block. The network goes on where it was
    #[arg(long, requires = "data")]
    pub rebuild_index: bool,
    /// How much of the past is kept, while it runs and from before: a time such as 12h or 7d, a number of blocks of each chain, or `all`
    #[arg(long, value_name = "TIME|BLOCKS", value_parser = keep, default_value = "1d")]
    pub keep: Keep,
    /// Let simulated people stake, unstake, withdraw, join and leave, and now and then sign twice
    #[arg(long)]
    pub activity: bool,
    /// End after this time, such as 30s or 5m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub run_for: Option<Duration>,
    /// With --run-for: print one JSON object about the run on stdout, at its end, and nothing else
    #[arg(long, requires = "run_for")]
    pub json: bool,
    #[command(flatten)]
    pub serve: ServeArgs,
}

/// Blocks of each chain that are kept at least: whoever follows a message must find it.
const MIN_BLOCKS: u32 = 100;
/// Time whose blocks are kept at least.
const MIN_TIME: Duration = Duration::from_secs(60);
const DAY_S: u64 = 24 * 60 * 60;

/// Reads how much is kept.
///
/// Fails with a sentence that says what it looks like.
fn keep(text: &str) -> Result<Keep, String> {
    if text == "all" {
        return Ok(Keep::All);
    }
    if let Ok(blocks) = text.parse::<u32>() {
        return match blocks {
            MIN_BLOCKS.. => Ok(Keep::Blocks(blocks)),
            _ => Err(format!(
                "at least {MIN_BLOCKS} blocks of each chain are kept"
            )),
        };
    }
    let time = match text.strip_suffix('d').map(str::parse::<u32>) {
        Some(Ok(days)) => Some(Duration::from_secs(u64::from(days) * DAY_S)),
        Some(Err(_)) => None,
        None => duration(text).ok(),
    };
    match time {
        Some(time) if time >= MIN_TIME => Ok(Keep::Time(time)),
        Some(_) => Err("blocks of at least a minute are kept: 1m".to_owned()),
        None => Err("give a time such as 12h or 7d, a number of blocks, or all".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_a_time_a_number_or_all() {
        let time = |seconds| Ok(Keep::Time(Duration::from_secs(seconds)));
        assert_eq!(keep("all"), Ok(Keep::All));
        assert_eq!(keep("5000"), Ok(Keep::Blocks(5_000)));
        assert_eq!(keep("1d"), time(86_400));
        assert_eq!(keep("12h"), time(43_200));
        assert_eq!(keep("1m"), time(60));
        for wrong in [
            "",
            "0",
            "99",
            "0d",
            "59s",
            "d",
            "1w",
            "-1",
            "1.5d",
            "ALL",
            "4294967296",
        ] {
            assert!(keep(wrong).is_err(), "{wrong}");
        }
    }
}
