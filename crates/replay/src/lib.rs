//! Replays traces of the model on the D'Elector's code, so that the two cannot diverge.
//!
//! A [`Replay`] takes an instance of the model and runs both side by side: the model's network, and one real D'Elector for
//! each chain, executed message by message. After each step the registries, the contents with their votes, claims, grades
//! and questions, and every message in flight must be the same.
//!
//! The copies are accounts without a network around them: a message arrives when the trace says so.

mod compare;
mod copies;
mod genesis;
mod play;
mod replay;
mod translate;

pub use copies::{Copies, Sent};
pub use play::{play, tell};
pub use replay::{Mismatch, Replay};
