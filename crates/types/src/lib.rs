//! What every kind of network is described with: chains, accounts, blocks, transactions, messages and coins.
//!
//! These are plain records with public fields, so that the embedded network and a client of nodes fill the same ones. The
//! crate reads no clock, socket or disk, and knows neither the contracts nor a kind of network.

pub mod account;
pub mod coins;
pub mod execution;
pub mod lane;
pub mod record;
pub mod state_root;
pub mod supply;

mod read;

pub use account::AccountView;
pub use coins::{Amount, AmountError, COIN, COIN_U64, coins};
pub use execution::{ExecutionContext, NotExecuted, executor_params};
pub use lane::{Lane, Lanes};
pub use read::external_receiver;
pub use record::{
    Block, ComputeResult, DroppedExternal, InMessage, MessageStatus, OutDestination, OutMessage,
    ReturnReason, ReturnedMessage, TransactionRecord, ValidatorSetRecord,
};
pub use state_root::StateRoot;
pub use supply::{ChainSupply, Supply};

/// Id of a chain: -1 is the masterchain, 0 and above are workchains.
pub type ChainId = i8;

/// The masterchain's id.
pub const MASTERCHAIN: ChainId = -1;
