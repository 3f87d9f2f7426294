//! Observations: steps with their events, checks, and figures.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// The whole report, as printed by `--json`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// About the network.
    pub network: BTreeMap<String, serde_json::Value>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The checks.
    pub checks: Vec<Check>,
    /// Measured figures.
    pub figures: BTreeMap<String, serde_json::Value>,
}

impl Report {
    /// Whether no check failed.
    pub fn succeeded(&self) -> bool {
        self.checks.iter().all(|check| check.ok != Outcome::Failed)
    }
}

/// One step of the scenario.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Short name.
    pub name: String,
    /// Its description.
    pub about: String,
    /// Its events.
    pub events: Vec<Event>,
}

/// A line of the timeline.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// Seconds since the start.
    pub at_s: f64,
    /// The chain, if it happened on one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain: Option<i8>,
    /// The block on that chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<u32>,
    /// The actor.
    pub who: String,
    /// Description.
    pub what: String,
    /// A table that belongs to it: a header row and rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub table: Vec<Vec<String>>,
}

/// Result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Observed.
    Passed,
    /// Not observed.
    Failed,
    /// Cannot be shown on this network.
    NotApplicable,
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Passed => serializer.serialize_bool(true),
            Self::Failed => serializer.serialize_bool(false),
            Self::NotApplicable => serializer.serialize_str("not-applicable"),
        }
    }
}

/// A check.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// Its result.
    pub ok: Outcome,
    /// The observation.
    pub detail: String,
}
