//! Drills on a running network of Tycho nodes: load, changes of the validator set, and their effects.
//!
//! A drill uses the keys in the network's directory: those of the genesis Roots' owners and of the faucet. So it is meant for
//! test networks.

pub mod crew;
mod drill;
pub mod figures;
pub mod load;
pub mod log;
pub mod sender;
pub mod spread;
pub mod switching;
pub mod trial;
pub mod watch;

pub use crew::{Crew, Pool, connect};
pub use figures::{BurstReport, FiguresOptions, FiguresReport, NodeUse, figures};
pub use load::{Load, LoadOptions, LoadReport};
pub use sender::{Fate, Sender};
pub use spread::Spread;
pub use switching::{Change, Kills, SwitchReport, SwitchingOptions, SwitchingReport, switching};
pub use trial::{Trial, show_logs};
pub use watch::{Sample, Watch};
