//! Engines that talk over loopback in one process.

#[cfg(feature = "byzantine")]
mod double_signing;
mod four_engines;
mod sign_guard;
mod world;
