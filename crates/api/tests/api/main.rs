//! The API in front of a network on real time, over HTTP.
#![allow(clippy::unwrap_used, missing_docs)]

mod connections;
mod docs;
mod fuzz;
mod health;
mod hostile;
mod http;
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
