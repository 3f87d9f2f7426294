//! The test world: a small network with users, funded accounts and validators whose keys are known.
//!
//! Everything follows from a [`Shape`], bit for bit. The world is for tests only, so its methods panic where a test could not
//! continue: when the network does not answer, or a message tree does not end.

pub mod captured;
pub mod check;
pub mod crowd;
pub mod forge;
pub mod invariants;
pub mod mutants;
pub mod random_walk;
pub mod registries;
pub mod shape;
pub mod world;

pub use ddvs_scenario::cast::{ConsensusKey, Person};
pub use ddvs_types::COIN;
pub use shape::{Shape, Stakes};
pub use world::{Validator, World};
