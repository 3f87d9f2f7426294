//! A network of stock Tycho nodes: creating, starting, stopping and inspecting it.
//!
//! [`init`] creates a directory ([`Layout`]) with everything that its nodes need: the D'Elector & Config as config account of
//! the masterchain and on every workchain, genesis Roots and stakes, keys and configs. [`up`], [`down`] and [`status`] work on
//! such a directory. The engine is the unmodified `tycho` of crates.io.

mod binary;
mod bundle;
mod error;
mod genesis;
mod heights;
mod init;
mod keys;
mod layout;
mod node_config;
mod options;
mod params;
mod peer;
mod process;
mod state;
mod status;
mod validator_file;
mod views;

pub use binary::{TYCHO_VERSION, find_binary};
pub use bundle::node_bundle;
pub use error::{INSTALL_COMMAND, TychoError};
pub use genesis::People;
pub use heights::heights;
pub use init::{ChainEntry, NetworkFile, NodeEntry, RootEntry, init, open};
pub use keys::StoredKey;
pub use layout::Layout;
pub use node_config::{NodePorts, node_config};
pub use options::{MAX_NODES, MAX_WORKCHAINS, MIN_VALIDATORS, NetworkOptions, Profile};
pub use params::EngineRules;
pub use process::{down, kill, start, stop, up};
pub use state::{StateFile, state_files};
pub use status::{NodeStatus, status};
pub use validator_file::{VALIDATOR_FILE, ValidatorFile};
pub use views::show_all_workchains;
