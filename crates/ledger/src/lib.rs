//! The embedded multi-chain network: TVM chains in one process, without clock, socket or disk.
//!
//! [`Network`] owns a masterchain and any number of workchains. Time is virtual: nothing happens
//! until [`Network::step`] or [`Network::produce_block`] makes a block, and the same genesis with
//! the same calls gives the same blocks bit for bit.
//!
//! Each file is one step of a message's path: [`external`] admits it, [`import`] brings it into a block, `execute`
//! runs it, [`route`] sends the resulting messages, [`record`] keeps the results, and [`supply`] counts every nano.
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
pub mod record;
pub mod route;
pub mod state;
pub mod supply;

mod account;
mod apply;
mod block;
mod chain;
mod execute;
mod outbound;
mod quarantine;
mod read;
mod state_hash;
mod status;
mod takeover;
mod view;
mod work;

pub use account::AccountView;
pub use config::{ChainConfig, ValidatorSetRecord, executor_params};
pub use delay::DelayPlan;
pub use error::{ExternalRefusal, Fault, GenesisRefusal, SendError};
pub use genesis::{ChainGenesis, GenesisAccount, NetworkGenesis};
pub use history::HistoryLimits;
pub use network::Network;
pub use record::{
    Block, ComputeResult, DroppedExternal, InMessage, MessageStatus, OutDestination, OutMessage,
    ReturnReason, ReturnedMessage, TransactionRecord,
};
pub use state::{ChainState, NetworkState, QueueState, RestoreError, WaitingMessage};
pub use status::{ChainStatus, Limits};
pub use supply::{ChainSupply, Supply};
pub use view::ChainView;
pub use work::{GoesOn, Work};

/// Id of a chain: -1 is the masterchain, 0 and above are workchains.
pub type ChainId = i8;

/// The masterchain's id.
pub const MASTERCHAIN: ChainId = -1;
