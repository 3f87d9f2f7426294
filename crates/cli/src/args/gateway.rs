//! API and dashboard in front of a network of nodes.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use ddvs_index::Keep;

use super::keep::keep;
use super::serve::ServeArgs;

/// Options of the gateway.
#[derive(Debug, ClapArgs)]
pub struct GatewayArgs {
    /// The network: the directory created by `ddvs tycho init`
    #[arg(
        long,
        value_name = "DIR",
        required_unless_present = "rpc",
        conflicts_with = "rpc"
    )]
    pub network: Option<PathBuf>,
    /// The network: URL of one of its nodes, such as http://127.0.0.1:8001
    #[arg(long, value_name = "URL")]
    pub rpc: Option<String>,
    /// Directory of the index, so that it need not be rebuilt; without it, the index is in memory
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Delete the index and rebuild it from the first block
    #[arg(long, requires = "data", alias = "rebuild")]
    pub rebuild_index: bool,
    /// How much history is kept, by the network's time: a time such as 12h or 7d, a number of blocks of each chain,
    /// or `all`
    #[arg(long, value_name = "TIME|BLOCKS", value_parser = keep, default_value = "all")]
    pub keep: Keep,
    /// Exit when all known blocks are in the index
    #[arg(long)]
    pub until_synced: bool,
    /// With --until-synced: print only one JSON object about it on stdout
    #[arg(long, requires = "until_synced")]
    pub json: bool,
    #[command(flatten)]
    pub serve: ServeArgs,
}
