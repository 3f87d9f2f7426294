//! Commands and options.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

/// Nodes of a network whose chains have validators of their own
#[derive(Debug, Parser)]
#[command(name = "ddvs-node", version, arg_required_else_help = true)]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// A network of nodes on this machine
    #[command(subcommand)]
    Net(NetCommand),
    /// Run a node until it is stopped
    Run(RunArgs),
    /// Show the status of a node
    Status(RunStatusArgs),
}

/// Operations on a network.
#[derive(Debug, Subcommand)]
pub enum NetCommand {
    /// Make a network: keys, the network file, and a home for each node
    Init(InitArgs),
    /// Make the home of one more node, which validates once its key is registered
    Add(AddArgs),
    /// Start all nodes that do not run
    Up(DirArgs),
    /// Stop all nodes
    Down(DirArgs),
    /// Show the chains as the nodes know them
    Status(StatusArgs),
}

/// Options of a new network.
#[derive(Debug, ClapArgs)]
pub struct InitArgs {
    /// Directory for all its files; must be empty or not exist
    #[arg(long)]
    pub dir: PathBuf,
    /// Number of workchains besides the masterchain
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=23))]
    pub workchains: u8,
    /// Validators of each workchain, each a node
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(3..=400))]
    pub validators: u16,
    /// Most validators of the masterchain: those with the largest stakes
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(3..=400))]
    pub main: u16,
    /// Time between two blocks of a chain
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(50..=60_000))]
    pub block_time_ms: u64,
    /// First port of the first node; each node takes 32
    #[arg(long, default_value_t = 30_000)]
    pub base_port: u16,
    /// Address of this machine, as the nodes reach each other
    #[arg(long, default_value = "127.0.0.1")]
    pub host: IpAddr,
}

/// The directory of a network.
#[derive(Debug, ClapArgs)]
pub struct DirArgs {
    /// Directory of the network
    #[arg(long)]
    pub dir: PathBuf,
}

/// Options of one more node.
#[derive(Debug, ClapArgs)]
pub struct AddArgs {
    /// Directory of the network
    #[arg(long)]
    pub dir: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Options of the status.
#[derive(Debug, ClapArgs)]
pub struct StatusArgs {
    /// Directory of the network
    #[arg(long)]
    pub dir: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// The home of a node.
#[derive(Debug, ClapArgs)]
pub struct RunArgs {
    /// Home of the node
    #[arg(long)]
    pub home: PathBuf,
}

/// Options of a node's status.
#[derive(Debug, ClapArgs)]
pub struct RunStatusArgs {
    /// Home of the node
    #[arg(long)]
    pub home: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}
