//! Invariant 11: the validator sets, computed from the registries and compared with param 34.

use std::collections::{BTreeMap, BTreeSet};

use ddvs_client::{ChainId, MASTERCHAIN};
use ddvs_contracts::storage::{DElectorStorage, ValidatorDescr};
use ddvs_types::COIN;
use tycho_types::cell::{HashBytes, Load};
use tycho_types::dict::Dict;
use tycho_types::models::BlockchainConfigParams;

use super::Monitor;

/// Stake, chain, Root and key of a possible member of a set.
type Ranked = (u128, ChainId, HashBytes, HashBytes);

impl Monitor {
    /// Param 34 of a copy: well formed, never too small, and the largest of those who may be in it.
    pub(super) fn check_set(&mut self, chain: ChainId, storage: &DElectorStorage) {
        let (members, wrong) = read_set(storage);
        if let Some(wrong) = wrong {
            self.blame(11, format!("the set of chain {chain}: {wrong}"));
        }
        let least = usize::from(self.known.limits.min_validators);
        if members.len() < least {
            self.blame(
                11,
                format!("the set of chain {chain} has {} members", members.len()),
            );
        }
        let local = storage.local.load().expect("it parses");
        self.reached.spreads += u32::from(local.partial);
        if local.set_dirty {
            return;
        }
        let expected = self.largest(chain, storage);
        if members != expected {
            self.blame(
                11,
                format!("the set of chain {chain} is {members:?}, not {expected:?}"),
            );
        }
    }

    /// What a copy computes of the set of any chain is what the copy of that chain wrote, if it can compute it at all.
    pub(super) fn check_agreed_sets(&mut self, chain: ChainId, storage: &DElectorStorage) {
        if self.may_split || self.may_forge || self.is_captured(chain) {
            return;
        }
        let local = storage.local.load().expect("it parses");
        let params = storage.params().expect("param 200 parses");
        if !local.set_dirty {
            let base = storage.base().expect("registries parse");
            self.sets.insert(chain, (base, read_set(storage).0));
        }
        for (of, (base, members)) in self.sets.clone() {
            let computed = storage.set_at(of, &base, &params);
            let Some(computed) = computed.expect("registries parse") else {
                continue;
            };
            self.reached.agreed_sets += u32::from(of != chain);
            let is_best_first = computed.is_sorted_by(|one, next| one.1 >= next.1);
            if !is_best_first || BTreeMap::from_iter(computed.clone()) != members {
                self.blame(
                    11,
                    format!("chain {chain} takes {computed:?} for the set of chain {of}, which is {members:?}"),
                );
            }
        }
    }

    fn largest(&self, chain: ChainId, storage: &DElectorStorage) -> BTreeMap<HashBytes, u64> {
        let least = u128::from(self.known.limits.min_stake_nano);
        let (mut all, mut removed) = (Vec::<Ranked>::new(), BTreeSet::new());
        for entry in storage.registries.iter() {
            let (of, registry) = entry.expect("a registry parses");
            if chain != MASTERCHAIN && of != chain {
                continue;
            }
            for key in registry.keys.iter() {
                let (key, entry) = key.expect("a key parses");
                if entry.is_removed() {
                    removed.insert(key);
                }
            }
            for entry in registry.roots.iter() {
                let (root, entry) = entry.expect("an entry parses");
                if entry.stake.into_inner() >= least {
                    all.push((entry.stake.into_inner(), of, root, entry.key));
                }
            }
        }
        // where a key is held twice, the lower (chain, address) is active
        all.sort_by_key(|ranked| (ranked.1, ranked.2));
        let mut keys = BTreeSet::new();
        all.retain(|ranked| !removed.contains(&ranked.3) && keys.insert(ranked.3));
        all.sort_by_key(|ranked| (std::cmp::Reverse(ranked.0), ranked.1, ranked.2));
        let limit = match chain {
            MASTERCHAIN => self.known.limits.main_validators,
            _ => self.known.limits.max_validators,
        };
        let members = all.into_iter().take(limit.into());
        members
            .map(|(stake, _, _, key)| (key, (stake / COIN).max(1) as u64))
            .collect()
    }
}

fn read_set(storage: &DElectorStorage) -> (BTreeMap<HashBytes, u64>, Option<&'static str>) {
    let config = BlockchainConfigParams::from_raw(storage.config.clone());
    let Ok(Some(cell)) = config.get_raw_cell(34) else {
        return (BTreeMap::new(), Some("there is none"));
    };
    let read = || {
        let mut slice = cell.as_slice()?;
        let tag = slice.load_u8()?;
        slice.skip_first(64, 0)?;
        let (total, main) = (slice.load_u16()?, slice.load_u16()?);
        let weight = slice.load_u64()?;
        let list = Dict::<u16, ValidatorDescr>::load_from(&mut slice)?;
        Ok::<_, tycho_types::error::Error>((tag, total, main, weight, list))
    };
    let Ok((tag, total, main, weight, list)) = read() else {
        return (BTreeMap::new(), Some("it does not parse"));
    };
    let (mut members, mut slots, mut sum) = (BTreeMap::new(), 0, 0);
    let mut wrong = (tag != 0x12 || total != main).then_some("a wrong header");
    for entry in list.iter() {
        let Ok((slot, member)) = entry else {
            return (members, Some("a member does not parse"));
        };
        if slot != slots {
            wrong = Some("a hole between the slots");
        }
        slots += 1;
        sum += member.weight;
        if members.insert(member.key, member.weight).is_some() {
            wrong = Some("a key twice");
        }
    }
    if slots != total {
        wrong = Some("a wrong count");
    }
    if sum != weight {
        wrong = Some("weights that do not sum up");
    }
    (members, wrong)
}
