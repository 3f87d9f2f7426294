//! All tests of this crate in one binary: linking one for each file takes most of the time to build them.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[path = "../common/mod.rs"]
mod common;

mod blocks;
mod failover;
mod fuzz;
mod messages;
mod reading;
mod tls;
