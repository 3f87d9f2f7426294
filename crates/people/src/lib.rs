//! Operations of validators and stakers on a ddvs network, step by step and repeatable, without a terminal.
//!
//! A [`Request`] is one operation: messages, and the event that counts as the answer. It is signed once ([`Signed`]); the same
//! bytes can run only once, so an interrupted user may send them again. [`answer`] reads the outcome from the tree of
//! messages, [`simulate()`] emulates a request on fetched states without sending anything. [`Staker`] and [`Candidate`] know
//! which request comes next; [`Evidence`] is misbehaviour in a file.

pub mod answer;
pub mod config;
pub mod contracts;
pub mod counting;
pub mod error;
pub mod evidence;
pub mod lacking;
pub mod network_context;
pub mod pools;
pub mod request;
pub mod simulate;
pub mod spread;
pub mod staker;
pub mod standing;
pub mod time;
pub mod transfer;
pub mod upkeep;
pub mod validator;

pub use answer::{Answer, Kind, RejectReason, Rejection};

pub use error::PeopleError;
pub use evidence::Evidence;
pub use network_context::NetworkContext;
pub use pools::Pool;
pub use request::{Request, Signed};
pub use simulate::{Simulation, simulate};
pub use staker::Staker;
pub use standing::Standing;
pub use validator::Candidate;
