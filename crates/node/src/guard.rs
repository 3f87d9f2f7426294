//! The sign state: what the node's key has signed last, on disk before the signature leaves.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ddvs_bft::SignGuard;
use ddvs_light::VoteKind;
use serde::{Deserialize, Serialize};
use tycho_types::cell::HashBytes;

/// What was signed last, of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Signed {
    height: u64,
    round: u32,
    value: HashBytes,
}

/// Remembers in a file what the key has signed on one chain, so that it never signs two values at one place: not after a crash,
/// nor with an older copy of the other files. Who moves a validator to another machine must move this file with it.
#[derive(Debug)]
pub struct SignState {
    path: PathBuf,
    last: Mutex<BTreeMap<u8, Signed>>,
    /// Up to this height nothing else is signed: the engine has forgotten what it was locked on.
    floor: u64,
}

impl SignState {
    /// Reads the file, or begins a new one. `has_log` tells whether the engine's write-ahead log is there: without it the engine does
    /// not know which block it may not abandon, so it signs nothing new up to the last height at which the key has signed.
    ///
    /// Fails when it cannot be read, or is damaged: a guard that has forgotten is none.
    pub fn open(path: &Path, has_log: bool) -> io::Result<Self> {
        let last: BTreeMap<u8, Signed> = match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!("{} is damaged ({error}): restore it from a backup of this moment, or wait until the heights that it may have named are over", path.display()),
                )
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        let highest = last.values().map(|signed| signed.height).max();
        Ok(Self {
            path: path.to_owned(),
            floor: highest.filter(|_| !has_log).unwrap_or(0),
            last: Mutex::new(last),
        })
    }

    fn write(&self, last: &BTreeMap<u8, Signed>) -> io::Result<()> {
        let next = self.path.with_extension("next");
        let mut file = File::create(&next)?;
        file.write_all(&serde_json::to_vec(last)?)?;
        file.sync_all()?;
        fs::rename(&next, &self.path)?;
        match self.path.parent() {
            Some(directory) => File::open(directory)?.sync_all(),
            None => Ok(()),
        }
    }
}

impl SignGuard for SignState {
    fn may_sign(&self, kind: VoteKind, height: u64, round: u32, value: &HashBytes) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let next = Signed {
            height,
            round,
            value: *value,
        };
        if let Some(before) = last.get(&kind.number()) {
            if *before == next {
                return true;
            }
            if (height, round) <= (before.height, before.round) {
                tracing::error!(
                    height,
                    round,
                    ?kind,
                    "not signed: the key has signed something else here, or something later"
                );
                return false;
            }
        }
        if height <= self.floor {
            tracing::warn!(
                height,
                ?kind,
                "not signed: the engine's write-ahead log of this height is lost"
            );
            return false;
        }
        let mut changed = last.clone();
        changed.insert(kind.number(), next);
        match self.write(&changed) {
            Ok(()) => {
                *last = changed;
                true
            }
            Err(error) => {
                tracing::error!("not signed, since the sign state cannot be written: {error}");
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_signed_twice_after_a_restart() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("signed.json");
        let value = HashBytes([1; 32]);
        let other = HashBytes([2; 32]);
        let guard = SignState::open(&path, true).unwrap();
        assert!(guard.may_sign(VoteKind::Prevote, 7, 1, &value));
        assert!(guard.may_sign(VoteKind::Precommit, 7, 1, &value));
        drop(guard);
        let guard = SignState::open(&path, false).unwrap();
        assert!(guard.may_sign(VoteKind::Prevote, 7, 1, &value));
        assert!(
            !guard.may_sign(VoteKind::Prevote, 7, 2, &value),
            "what it was locked on is lost"
        );
        assert!(guard.may_sign(VoteKind::Prevote, 8, 0, &value));
        drop(guard);
        fs::write(&path, r#"{"1":{"height":7,"round":1,"value":"0101010101010101010101010101010101010101010101010101010101010101"},"2":{"height":7,"round":1,"value":"0101010101010101010101010101010101010101010101010101010101010101"}}"#).unwrap();
        let guard = SignState::open(&path, true).unwrap();
        assert!(guard.may_sign(VoteKind::Prevote, 7, 1, &value));
        assert!(!guard.may_sign(VoteKind::Prevote, 7, 1, &other));
        assert!(!guard.may_sign(VoteKind::Prevote, 7, 0, &other));
        assert!(!guard.may_sign(VoteKind::Precommit, 6, 9, &other));
        assert!(guard.may_sign(VoteKind::Proposal, 1, 0, &other));
        assert!(guard.may_sign(VoteKind::Prevote, 8, 0, &other));
        fs::write(&path, "{").unwrap();
        assert!(SignState::open(&path, true).is_err());
    }
}
