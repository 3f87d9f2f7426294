//! The hand-written scenarios. Each is a network with an order of events.
//!
//! Each has one definition for two uses. The model's tests search a scenario's network in every order, with the rules
//! of the contracts and without the rule that it is about. `crates/replay` executes the scenario's own order on the
//! contracts, step by step.

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

/// A scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Its network, under the rules of the contracts, with batches that the contracts would accept.
    pub instance: Instance,
    /// Violation that its order leads to; most lead to none.
    pub ends: Option<Violation>,
    /// The same network under other rules, under which its order leads to a violation.
    wrong: Option<Instance>,
}

impl Scenario {
    /// Returns its order: first the steps by which a search finds a violation without the rule that the scenario is
    /// about, as far as they are possible with the rule; then all remaining steps, one chain after the other.
    ///
    /// # Panics
    /// Panics if there is no violation without the rule.
    pub fn steps(&self) -> Vec<Step> {
        order::steps(&self.instance, self.wrong.as_ref())
    }
}

/// Builder of a scenario.
struct Story {
    name: String,
    build: Box<dyn Fn(Rules) -> Instance>,
}

/// Returns a builder for a network under any rules.
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

    /// Uses the order of one chain after the other.
    fn plain(self) -> Scenario {
        self.with(None, None)
    }

    /// Uses the order that leads to a violation under these rules.
    fn without(self, rules: Rules) -> Scenario {
        self.with(Some(rules), None)
    }

    /// Uses the order that leads to a violation that the rules do not prevent.
    fn remains(self, violation: Violation) -> Scenario {
        self.with(Some(CONTRACTS), Some(violation))
    }
}

/// Returns all scenarios with one variant; those with all variants are in [`families::all`].
pub fn all() -> Vec<Scenario> {
    let parts = [counting::all(), fork::all(), lies::all(), live::all()];
    parts.into_iter().flatten().collect()
}
