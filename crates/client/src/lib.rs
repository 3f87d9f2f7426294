//! Client library for any ddvs network: network interface, typed handles, signing and message tracing.
//!
//! [`Backend`] is the interface: a small, blocking, object-safe view of a network. [`EmbeddedNetwork`] implements it
//! over `ddvs-ledger`; any other implementation can replace it, possibly without the extras of [`Operator`]. On top
//! of it, [`getter`] runs get methods on fetched state, [`OwnerWallet`] builds and signs a user's messages, and
//! [`follow()`] traces their effects.

pub mod backend;
pub mod comment;
pub mod embedded;
pub mod error;
pub mod follow;
pub mod getter;
pub mod handles;
pub mod owner;
pub mod tree;

mod steps;

pub use backend::{Backend, ChainInfo, Operator};
pub use embedded::EmbeddedNetwork;
pub use error::{ClientError, Refusal};
pub use follow::{FollowLimits, follow, follow_until, send_and_follow};
pub use getter::{GetterContext, GetterOutput};
pub use handles::{DElector, DePoolRoot, DePoolWallet, Receiver};
pub use owner::{Outgoing, OwnerWallet, SendMode};
pub use tree::{MessageNode, MessageTree, NodeStatus};

// Plain records of the past. They have only public fields, so any backend can fill them with the data of its nodes.
pub use ddvs_ledger::{
    AccountView, Block, ChainId, ComputeResult, DroppedExternal, InMessage, MASTERCHAIN,
    MessageStatus, OutDestination, OutMessage, ReturnReason, ReturnedMessage, Supply,
    TransactionRecord, ValidatorSetRecord,
};

// These emulate a message as the network would run it.
pub use ddvs_ledger::executor_params;
