//! Registries as deep as those of thousands of validators, with only a few hundred entries.

use ddvs_contracts::storage::{
    ChainRegistry, DElectorStorage, KeyEntry, Ranking, RootEntry, ValidatorDescr,
};
use ddvs_zerostate::Zerostate;
use tycho_types::cell::{CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::num::Tokens;

use crate::COIN;

/// A dictionary of 2^14 random Roots is so deep; a chain may register 20,000.
const DEPTH: usize = 14;
/// Stake of a Root of the crowd, where it has any.
const LEAST: u128 = 10_000 * COIN;
/// `validator#53` and `ed25519_pubkey#8e81278a`.
const KEY_MAGIC: u32 = 0x8e81_278a;
const SOUND: &str = "a zerostate that was built is sound";

/// Roots that nobody deployed. For each relevant key, and for the Root at the same place, there is one that differs
/// from it at each of the first bits: so every look-up goes as deep as in a registry of 2^`DEPTH` Roots.
#[derive(Debug)]
pub struct Crowd {
    /// The keys that matter.
    pub keys: Vec<HashBytes>,
    /// Those of chain 0 are validators; all others have left, and none of them is in a set.
    pub validates: bool,
}

/// Returns `id` with another bit, and another rest on each chain: otherwise all registries would share their cells,
/// and reading them again would be cheap.
fn parted(id: &HashBytes, bit: usize, chain: i8) -> HashBytes {
    let mut id = *id;
    id.0[bit / 8] ^= 0x80 >> (bit % 8);
    id.0[20] ^= 1 + chain.cast_unsigned();
    id
}

/// As `rankOf` of `contracts/delector/ranking.tolk` has it, for a Root of chain 0.
fn rank(root: &HashBytes) -> HashBytes {
    let mut rank = [0; 32];
    rank[..11].copy_from_slice(&LEAST.to_be_bytes()[5..]);
    rank[11] = 127;
    for (place, byte) in rank[12..].iter_mut().zip(root.0) {
        *place = !byte;
    }
    HashBytes(rank)
}

fn rank_in(ranking: &mut Ranking, root: &HashBytes, key: HashBytes) {
    let weight = (LEAST / COIN) as u64;
    let member = ValidatorDescr {
        key_magic: KEY_MAGIC,
        key,
        weight,
    };
    ranking.list.set(ranking.count, member).expect(SOUND);
    ranking.active.set(rank(root), ranking.count).expect(SOUND);
    ranking.count += 1;
    ranking.total_weight += weight;
}

impl Crowd {
    /// Validators that join chain `chain`: Roots and their keys.
    fn of(&self, chain: i8, storage: &DElectorStorage) -> Vec<(HashBytes, HashBytes)> {
        let registry = storage.registries.get(chain).expect(SOUND).expect(SOUND);
        let roots: Vec<_> = registry
            .roots
            .keys()
            .map(|root| root.expect(SOUND))
            .collect();
        let mut crowd = Vec::new();
        for (place, key) in self.keys.iter().enumerate() {
            let root = roots.get(place).unwrap_or(key);
            let parts = |bit| (parted(root, bit, chain), parted(key, bit, chain));
            crowd.extend((0..DEPTH).map(parts));
        }
        crowd
    }

    /// Adds all of them to a zerostate: to each registry of each copy, and to the sets if they validate.
    ///
    /// # Panics
    /// When the zerostate was not built by this workspace.
    pub fn join(&self, zerostate: &mut Zerostate) {
        let mut registries = None;
        for chain in &mut zerostate.chains {
            let init = chain.accounts[0].state_init.as_mut().expect(SOUND);
            let mut storage: DElectorStorage =
                init.data.as_ref().expect(SOUND).parse().expect(SOUND);
            if self.validates && chain.id <= 0 {
                let mut local = storage.local.load().expect(SOUND);
                let mut ranking = local.ranking.load().expect(SOUND);
                for (root, key) in self.of(0, &storage) {
                    rank_in(&mut ranking, &root, key);
                }
                local.ranking = Lazy::new(&ranking).expect(SOUND);
                storage.local = Lazy::new(&local).expect(SOUND);
            }
            // all copies hold the same
            let registries = registries.get_or_insert_with(|| self.registries(&storage));
            storage.registries = registries.clone();
            init.data = Some(CellBuilder::build_from(storage).expect(SOUND));
        }
    }

    fn registries(&self, storage: &DElectorStorage) -> Dict<i8, ChainRegistry> {
        let mut registries = storage.registries.clone();
        let chains = storage.registries.keys().map(|chain| chain.expect(SOUND));
        for chain in chains.filter(|chain| *chain >= 0) {
            let stands = self.validates && chain == 0;
            let stake = Tokens::new(if stands { LEAST } else { 0 });
            let mut registry = registries.get(chain).expect(SOUND).expect(SOUND);
            for (root, key) in self.of(chain, storage) {
                registry
                    .keys
                    .set(key, KeyEntry::InUse { root })
                    .expect(SOUND);
                let entry = RootEntry {
                    stake,
                    key,
                    since: 0,
                    retired: 0,
                    is_removed: false,
                };
                registry.roots.set(root, entry).expect(SOUND);
                registry.count += 1;
                registry.total += stake;
                registry.eligible += u32::from(stands);
            }
            registries.set(chain, registry).expect(SOUND);
        }
        registries
    }
}
