//! The implementation of `ddvs gateway`: an index of a Tycho network, filled from its first block and kept up to
//! date.
//!
//! Nodes provide little history, and nothing across accounts. [`Gateway`] reads their blocks into an index, from the first one
//! on or from where the index ends, and continues with new ones, so that the API can answer for a network of nodes as it does
//! for an embedded one.
//!
//! It trusts its nodes: proofs are not checked.

mod fresh;
mod gateway;
mod reader;
mod seeds;

pub use gateway::{Gateway, GatewayOptions, Progress};
