//! The HTTP API of a ddvs network.
//!
//! Every answer comes from two sources: [`Live`](ddvs_client::Live), the network's current state, and an index (`ddvs-index`) of its history.
//! There are three dialects: `toncenter` (v2, for TON tools), `jrpc` (of Tycho nodes, for Everscale tools) and `v1` (our own).
//! Everything that may take time runs on threads for blocking work, as many as [`Settings`] allows.
//!
//! The server holds no key, and nothing can be changed over it except by an external message that a contract accepts.

pub mod error;
pub mod feed;
pub mod metrics;
pub mod priority;
pub mod server;
pub mod settings;
pub mod stack;
pub mod state;

mod address;
mod client_ip;
mod connections;
mod counts;
mod estimate;
mod getters;
mod jrpc;
mod layers;
mod live;
mod params;
mod pruned;
mod pruner;
mod rate;
mod toncenter;
mod v1;
mod wallets;
mod watch;

pub use connections::serve;
pub use error::ApiError;
pub use feed::{Feed, Feeder};
pub use server::router;
pub use settings::Settings;
pub use state::ApiState;
pub use v1::openapi;
