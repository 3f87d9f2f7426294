//! Shared helpers of this crate's tests.

#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    reason = "helpers of tests; every test file uses a part of them"
)]

pub mod bench;
pub mod config;
pub mod getter;
pub mod mutants;
pub mod pool;
pub mod samples;

use std::path::PathBuf;

use tycho_types::prelude::*;

/// A file of the repository, by its path from the root.
pub fn repo(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

pub fn read(path: &str) -> String {
    let path = repo(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The contract that echoes every type.
pub fn echo_code() -> Cell {
    Boc::decode(std::fs::read(repo("contracts/artifacts/tests/echo.boc")).unwrap()).unwrap()
}

pub fn hash(byte: u8) -> HashBytes {
    HashBytes([byte; 32])
}

pub fn addr(chain: i8, byte: u8) -> tycho_types::models::StdAddr {
    tycho_types::models::StdAddr::new(chain, hash(byte))
}
