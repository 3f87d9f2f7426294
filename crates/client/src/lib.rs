//! Client library for any ddvs network: network interface, typed handles, signing and message tracing.
//!
//! The interface is small, blocking and object-safe: [`Live`] reads a network's current state and sends messages to it,
//! [`Backend`] adds its history and the stream of its blocks. `ddvs-embedded` implements it over the embedded network,
//! `ddvs-jrpc` over nodes, possibly without the extras of [`Operator`]. On top of it, [`getter`] runs get methods on
//! fetched state, [`OwnerWallet`] builds and signs a user's messages, and [`follow()`] traces their effects.

pub mod backend;
pub mod comment;
pub mod error;
pub mod follow;
pub mod getter;
pub mod handles;
pub mod live;
pub mod owner;
pub mod received;
pub mod seeded;
pub mod tree;

mod steps;

pub use backend::{Backend, ChainInfo, Operator};
pub use error::{ClientError, Refusal};
pub use follow::{FollowLimits, follow, follow_until, send_and_follow};
pub use getter::{GetterContext, GetterOutput};
pub use handles::{DElector, DePoolRoot, DePoolWallet, Receiver};
pub use live::{Head, Live, NotKept};
pub use owner::{Outgoing, OwnerWallet, SendMode};
pub use tree::{MessageNode, MessageTree, NodeStatus};

// What the interface consists of, so that a client needs no other crate.
pub use ddvs_types::{
    AccountView, Block, ChainId, ComputeResult, DroppedExternal, InMessage, MASTERCHAIN,
    MessageStatus, OutDestination, OutMessage, ReturnReason, ReturnedMessage, Supply,
    TransactionRecord, ValidatorSetRecord,
};
