//! The consensus engine of a chain with validators of its own.
//!
//! It decides one block a height, signed by more than two thirds of the weight of that height's [`ValidatorSet`], as long
//! as less than a third of the weight is faulty. Which block, whether it is valid and what comes of it is the node's
//! business: [`start`] returns an [`Engine`] with a channel of [`Request`]s that the node answers.
//!
//! The engine is Malachite, and this crate is the only one that knows it: its types are in no interface here. What is
//! signed is what contracts and light clients verify ([`ddvs_light::Scope::vote_bytes`]), and each signature passes a
//! [`SignGuard`].
//!
//! [`ValidatorSet`]: ddvs_light::ValidatorSet

mod address;
#[cfg(feature = "byzantine")]
mod byzantine;
mod certificate;
mod codec;
mod config;
mod context;
mod driver;
mod engine;
mod evidence;
mod guard;
mod home;
mod identity;
mod message;
mod parts;
mod proposer;
mod request;
mod signer;
mod timings;

pub use address::AddressError;
#[cfg(feature = "byzantine")]
pub use byzantine::Misbehavior;
pub use context::{MAX_WEIGHT, TooHeavy};
pub use driver::DriverError;
pub use engine::{Engine, EngineConfig, EngineError, EngineHandle, Starting, start};
pub use guard::{MemoryGuard, SignGuard};
pub use request::{Block, Decision, Reply, Request, Role, Start, StoredProposal, Verdict};
pub use timings::{MAX_TIMEOUT, Timings};
