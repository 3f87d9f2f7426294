//! What `ddvs gateway` runs: an index of a Tycho network, filled from its first block and kept up with it.
//!
//! Nodes tell little of the past, and nothing across accounts. [`Gateway`] reads their blocks into an index, from the
//! first one on or from where the index ends, and goes on with those that come, so that the API can answer about a
//! network of nodes as it does about an embedded one.
//!
//! It trusts its nodes: proofs are not checked.

mod fresh;
mod gateway;
mod reader;
mod seeds;

pub use gateway::{Gateway, GatewayOptions, Progress};
