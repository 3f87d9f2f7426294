//! Verifies what the chains of a network have committed, without trusting who tells it, and without clock, socket or disk.
//!
//! [`Scope`] says what the validators of a chain sign, [`ValidatorSet`] who may sign, and [`Certificate`] proves that more
//! than two thirds of a set's weight signed a block. A [`Follower`] goes from a trusted [`Header`] to later ones, whatever sets
//! came between. An [`AccountProof`] or a [`MessageProof`] then proves an account or a message of that chain.

pub mod certificate;
pub mod follow;
pub mod header;
pub mod proof;
pub mod scope;
pub mod set;

pub use certificate::{Certificate, CertificateError, CommitSignature};
pub use follow::{Follower, HeaderRefusal};
pub use header::Header;
pub use proof::{AccountProof, MessageProof, ProofRefusal};
pub use scope::{MAX_ROUND, Scope, VoteKind, proposal_value};
pub use set::{Member, SetError, ValidatorSet, is_signed};
