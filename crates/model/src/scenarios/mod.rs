//! The hand-written stories: each is a network, and an order in which things happen there.
//!
//! They have one definition for two uses. The model's tests search a story's network in every order, with the rules of the contracts
//! and without the one that the story is about. `crates/replay` plays the story's own order on the contracts, step by step.

pub mod counting;
pub mod families;
pub mod fork;
pub mod lies;
pub mod live;
mod order;

use crate::instance::Instance;
use crate::network::Step;
use crate::properties::Violation;
use crate::rules::{CONTRACTS, Rules};

/// A story.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Its network, under the rules of the contracts, with batches that the contracts would accept.
    pub instance: Instance,
    /// What its order leads to; most lead to nothing.
    pub ends: Option<Violation>,
    /// The same network under other rules: its order is the one in which things go wrong there.
    wrong: Option<Instance>,
}

impl Scenario {
    /// The order of its steps: first those by which a search finds what goes wrong without the rule that the story is about, as far as
    /// they can be taken with the rule; then all that is left, one chain after the other.
    ///
    /// # Panics
    /// Panics if nothing goes wrong without the rule.
    pub fn steps(&self) -> Vec<Step> {
        order::steps(&self.instance, self.wrong.as_ref())
    }
}

/// What becomes a scenario.
struct Story {
    name: String,
    build: Box<dyn Fn(Rules) -> Instance>,
}

/// A story of a network under any rules.
fn story(name: &str, build: impl Fn(Rules) -> Instance + 'static) -> Story {
    Story {
        name: name.to_owned(),
        build: Box::new(build),
    }
}

impl Story {
    fn with(self, rules: Option<Rules>, ends: Option<Violation>) -> Scenario {
        let instance = |rules| (self.build)(rules).playable();
        Scenario {
            instance: instance(CONTRACTS),
            wrong: rules.map(instance),
            name: self.name,
            ends,
        }
    }

    /// Its order is one chain after the other.
    fn plain(self) -> Scenario {
        self.with(None, None)
    }

    /// Its order is the one in which things go wrong under these rules.
    fn without(self, rules: Rules) -> Scenario {
        self.with(Some(rules), None)
    }

    /// Its order is the one that leads to what the rules do not prevent.
    fn remains(self, violation: Violation) -> Scenario {
        self.with(Some(CONTRACTS), Some(violation))
    }
}

/// All stories that are told in one way; those told in every way are [`families::all`].
pub fn all() -> Vec<Scenario> {
    let parts = [counting::all(), fork::all(), lies::all(), live::all()];
    parts.into_iter().flatten().collect()
}
