//! A node of a network whose chains have validators of their own.
//!
//! It follows and executes every chain ([`chains`]), and runs the consensus engine of each chain in whose set its key is
//! ([`runner`]). The other chains' blocks come over HTTP from any node ([`follow`]), and are trusted only as far as they are
//! certified and were executed here. What is signed is written down first ([`guard`]), and every block is on disk before anyone sees
//! it ([`store`]).

pub mod admit;
pub mod api;
pub mod block;
pub mod chains;
pub mod follow;
mod gossip;
pub mod guard;
pub mod http;
mod kept;
pub mod live;
pub mod mempool;
pub mod network;
pub mod node;
pub mod peer;
pub mod processes;
pub mod record;
pub mod report;
mod role;
pub mod runner;
pub mod site;
pub mod status;
pub mod store;

pub use node::{Node, NodeConfig};
