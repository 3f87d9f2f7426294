//! Verifies what the chains of a network have committed, without trusting who tells it, and without clock, socket or disk.
//!
//! [`Scope`] says what the validators of a chain sign, [`ValidatorSet`] who may sign, and [`Certificate`] proves that more
//! than two thirds of a set's weight signed a block.

pub mod certificate;
pub mod scope;
pub mod set;

pub use certificate::{Certificate, CertificateError, CommitSignature};
pub use scope::{MAX_ROUND, Scope, VoteKind};
pub use set::{Member, SetError, ValidatorSet};
