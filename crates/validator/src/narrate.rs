//! The log: changes and actions immediately; problems when they begin, periodically, and when they are over.

use std::collections::BTreeMap;

use tracing::{error, info, warn};

use crate::finding::Level;
use crate::round::Round;

/// Interval after which a lasting finding is logged again, in seconds.
const AGAIN_S: u64 = 300;
/// Maximum interval between status lines, in seconds.
const SUMMARY_S: u64 = 600;

/// Logs rounds, without repeating lasting findings too often.
#[derive(Debug, Clone, Default)]
pub struct Narrator {
    /// Logged findings, with their level and the time.
    told: BTreeMap<&'static str, (Level, u64)>,
    summary_s: Option<u64>,
}

impl Narrator {
    /// Logs the relevant parts of a round.
    pub fn tell(&mut self, round: &Round) {
        let now_s = round.seen.now_s;
        for change in &round.changes {
            info!("{change}");
        }
        for outcome in &round.outcomes {
            match outcome.is_ok() {
                true => info!("{outcome}"),
                false => warn!("{outcome}"),
            }
        }
        for finding in &round.decision.findings {
            let (code, level) = (finding.code(), finding.level());
            let known = self.told.get(code);
            if known.is_some_and(|&(known, at_s)| known == level && now_s < at_s + AGAIN_S) {
                continue;
            }
            self.told.insert(code, (level, now_s));
            match level {
                Level::Info => info!("{finding}"),
                Level::Warning => warn!("{finding}"),
                Level::Error => error!("{finding}"),
            }
        }
        let found = |code: &str| {
            let mut findings = round.decision.findings.iter();
            findings.any(|finding| finding.code() == code)
        };
        self.told.retain(|code, (level, _)| {
            let stays = found(code);
            if !stays && *level > Level::Info {
                info!("over: {code}");
            }
            stays
        });
        if self.summary_s.is_none_or(|at_s| now_s >= at_s + SUMMARY_S) && round.seen.node.is_ok() {
            self.summary_s = Some(now_s);
            info!("{}", round.summary());
        }
    }
}
