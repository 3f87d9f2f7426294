//! Engines that talk over loopback in one process.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod crashes;
#[cfg(feature = "byzantine")]
mod double_signing;
mod ends;
mod four_engines;
mod sign_guard;
mod verdicts;
mod world;
