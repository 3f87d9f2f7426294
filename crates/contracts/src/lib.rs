//! Bindings of the ddvs contracts: messages, storage, addresses, getters and exit codes.
//!
//! Everything here is a pure function of its arguments, without network, clock or randomness. The crate contains the
//! compiled contracts ([`code`]), so only Rust is needed to use them. Structs mirror the Tolk structs of the same
//! name field by field; tests prove that both encode to the same bits.

pub mod address;
pub mod agreed;
pub mod code;
pub mod counting;
pub mod error;
pub mod getters;
pub mod messages;
pub mod network;
pub mod params;
pub mod primitives;
pub mod reserves;
pub mod signing;
pub mod standing;
pub mod storage;

pub use code::Codes;
pub use error::{ExitCode, Reason};
pub use messages::Message;
pub use network::{DElectorStatic, Network, RootTerms};
pub use primitives::Signature;
