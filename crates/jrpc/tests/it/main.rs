//! All tests of this crate in one binary: linking one for each file takes most of the time to build them.

#[path = "../common/mod.rs"]
mod common;

mod blocks;
mod failover;
mod messages;
mod reading;
mod tls;
