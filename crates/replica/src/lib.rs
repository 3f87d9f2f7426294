//! One chain as its validators agree on it, without clock, socket, disk or signatures of its own.
//!
//! A [`Replica`] is a [`ddvs_chain::Chain`] together with what it believes of the other chains: a [`Cursor`] for each. It makes
//! a block from what it is offered ([`Replica::propose`]), and the same block again from its [`Body`] ([`Replica::execute`]).
//! The result is a [`ddvs_light::Header`], whose hash is what validators sign.
//!
//! Other chains are believed by proof only. Their headers must be certified by the set that this chain's own D'Elector agreed to
//! (`sets.rs`), their messages must be the next ones of the lane in such a header (`lanes.rs`), and no chain may have sent more
//! coins than ever went into it (`coins.rs`).

pub mod body;
pub mod cursor;
pub mod error;
pub mod genesis;
pub mod offer;
pub mod replica;

mod coins;
mod execute;
mod headers;
mod lanes;
mod propose;
mod sets;
mod state;
mod state_bytes;

pub use body::{Body, CertifiedHeader};
pub use cursor::Cursor;
pub use error::{BlockRefusal, ExecuteError, ImportRefusal};
pub use execute::Executed;
pub use genesis::{NetworkStart, StartError};
pub use offer::{LaneOffer, Offer};
pub use propose::Proposed;
pub use replica::Replica;
pub use state::{ReplicaState, StateRefusal};
