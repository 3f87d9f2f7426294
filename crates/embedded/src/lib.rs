//! The embedded network as a backend of `ddvs-client`.
//!
//! `ddvs-ledger` does not know the client, and `ddvs-client` no kind of network, so that a program that only talks to
//! nodes does not contain the simulator. This crate connects the two.

pub mod error;
mod network;

pub use network::EmbeddedNetwork;
