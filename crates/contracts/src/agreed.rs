//! The validator set of any chain, from the registries of one copy: what a chain may believe of another one's set, since the
//! majority agreed on these registries.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use tycho_types::cell::HashBytes;
use tycho_types::dict::Dict;
use tycho_types::error::Error;

use crate::params::DdvsParams;
use crate::storage::{ChainRegistry, DElectorStorage, KeyEntry, RootEntry, UNDO_DEPTH};

/// The number of the last applied batch of each origin.
pub type Base = BTreeMap<i8, u32>;

const MASTERCHAIN: i8 = -1;

/// The Roots and keys of a registry after one of its batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Roots by account id.
    pub roots: Dict<HashBytes, RootEntry>,
    /// Keys by public key.
    pub keys: Dict<HashBytes, KeyEntry>,
}

/// A Root that may be in a set. The greater, the better: more stake, then the lower chain, then the lower address.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    stake_nano: u128,
    origin: Reverse<i8>,
    root: Reverse<HashBytes>,
    key: HashBytes,
}

impl DElectorStorage {
    /// Returns the number of the last applied batch of each origin.
    ///
    /// Fails only when a registry cannot be decoded.
    pub fn base(&self) -> Result<Base, Error> {
        let numbers = self.registries.iter().map(|entry| {
            let (origin, registry) = entry?;
            Ok((origin, registry.seqno))
        });
        numbers.collect()
    }

    /// Returns the keys and weights of the set of `chain` once its copy has applied the batches of `base` and no others, the
    /// best first. `None` if this copy has not applied one of them yet, or one can no longer be reverted.
    ///
    /// It is the ranking of `contracts/delector/ranking.tolk`, computed anew: the time of it grows with the number of Roots.
    ///
    /// Fails only when the state cannot be decoded.
    pub fn set_at(
        &self,
        chain: i8,
        base: &Base,
        params: &DdvsParams,
    ) -> Result<Option<Vec<(HashBytes, u64)>>, Error> {
        self.set_at_with(chain, base, params, &BTreeMap::new())
    }

    /// Like [`Self::set_at`]. `own_past` has this chain's own registry after earlier batches, by number: a copy keeps none of its own
    /// batches to revert.
    ///
    /// Fails only when the state cannot be decoded.
    pub fn set_at_with(
        &self,
        chain: i8,
        base: &Base,
        params: &DdvsParams,
        own_past: &BTreeMap<u32, Registered>,
    ) -> Result<Option<Vec<(HashBytes, u64)>>, Error> {
        let counts = |origin: i8| chain == MASTERCHAIN || origin == chain;
        let mut candidates = Vec::new();
        let mut taken = BTreeSet::new();
        let mut removed = BTreeSet::new();
        // by ascending origin: a key that is in use on two chains counts on the lower one
        for (&origin, &seqno) in base.iter().filter(|(origin, _)| counts(**origin)) {
            let Some(registry) = self.registries.get(origin)? else {
                return Ok(None);
            };
            let past = (origin == self.chain).then(|| own_past.get(&seqno).cloned());
            let Some(Registered { roots, keys }) = registry.at(seqno).or_else(|| past.flatten())
            else {
                return Ok(None);
            };
            for entry in keys.iter() {
                let (key, state) = entry?;
                match state {
                    KeyEntry::Removed { .. } => drop(removed.insert(key)),
                    KeyEntry::Retired { .. } => {}
                    KeyEntry::InUse { root } => {
                        let stake_nano = roots.get(root)?.map_or(0, |root| root.stake.into_inner());
                        if stake_nano >= u128::from(params.min_stake_nano) && taken.insert(key) {
                            candidates.push(Candidate {
                                stake_nano,
                                origin: Reverse(origin),
                                root: Reverse(root),
                                key,
                            });
                        }
                    }
                }
            }
        }
        let most = match chain {
            MASTERCHAIN => params.main_validators,
            _ => params.max_validators,
        };
        candidates.retain(|candidate| !removed.contains(&candidate.key));
        candidates.sort_unstable_by(|one, other| other.cmp(one));
        candidates.truncate(most.into());
        let coins =
            |nano: u128| u64::try_from(nano / 1_000_000_000).map_err(|_| Error::IntOverflow);
        let weighted = candidates.iter().map(|candidate| {
            let weight = coins(candidate.stake_nano)?.max(1);
            Ok((candidate.key, weight))
        });
        weighted.collect::<Result<_, _>>().map(Some)
    }
}

impl ChainRegistry {
    /// Returns the Roots and keys after batch `seqno`; `None` if it is not applied, or the one after it cannot be reverted.
    fn at(&self, seqno: u32) -> Option<Registered> {
        if seqno == self.seqno {
            return Some(Registered {
                roots: self.roots.clone(),
                keys: self.keys.clone(),
            });
        }
        let next = seqno.checked_add(1).filter(|next| *next <= self.seqno)?;
        if self.seqno - next >= UNDO_DEPTH {
            return None;
        }
        let undo = self.undo_of(next)?;
        Some(Registered {
            roots: undo.roots,
            keys: undo.keys,
        })
    }
}
