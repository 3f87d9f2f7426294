//! Benchmarks: gas, messages per batch, throughput.
//!
//! Everything here runs on the real contracts in an embedded network. Gas is the same on every machine and in every build;
//! only times differ. [`load`] queries a server that runs elsewhere, [`pages`] one of its own.

mod costs;
mod crowd;
mod error;
mod load;
mod operations;
mod pages;
mod rows;
mod stage;
mod stake_change;
mod tally;

pub use costs::{CostRow, Load, cost, cost_rows};
pub use crowd::Crowd;
pub use error::BenchError;
pub use load::{BlockTimes, LoadOptions, LoadReport, PhaseReport, RequestReport, load};
pub use operations::{Operation, operations};
pub use pages::{PageTime, PagesOptions, PagesReport, pages};
pub use rows::{GasRow, gas_rows};
pub use stage::{Stage, StageSpec};
pub use stake_change::{Change, StakeChange, measure, measure_many};
pub use tally::{Spent, Tally};
