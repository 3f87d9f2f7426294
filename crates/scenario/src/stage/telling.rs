//! Recording: steps, lines of the timeline, checks.

use ddvs_client::ChainId;

use super::Stage;
use crate::report::{Check, Event, Outcome, Step};

impl Stage<'_> {
    /// Begins a step.
    pub fn begin(&mut self, name: &str, about: &str) {
        (self.progress)(about);
        let (name, about) = (name.to_owned(), about.to_owned());
        self.report.steps.push(Step {
            name,
            about,
            events: Vec::new(),
        });
    }

    /// Adds a line to the timeline.
    pub fn say(&mut self, who: &str, what: impl Into<String>) {
        self.event(None, who, what.into(), Vec::new());
    }

    /// Adds a table to the timeline.
    pub fn show(&mut self, who: &str, what: impl Into<String>, table: Vec<Vec<String>>) {
        self.event(None, who, what.into(), table);
    }

    pub(super) fn event(
        &mut self,
        at: Option<(ChainId, u32)>,
        who: &str,
        what: String,
        table: Vec<Vec<String>>,
    ) {
        let now_ms = self.backend.now_ms().unwrap_or(self.start_ms);
        let event = Event {
            at_s: now_ms.saturating_sub(self.start_ms) as f64 / 1_000.0,
            chain: at.map(|(chain, _)| chain),
            block: at.map(|(_, block)| block),
            who: who.to_owned(),
            what,
            table,
        };
        if let Some(step) = self.report.steps.last_mut() {
            step.events.push(event);
        }
    }

    /// Records the result of a check.
    pub fn check(&mut self, name: &str, ok: bool, detail: impl Into<String>) {
        let ok = if ok { Outcome::Passed } else { Outcome::Failed };
        self.report.checks.push(Check {
            name: name.to_owned(),
            ok,
            detail: detail.into(),
        });
    }

    /// Records a check that is not possible on this network.
    pub fn not_applicable(&mut self, name: &str, reason: &str) {
        let (name, detail) = (name.to_owned(), reason.to_owned());
        self.report.checks.push(Check {
            name,
            ok: Outcome::NotApplicable,
            detail,
        });
    }
}
