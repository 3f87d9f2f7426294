//! Bindings of the ddvs contracts: messages, storage, addresses, getters and exit codes.
//!
//! Everything here mirrors `contracts/*.tolk` field by field; `contracts/schema.tlb` is the common source.
//! The crate is pure: it builds and reads cells, nothing else.

pub mod code;
pub mod delector;
pub mod messages;
pub mod network;
pub mod params;
pub mod signed;

pub use network::{Network, RootTerms};
