//! A network of Tycho nodes over their JRPC.
//!
//! [`JrpcNetwork`] is a [`Backend`](ddvs_client::Backend) over stock `tycho` 1.0 nodes. It needs a
//! [`NetworkDescription`] (`network.json`): the network's id, its chains with their D'Electors, and the
//! addresses of some nodes. Nodes need `rpc.storage.type` `Full`, which is their default.
//!
//! Additions to the bare RPC: several nodes with failover (`endpoints`), accounts from nodes that confuse chains
//! ([`accounts`]), messages that are resent until they have a transaction or have expired (`outbox`) and that are emulated
//! locally first (`accept`), and a stream of blocks (`stream`).
//!
//! Limits: proofs are not checked, so the nodes are trusted. A block holds the transactions of watched accounts only, and no
//! hashes; a workchain's block without such transactions is not reported. Nodes with `rpc.allow_huge_requests` provide more:
//! see `blocks`. A record has no balance. Nodes keep transactions for a week by default.

pub mod accounts;
pub mod description;
pub mod error;
pub mod network;
mod newest;
pub mod probe;
pub mod roots;
pub mod settings;

mod accept;
mod blocks;
mod discover;
mod endpoints;
mod heads;
mod history;
mod http;
mod live;
mod memory;
mod outbox;
mod record;
mod states;
mod stream;
mod walk;
mod wire;

pub use description::{ChainDescription, DescriptionError, NetworkDescription};
pub use error::{CallError, StandsStill};
pub use heads::BlockHead;
pub use live::NodesLive;
pub use network::JrpcNetwork;
pub use probe::{NodeReport, height, probe, shows};
pub use roots::{Roots, RootsError};
pub use settings::Settings;
pub use walk::Walk;
