//! The loop that a validator runs beside its node: watches it, keeps its Root registered, publishes sets.
//!
//! A round looks ([`observe`]) at the node, at other nodes and at the contracts, decides ([`decide()`]) what follows, and
//! does it ([`act`]). The decision is a pure function of what was seen and of a [`Memory`] that only spares
//! repetitions: a loop that starts anew forgets nothing that matters. [`Validator`] runs the rounds, [`Narrator`] logs them.
//!
//! It does not stake, deploy or slash, and does not start the node. It looks for no evidence either: nodes of Tycho never sign
//! what the contracts take as such, so nobody is punished there for signing twice.

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
