//! The embedded multi-chain network: TVM chains in one process, without clock, socket or disk.
//!
//! [`Network`] owns a masterchain and any number of workchains. Time is virtual: nothing happens
//! until [`Network::step`] or [`Network::produce_block`] makes a block, and the same genesis with
//! the same calls gives the same blocks bit for bit.
//!
//! Each chain is a [`ddvs_chain::Chain`], which knows no other one; this crate gives them a common clock, carries the
//! messages between them ([`import`], [`delay`]), keeps external messages until a block takes them, and keeps a history.
//!
//! Not supported: consensus, block signatures and proofs; blocks are final when they are made.

pub mod delay;
pub mod genesis;
pub mod history;
pub mod import;
pub mod network;
pub mod state;

mod mempool;
mod schedule;
mod state_hash;
mod status;

pub use ddvs_chain::config::{self, ChainConfig};
pub use ddvs_chain::{
    ChainGenesis, ChainState, ChainView, ExternalRefusal, Fault, GenesisAccount, GenesisRefusal,
    GoesOn, SendError, Work,
};
pub use ddvs_types::Lane;
pub use delay::DelayPlan;
pub use genesis::NetworkGenesis;
pub use history::HistoryLimits;
pub use network::Network;
pub use state::{NetworkState, QueueState, RestoreError, SiteState, WaitingMessage};
pub use status::{ChainStatus, Limits};
