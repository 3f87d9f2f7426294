//! The demo.

use std::path::PathBuf;

use clap::Args as ClapArgs;

/// Options of the demo.
#[derive(Debug, ClapArgs)]
pub struct DemoArgs {
    /// Workchains besides the masterchain
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(3..=8))]
    pub workchains: u8,
    /// Genesis validators of each workchain
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(3..=16))]
    pub validators: u8,
    /// Run it on a network of nodes, in real time: the directory created by `ddvs tycho init --story`
    #[arg(long, conflicts_with_all = ["workchains", "validators", "seed"])]
    pub network: Option<PathBuf>,
    /// Seed of keys and message delays: the same seed gives the same run
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Print only one JSON object on stdout
    #[arg(long)]
    pub json: bool,
}
