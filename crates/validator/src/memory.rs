//! State kept from round to round, only to avoid repetitions. It is lost with the process, which is harmless.

use std::collections::BTreeMap;

use crate::decide::Action;
use crate::view::{Observed, RootAccount};

/// Pause after the first try, in seconds: a message takes some blocks to have an effect.
const FIRST_PAUSE_S: u64 = 20;
/// Maximum pause, in seconds.
const LONGEST_PAUSE_S: u64 = 1_800;

/// Tries of one action that is still due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tries {
    count: u32,
    last_s: u64,
}

/// Tried actions, and the time since which an update waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    tries: BTreeMap<Action, Tries>,
    /// Number of the Root's update in flight, and when it was first seen.
    flight: Option<(u32, u64)>,
}

impl Memory {
    /// Returns the seconds until an action may be tried again; 0: now. The pause doubles with every try.
    pub fn pause_s(&self, action: Action, now_s: u64) -> u64 {
        let Some(tries) = self.tries.get(&action) else {
            return 0;
        };
        let doublings = tries.count.saturating_sub(1).min(16);
        let pause = (FIRST_PAUSE_S << doublings).min(LONGEST_PAUSE_S);
        (tries.last_s + pause).saturating_sub(now_s)
    }

    /// Returns for how many seconds the update `seq` has been seen in flight.
    pub fn flight_s(&self, seq: u32, now_s: u64) -> u64 {
        match self.flight {
            Some((known, since_s)) if known == seq => now_s.saturating_sub(since_s),
            _ => 0,
        }
    }

    /// Records a round: its observations, due actions, and tried actions. Actions that are no longer due are
    /// forgotten, except after a round that did not read the contracts.
    pub fn remember(&mut self, seen: &Observed, wanted: &[Action], tried: &[Action]) {
        let Some(Ok(chain)) = &seen.chain else {
            return;
        };
        self.tries.retain(|action, _| wanted.contains(action));
        for action in tried {
            let tries = self.tries.entry(*action).or_insert(Tries {
                count: 0,
                last_s: seen.now_s,
            });
            tries.count = tries.count.saturating_add(1);
            tries.last_s = seen.now_s;
        }
        self.flight = match &chain.root {
            RootAccount::Here(root) if root.in_flight => match self.flight {
                Some((seq, since_s)) if seq == root.seq => Some((seq, since_s)),
                _ => Some((root.seq, seen.now_s)),
            },
            _ => None,
        };
    }
}
