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
//! Each module uses only modules of its own group and of those before it:
//!
//! 1. calls to one node: [`roots`], [`settings`], [`error`], `http`, `wire`, and with these alone [`mod@probe`],
//!    [`description`] and `discover`; `endpoints` chooses the node;
//! 2. cached data: `record`, `newest`, `memory`, `states`, `pending`;
//! 3. `nodes`: the nodes of one network with their caches, which the modules below ask;
//! 4. reading: `history`, [`accounts`], `config`, `whole_block`, `blocks`, `heads`;
//! 5. sending: `accept`, `outbox`;
//! 6. `stream`: new blocks, while waiting messages are processed;
//! 7. [`network`]: [`JrpcNetwork`] puts these together;
//! 8. `live` and `walk`, which use a [`JrpcNetwork`].
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
mod config;
mod discover;
mod endpoints;
mod heads;
mod history;
mod http;
mod live;
mod memory;
mod nodes;
mod outbox;
mod pending;
mod record;
mod states;
mod stream;
mod walk;
mod whole_block;
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
