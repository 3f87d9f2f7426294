//! All tests of this crate but those of `fuzz.rs` in one binary: linking one for each file takes most of the time to build
//! them.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[path = "../common/mod.rs"]
mod common;

mod prune;
mod story;
