//! The agreement rules as a model that is searched exhaustively.
//!
//! An [`Instance`] is a small network: chains with stakes, a script of batches for each, and which chains may fall
//! silent or are captured. [`search`](search::search) visits every state that any order of messages can lead to and
//! checks the [`properties`]. [`Rules`] can be switched off one by one; the tests show the resulting violations.
//!
//! The model does not include cells, gas, coins or signatures: it is about which copy applies which batch, and when.

mod agenda;
mod ask;
mod batch;
pub mod captured;
mod count;
mod decide;
mod elector;
mod instance;
mod message;
mod network;
pub mod properties;
pub mod random;
mod rules;
pub mod scenarios;
pub mod search;
mod slot;
mod stats;
mod trace;

pub use ask::Named;
pub use batch::{
    Base, Batch, Chain, ContentId, FORK, MADE_UP, MAIN, MAX_CHAINS, Seqno, invalid, stake, with_key,
};
pub use captured::Captured;
pub use count::Weighed;
pub use elector::{Effects, Elector, To};
pub use instance::{Instance, Silence};
pub use message::{Body, Message};
pub use network::{Network, Rest, Status, Step};
pub use properties::Violation;
pub use rules::{AskRule, CONTRACTS, CountRule, Rules, VouchRule};
pub use slot::{Ballot, Found, Grade, Held, Slot, Wait};
pub use stats::Stats;
pub use trace::{chain_name, explain};
