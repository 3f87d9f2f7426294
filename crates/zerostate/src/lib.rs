//! The genesis state of a network: chains, D'Electors, genesis validators and funded accounts.
//!
//! A [`Spec`] (from code or from TOML) becomes a [`Zerostate`]: plain accounts for every chain, from which any engine
//! can start. Equal specs give equal zerostates, bit for bit.

mod build;
mod config;
mod description;
mod error;
mod pool;
mod prices;
mod registry;
mod spec;
mod toml_spec;

pub use build::{ZeroAccount, ZeroChain, Zerostate, build, build_with};
pub use config::{election_timings, workchain};
pub use ddvs_contracts::params::Limits;
pub use error::SpecError;
pub use prices::Prices;
pub use spec::{AccountSpec, ChainSpec, Spec, Terms, ValidatorSpec};
pub use toml_spec::parse_toml;

/// Maximum number of chains in a network: a base names all of them in one cell.
pub const MAX_CHAINS: usize = 24;
/// The highest workchain id: votes are a 32-bit mask of chain + 1.
pub const MAX_WORKCHAIN: i8 = 30;
