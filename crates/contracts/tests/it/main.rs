//! All tests of this crate in one binary: linking one for each file takes most of the time to build them.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[path = "../common/mod.rs"]
mod common;

mod encoding_conformance;
mod errors_documented;
mod local_discipline;
mod params_documented;
mod pool;
mod pool_chains;
mod pool_coins;
mod pool_floors;
mod pool_forgeries;
mod pool_gas;
mod pool_keys;
mod pool_locks;
mod pool_mutants;
mod pool_random;
mod pool_reserve;
mod pool_storage;
mod schema_ops;
mod sources_match_manifest;
mod tolk_agrees;
mod unreadable;
mod withdraw_to;
