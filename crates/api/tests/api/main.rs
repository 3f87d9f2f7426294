//! The API in front of a network on real time, over HTTP.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "these are tests: a helper that fails is a test that fails"
)]

mod connections;
mod docs;
mod frames;
mod fuzz;
mod h2_client;
mod health;
mod hostile;
mod http;
mod http2;
mod jrpc;
mod limits;
mod live;
mod nodes;
mod nonsense;
mod own;
mod pruned;
mod quarantine;
mod server;
mod story;
mod stream;
mod toncenter;
