//! The embedded network on real time.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args as ClapArgs;
use ddvs_index::Keep;

use super::keep::keep;
use super::serve::{ServeArgs, duration};

/// Options of the devnet.
#[derive(Debug, ClapArgs)]
pub struct DevnetArgs {
    /// Number of workchains besides the masterchain, 1 to 16 [default: 2]
    #[arg(long)]
    pub workchains: Option<u8>,
    /// Number of genesis validators of each workchain, 1 to 10000 [default: 4]
    #[arg(long)]
    pub validators: Option<u16>,
    /// Time between two blocks of each chain, 20 to 60000 [default: 200]
    #[arg(long)]
    pub block_time_ms: Option<u64>,
    /// Seed of keys, delays and the contracts' randomness. Everyone knows all keys [default: 1]
    #[arg(long)]
    pub seed: Option<u64>,
    /// Seconds from unstake until coins are free, in the genesis pools; a third of it from Lock until a stake may
    /// leave [default: 90]
    #[arg(long, value_name = "SECONDS")]
    pub unlock_period: Option<u32>,
    /// Directory of the network, so that it survives the end of the process, however it ends; without it, everything
    /// is in memory
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Delete the index: history starts anew at the current block. The network continues where it was
    #[arg(long, requires = "data")]
    pub rebuild_index: bool,
    /// How much history is kept, including earlier runs: a time such as 12h or 7d, a number of blocks of each chain,
    /// or `all`
    #[arg(long, value_name = "TIME|BLOCKS", value_parser = keep, default_value = "1d")]
    pub keep: Keep,
    /// Add simulated users who stake, unstake, withdraw, join and leave, and occasionally sign twice
    #[arg(long)]
    pub activity: bool,
    /// Exit after this time, such as 30s or 5m
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub run_for: Option<Duration>,
    /// With --run-for: print only one JSON object about the run on stdout, at its end
    #[arg(long, requires = "run_for")]
    pub json: bool,
    #[command(flatten)]
    pub serve: ServeArgs,
}
