//! The sign guard: the last word on whether a key signs.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use ddvs_light::VoteKind;
use tycho_types::cell::HashBytes;

/// Remembers what a key has signed, so that it never signs two values at one height, round and kind: not after a crash,
/// nor with an older copy of the disk, nor with a lost write-ahead log.
///
/// The engine asks it before each signature. It keeps its memory on disk: when `may_sign` returns `true`, what it
/// allowed must survive a crash. It may block for as long as a synced write takes.
pub trait SignGuard: Send + Sync {
    /// Whether `value` may be signed: `false` if something else was allowed before for the same kind, height and round,
    /// or anything for a later round or height. The same value is allowed again.
    ///
    /// When it refuses, the engine stays silent and goes on: it casts no vote, and the round passes without its proposal.
    ///
    /// `value` is as it is signed: zero for a nil vote, and [`ddvs_light::scope::proposal_value`] for a proposal.
    fn may_sign(&self, kind: VoteKind, height: u64, round: u32, value: &HashBytes) -> bool;
}

/// A sign guard without a disk, for tests: it forgets everything when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryGuard {
    /// Height, round and value last allowed.
    last: Mutex<BTreeMap<VoteKind, (u64, u32, HashBytes)>>,
}

impl SignGuard for MemoryGuard {
    fn may_sign(&self, kind: VoteKind, height: u64, round: u32, value: &HashBytes) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let allowed = match last.get(&kind) {
            None => true,
            Some((last_height, last_round, last_value)) => {
                let position = (*last_height, *last_round);
                position < (height, round) || position == (height, round) && last_value == value
            }
        };
        if allowed {
            last.insert(kind, (height, round, *value));
        }
        allowed
    }
}

/// A sign guard that allows everything, for validators that are to sign twice.
#[cfg(feature = "byzantine")]
pub(crate) struct NoGuard;

#[cfg(feature = "byzantine")]
impl SignGuard for NoGuard {
    fn may_sign(&self, _: VoteKind, _: u64, _: u32, _: &HashBytes) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_value_and_anything_earlier_is_refused() {
        let guard = MemoryGuard::default();
        let [first, second] = [1, 2].map(|byte| HashBytes([byte; 32]));
        let prevote =
            |height, round, value| guard.may_sign(VoteKind::Prevote, height, round, value);
        assert!(prevote(5, 1, &first));
        assert!(prevote(5, 1, &first), "the same again");
        assert!(!prevote(5, 1, &second), "a second value");
        assert!(!prevote(5, 1, &HashBytes::ZERO), "nil is a value too");
        assert!(!prevote(5, 0, &first), "an earlier round");
        assert!(!prevote(4, 9, &first), "an earlier height");
        assert!(
            guard.may_sign(VoteKind::Precommit, 5, 1, &second),
            "another kind"
        );
        assert!(prevote(5, 2, &second), "a later round");
        assert!(prevote(6, 0, &first), "a later height");
    }
}
