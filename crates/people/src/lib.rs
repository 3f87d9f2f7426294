//! What validators and stakers do on a ddvs network, step by step and repeatable, without a terminal.
//!
//! A [`Request`] is what one of them wants: messages, and what counts as the answer. It is signed once ([`Signed`]); sent
//! again, the same bytes can run only once, so whoever was interrupted may repeat it. [`answer`] reads from the tree of
//! messages what came of it, [`simulate`] runs it on fetched states without sending anything. [`Staker`] and
//! [`Candidate`] know which request comes next; [`Evidence`] is misbehaviour in a file.

pub mod answer;
pub mod coins;
pub mod config;
pub mod contracts;
pub mod counting;
pub mod error;
pub mod evidence;
pub mod lacking;
pub mod pools;
pub mod request;
pub mod simulate;
pub mod site;
pub mod spread;
pub mod staker;
pub mod standing;
pub mod time;
pub mod transfer;
pub mod upkeep;
pub mod validator;

pub use answer::{Answer, Kind, No, Why};
pub use coins::{Amount, coins};
pub use error::PeopleError;
pub use evidence::Evidence;
pub use pools::Pool;
pub use request::{Request, Signed};
pub use simulate::{Simulation, simulate};
pub use site::Site;
pub use staker::Staker;
pub use standing::Standing;
pub use validator::Candidate;
