//! Exhaustive breadth-first search: the first violation found has a shortest trace.

use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use crate::instance::Instance;
use crate::network::{Network, Rest, Step};
use crate::properties::{self, Violation};
use crate::stats::Stats;

/// Options of a search.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Maximum number of states, after which the search gives up.
    pub max_states: usize,
    /// Whether to explore only one chain's steps where that misses no state of rest.
    pub reduce: bool,
    /// Whether to stop at the first violation.
    pub stop_early: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_states: 5_000_000,
            reduce: true,
            stop_early: true,
        }
    }
}

/// Result of a search.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Number of distinct states reached.
    pub states: usize,
    /// Number of states of rest.
    pub rests: usize,
    /// Whether every reachable state was explored.
    pub complete: bool,
    /// Violations, each with the steps to the first state that shows it.
    pub violations: BTreeMap<Violation, Vec<Step>>,
    /// Event counters.
    pub stats: Stats,
    /// Fingerprints of the states of rest.
    pub rest_states: Vec<u64>,
}

impl Outcome {
    /// Whether every state was reached without a violation.
    pub fn is_proof(&self) -> bool {
        self.complete && self.violations.is_empty()
    }

    /// Returns the first violation by name.
    pub fn violation(&self) -> Option<Violation> {
        self.violations.keys().next().copied()
    }
}

/// Searches `instance` with the default options.
pub fn search(instance: &Instance) -> Outcome {
    search_with(instance, Options::default())
}

/// Searches `instance`. States are identified by 64-bit fingerprints: with 10 million states, the probability of a
/// collision is about 1 in 400,000.
pub fn search_with(instance: &Instance, options: Options) -> Outcome {
    let mut outcome = Outcome {
        states: 1,
        rests: 0,
        complete: true,
        violations: BTreeMap::new(),
        stats: Stats::default(),
        rest_states: Vec::new(),
    };
    let start = Network::new(instance);
    let root = fingerprint(&start);
    let mut parents: FxHashMap<u64, Option<(u64, Step)>> = FxHashMap::default();
    parents.insert(root, None);
    let mut frontier = vec![(root, start)];
    let mut steps = Vec::new();
    while !frontier.is_empty() {
        let mut next = Vec::new();
        for (print, network) in &frontier {
            let rest = if options.reduce {
                network.steps(instance, &mut steps)
            } else {
                network.all_steps(instance, &mut steps)
            };
            let mut violation = properties::always(instance, network);
            if rest == Rest::Yes {
                outcome.rests += 1;
                outcome.rest_states.push(*print);
                violation = violation.or_else(|| properties::at_rest(instance, network));
            }
            if let Some(violation) = violation {
                outcome
                    .violations
                    .entry(violation)
                    .or_insert_with(|| trace(&parents, *print));
                if options.stop_early {
                    outcome.complete = false;
                    return outcome;
                }
            }
            for &step in &steps {
                let mut after = network.clone();
                after.take(instance, step, &mut outcome.stats);
                let reached = fingerprint(&after);
                if let Entry::Vacant(entry) = parents.entry(reached) {
                    entry.insert(Some((*print, step)));
                    outcome.states += 1;
                    next.push((reached, after));
                }
            }
            if outcome.states > options.max_states {
                outcome.complete = false;
                return outcome;
            }
        }
        frontier = next;
    }
    outcome
}

fn fingerprint(network: &Network) -> u64 {
    let mut hasher = FxHasher::default();
    network.hash(&mut hasher);
    hasher.finish()
}

fn trace(parents: &FxHashMap<u64, Option<(u64, Step)>>, mut print: u64) -> Vec<Step> {
    let mut steps = Vec::new();
    while let Some(Some((parent, step))) = parents.get(&print) {
        steps.push(*step);
        print = *parent;
    }
    steps.reverse();
    steps
}
