//! Registries that have been made by hand: as they may have become, or as captured chains can have them.

use ddvs_client::ChainId;
use ddvs_contracts::storage::{ChainRegistry, DElectorStorage, KeyEntry, RootEntry};
use tycho_types::cell::{CellBuilder, HashBytes};
use tycho_types::num::Tokens;

use crate::{Shape, World};

const SOUND: &str = "a zerostate that was built is sound";

/// `id` with one bit changed.
pub fn flipped(mut id: HashBytes, bit: usize) -> HashBytes {
    id.0[bit / 8] ^= 0x80 >> (bit % 8);
    id
}

/// A Root that left long ago, and its key.
pub fn left(id: HashBytes, key: HashBytes) -> ((HashBytes, RootEntry), (HashBytes, KeyEntry)) {
    let entry = RootEntry {
        stake: Tokens::ZERO,
        key,
        since: 0,
        retired: 0,
        is_removed: false,
    };
    ((id, entry), (key, KeyEntry::InUse { root: id }))
}

/// A world in which `change` was done to the registry of chain `of` in all copies.
pub fn world_with(shape: &Shape, of: ChainId, change: impl Fn(&mut ChainRegistry)) -> World {
    World::edited(shape, |zerostate| {
        for chain in &mut zerostate.chains {
            let init = chain.accounts[0].state_init.as_mut().expect(SOUND);
            let data = init.data.as_ref().expect(SOUND);
            let mut storage = data.parse::<DElectorStorage>().expect(SOUND);
            let mut registry = storage.registries.get(of).expect(SOUND).expect(SOUND);
            change(&mut registry);
            storage.registries.set(of, registry).expect(SOUND);
            init.data = Some(CellBuilder::build_from(&storage).expect(SOUND));
        }
    })
}
