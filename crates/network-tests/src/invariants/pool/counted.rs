//! Invariants 4 and 10: the coins behind the current and recent count of a D'Elector exist.

use ddvs_client::ChainId;
use ddvs_contracts::storage::DElectorStorage;
use tycho_types::models::StdAddr;

use super::Monitor;

impl Monitor {
    /// The stake that a chain's D'Elector counts is backed by the coins of its Roots.
    pub(in crate::invariants) fn check_counted(
        &mut self,
        chain: ChainId,
        storage: &DElectorStorage,
        now: u32,
    ) {
        let Ok(Some(registry)) = storage.registries.get(chain) else {
            self.blame(7, "a copy has lost its own registry");
            return;
        };
        for entry in registry.roots.iter() {
            let (id, entry) = entry.expect("an entry parses");
            let root = StdAddr::new(chain, id);
            let Some(view) = self.pool.roots.get(&root) else {
                self.blame(5, format!("{root} is registered and no Root"));
                continue;
            };
            let backing = view.state.backing_nano();
            let counted = entry.stake.into_inner();
            if counted > backing {
                self.blame(
                    4,
                    format!("{root}: {counted} nano are counted, {backing} are there"),
                );
            }
        }
        self.check_levels(chain, storage, now);
    }

    /// Coins stay for the whole unlock period after they last counted. The time is taken from the registry, not from
    /// the Root's state.
    fn check_levels(&mut self, chain: ChainId, storage: &DElectorStorage, now: u32) {
        let Ok(Some(registry)) = storage.registries.get(chain) else {
            return;
        };
        let mut found = Vec::new();
        for (root, view) in &self.pool.roots {
            if root.workchain != chain {
                continue;
            }
            let entry = registry.roots.get(root.address).ok().flatten();
            let counted = entry.map_or(0, |entry| entry.stake.into_inner());
            let levels = self.pool.levels.entry(root.clone()).or_default();
            if view.state.is_removed() {
                // one offence, one slash: nothing of it can be slashed again
                levels.stood.clear();
                continue;
            }
            if counted < levels.last {
                let until = now.saturating_add(view.terms.unlock_period);
                levels.stood.push((until, levels.last));
            }
            levels.last = counted;
            levels.stood.retain(|(until, _)| *until > now);
            let least = levels.stood.iter().map(|(_, level)| *level).max();
            let backing = view.state.backing_nano();
            if let Some(least) = least.filter(|least| *least > backing) {
                found.push(format!(
                    "{root}: {backing} nano are there, {least} counted less than an unlock period ago"
                ));
            }
        }
        for found in found {
            self.blame(10, found);
        }
    }
}
