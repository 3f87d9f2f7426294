//! The embedded multi-chain network: TVM chains in one process, without clock, socket or disk.
//!
//! [`Network`] owns a masterchain and any number of workchains. Time is virtual: nothing happens
//! until [`Network::step`] or [`Network::produce_block`] makes a block, and the same genesis with
//! the same calls gives the same blocks bit for bit.
//!
//! Each file is one step of a message's path: [`external`] admits it, [`import`] brings it into a block, `execute`
//! runs it, [`route`] sends the resulting messages, and the results are the records of `ddvs-types`, which also count
//! every nano.
//!
//! Not supported: consensus, block signatures, proofs, shards, tick-tock transactions, public libraries and extra
//! currencies. A chain is one sequence of blocks that are final.

pub mod config;
pub mod delay;
pub mod error;
pub mod external;
pub mod genesis;
pub mod history;
pub mod import;
pub mod network;
pub mod route;
pub mod state;

mod account;
mod apply;
mod block;
mod chain;
mod execute;
mod outbound;
mod quarantine;
mod state_hash;
mod status;
mod takeover;
mod view;
mod work;

pub use config::ChainConfig;
pub use delay::DelayPlan;
pub use error::{ExternalRefusal, Fault, GenesisRefusal, SendError};
pub use genesis::{ChainGenesis, GenesisAccount, NetworkGenesis};
pub use history::HistoryLimits;
pub use network::Network;
pub use state::{ChainState, NetworkState, QueueState, RestoreError, WaitingMessage};
pub use status::{ChainStatus, Limits};
pub use view::ChainView;
pub use work::{GoesOn, Work};
