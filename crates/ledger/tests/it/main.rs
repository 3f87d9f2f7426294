//! All tests of this crate in one binary: linking one for each file takes most of the time to build them.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod block_gas_limit;
mod bounces;
mod cross_chain_order;
mod determinism;
mod externals;
mod fees_and_supply;
mod genesis_refusals;
mod history;
mod quarantine;
mod read;
mod restore;
mod silence;
mod together;
mod validator_set_record;
mod work;
