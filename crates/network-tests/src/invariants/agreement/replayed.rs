//! Registries computed from the batches.

use std::collections::{BTreeMap, BTreeSet};

use ddvs_contracts::messages::{Batch, BatchEntry};
use ddvs_contracts::storage::ChainRegistry;
use ddvs_zerostate::Limits;
use tycho_types::cell::HashBytes;

/// A registry as the replay has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Stake and key by account id of the Root.
    pub roots: BTreeMap<HashBytes, (u128, HashBytes)>,
    /// Keys removed for misbehaviour.
    pub removed: BTreeSet<HashBytes>,
}

impl Replayed {
    pub(super) fn total(&self) -> u128 {
        self.roots.values().map(|entry| entry.0).sum()
    }

    pub(super) fn eligible(&self, limits: &Limits) -> usize {
        let least = u128::from(limits.min_stake_nano);
        self.roots.values().filter(|entry| entry.0 >= least).count()
    }

    pub(super) fn of(registry: &ChainRegistry) -> Self {
        let entries = registry
            .roots
            .iter()
            .map(|entry| entry.expect("an entry parses"))
            .filter(|(_, entry)| !entry.is_removed);
        let roots = entries.map(|(id, entry)| (id, (entry.stake.into_inner(), entry.key)));
        Self {
            roots: roots.collect(),
            removed: BTreeSet::new(),
        }
    }

    /// The registry after a batch, and what is wrong with the batch.
    pub(super) fn after(&self, batch: &Batch, limits: &Limits) -> (Self, Vec<(u8, String)>) {
        let (mut next, mut wrong, mut moved) = (self.clone(), Vec::new(), 0);
        let mut exempt = false;
        for entry in batch.entries.iter() {
            let (root, entry) = entry.expect("an entry parses");
            match entry {
                BatchEntry::SetStake { stake, key, .. } => {
                    let old = next.roots.insert(root, (stake.into_inner(), key));
                    moved += old.map_or(0, |old| old.0).abs_diff(stake.into_inner());
                    if next.removed.contains(&key) {
                        wrong.push((10, format!("the removed key {key} returns")));
                    }
                }
                BatchEntry::RemoveKey { evidence } => {
                    exempt = true;
                    let key = evidence.load().expect("evidence parses").key;
                    if !next.removed.insert(key) {
                        wrong.push((10, format!("the key {key} is removed twice")));
                    }
                    if let Some((_, key)) = next.roots.remove(&root) {
                        next.removed.insert(key);
                    }
                }
                BatchEntry::ForgetKey { key } => {
                    if next.roots.get(&root).is_some_and(|entry| entry.1 == key) {
                        next.roots.remove(&root);
                    }
                }
            }
        }
        let share = self.total() * u128::from(limits.churn_bp) / 10_000;
        let budget = share.max(u128::from(limits.min_stake_nano));
        if moved > budget {
            wrong.push((
                12,
                format!("a batch moves {moved} nano, at most {budget} may move"),
            ));
        }
        let least = usize::from(limits.min_validators).min(self.eligible(limits));
        if next.eligible(limits) < least {
            wrong.push((
                11,
                format!("a batch leaves {} validators", next.eligible(limits)),
            ));
        }
        if !exempt {
            wrong.extend(self.sets_differ(&next, budget, limits));
        }
        (next, wrong)
    }

    /// Consecutive sets, members that leave or join counted whole.
    fn sets_differ(&self, next: &Self, budget: u128, limits: &Limits) -> Option<(u8, String)> {
        let least = u128::from(limits.min_stake_nano);
        let weight = |of: &Self, root: &HashBytes| {
            let stake = of.roots.get(root).map_or(0, |entry| entry.0);
            if stake >= least { stake } else { 0 }
        };
        let all: BTreeSet<_> = self.roots.keys().chain(next.roots.keys()).collect();
        let crossed = |root: &&&HashBytes| (weight(self, root) == 0) != (weight(next, root) == 0);
        let differ: u128 = (all.iter())
            .map(|root| weight(self, root).abs_diff(weight(next, root)))
            .sum();
        // a member that falls below the least stake takes along what the batch did not move
        let slack = all.iter().filter(crossed).count() as u128 * least;
        (differ > budget + slack).then(|| (12, format!("consecutive sets differ by {differ} nano")))
    }
}
