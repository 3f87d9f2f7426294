//! Networks and users for the tests of several crates.
//!
//! - [`World`]: a network of the real contracts with funded users and genesis validators whose keys are known. Everything
//!   follows from a [`Shape`], bit for bit.
//! - [`story`]: a history of such a world, for tests of programs that read blocks.
//! - [`wallets`]: standard wallets on a network without the contracts.
//! - [`puppets`]: that network's contracts, which do what a message says, and its configs.
//!
//! All of it is for tests only, so it panics where a test could not continue: when the network does not answer, or a
//! message tree does not end.

pub mod puppets;
pub mod shape;
pub mod story;
pub mod wallets;
pub mod world;

pub use shape::{Shape, Stakes};
pub use world::{Validator, World};
