//! The service beside a validator's node: monitors it, keeps its Root registered, publishes sets.
//!
//! A round observes ([`observe`]) the node, other nodes and the contracts, decides ([`decide()`]), and acts ([`act`]). The
//! decision is a pure function of the observations and of a [`Memory`] that only avoids repetitions: a restarted service
//! forgets nothing that matters. [`Validator`] runs the rounds, [`Narrator`] logs them.
//!
//! It does not stake, deploy or slash, and does not start the node. It does not look for evidence either: Tycho nodes never
//! sign the votes that the contracts accept as evidence, so double signing is not punished there.

pub mod act;
pub mod changes;
pub mod decide;
pub mod finding;
pub mod home;
pub mod memory;
pub mod narrate;
pub mod observe;
pub mod round;
pub mod run;
pub mod view;

pub use act::{Outcome, Reply};
pub use changes::changes;
pub use decide::{Action, Decision, decide};
pub use finding::{Finding, Level};
pub use home::{Home, HomeError, Identity, Limits};
pub use memory::Memory;
pub use narrate::Narrator;
pub use round::Round;
pub use run::Validator;
pub use view::{
    ChainView, KeyHolder, NodeView, Observed, PendingSet, RootAccount, RootView, WalletView,
};
