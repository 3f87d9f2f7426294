//! All tests of this crate in one binary: linking one for each file takes most of the time to build them.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod config;
mod first_batch;
mod network_file;
mod places;
mod room;
