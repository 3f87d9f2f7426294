//! The embedded network on real time, as run by `ddvs devnet`.
//!
//! [`Devnet`] is the network before its first block, made from a few options and a seed. [`Running`] makes its blocks when
//! they are due by the clock, and indexes its history. [`KeptNetwork`] is one in a directory: each block is on disk before it
//! becomes visible, so a process that is killed at any moment resumes where it was (`store`). [`Activity`] contains simulated
//! users.

pub mod store;

mod activity;
mod budget;
mod clock;
mod genesis;
mod kept;
mod producer;
mod running;
mod wanted;

pub use activity::{Activity, names};
pub use genesis::{Devnet, DevnetOptions, GLOBAL_ID, Keys, PoolPeriods, ValidatorKeys};
pub use kept::KeptNetwork;
pub use running::Running;
pub use wanted::Wanted;
