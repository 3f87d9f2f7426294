//! The state transition of one TVM chain, without clock, socket, disk or other chains.
//!
//! [`Chain`] is the state between two blocks. [`Chain::propose`] makes a block from what came from outside, and
//! [`Chain::execute`] makes the same block again from its [`Body`], bit for bit. What a block sends to other chains
//! is appended to a [`Lane`](ddvs_types::Lane) for each of them; what it imports is taken from their lanes, in order.
//!
//! Each file is one step of a message's path: [`external`] checks it, [`inputs`] brings it into a block, `execute`
//! runs it, [`route`] and `outbound` send the resulting messages, and the results are the records of `ddvs-types`,
//! which also count every nano.
//!
//! Not supported: shards, tick-tock transactions, public libraries and extra currencies. A chain is one sequence of
//! blocks that are final.

pub mod chain;
pub mod config;
pub mod error;
pub mod external;
pub mod genesis;
pub mod hash;
pub mod inputs;
pub mod route;
pub mod state;

mod account;
mod apply;
mod block;
mod execute;
mod outbound;
mod quarantine;
mod takeover;
mod view;
mod work;

pub use chain::{Chain, Made};
pub use config::ChainConfig;
pub use error::{BodyRefusal, ExecuteError, ExternalRefusal, Fault, GenesisRefusal, SendError};
pub use genesis::{ChainGenesis, GenesisAccount};
pub use inputs::{Body, Import, Imports, Inputs, Sent};
pub use state::{ChainState, RestoreError};
pub use view::ChainView;
pub use work::{GoesOn, Work};
