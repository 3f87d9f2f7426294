//! The embedded network as a backend of `ddvs-client`.
//!
//! `ddvs-ledger` does not know the client, and `ddvs-client` no kind of network, so that a program that only talks to
//! nodes does not contain the simulator. This crate connects the two: [`EmbeddedNetwork`] belongs to one caller, who makes
//! its blocks; [`EmbeddedLive`] is shared by one thread that makes blocks and any number of others.

mod error;
mod inbox;
mod live;
mod network;

pub use inbox::Journal;
pub use live::{Changing, EmbeddedLive};
pub use network::EmbeddedNetwork;
