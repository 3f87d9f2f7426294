//! The embedded network on real time: what `ddvs devnet` runs.
//!
//! [`Devnet`] is the network before its first block, made from a few options and a seed. [`Running`] lets its blocks
//! come when they are due by the clock, and puts what happens into an index. [`KeptNetwork`] is one in a directory: each
//! block is on the disk before anybody sees it, so that a process that is killed at any moment goes on where it was
//! (`store`). [`Activity`] are simulated people.

pub mod store;

mod activity;
mod budget;
mod clock;
mod genesis;
mod inside;
mod kept;
mod producer;
mod running;
mod wanted;

pub use activity::{Activity, names};
pub use genesis::{Devnet, DevnetOptions, GLOBAL_ID, Keys, PoolPeriods, ValidatorKeys};
pub use inside::Inside;
pub use kept::KeptNetwork;
pub use running::Running;
pub use wanted::Wanted;
