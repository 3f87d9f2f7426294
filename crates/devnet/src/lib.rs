//! The embedded network on real time: what `ddvs devnet` runs.
//!
//! [`Devnet`] is the network before its first block, made from a few options and a seed. [`Running`] lets its blocks
//! come when they are due by the clock, and puts what happens into an index.

mod activity;
mod genesis;
mod producer;
mod running;

pub use activity::Activity;
pub use genesis::{Devnet, DevnetOptions, GLOBAL_ID, Keys, PoolPeriods, ValidatorKeys};
pub use running::Running;
