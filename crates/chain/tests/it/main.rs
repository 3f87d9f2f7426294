//! Chains on their own: the test carries the messages between them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod again;
mod lanes;
mod world;
