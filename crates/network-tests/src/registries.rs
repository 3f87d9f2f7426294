//! Hand-made registries: as they may have become, or as captured chains can have them.

use std::collections::BTreeMap;

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::Batch;
use ddvs_contracts::storage::{ChainRegistry, DElectorStorage, KeyEntry, RootEntry};
use tycho_types::cell::{CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::num::Tokens;

use crate::captured::{Entries, batch, set};
use crate::{COIN, Shape, World};

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

/// Roots and keys that left part from these at each bit from the sixth to bit `deep`, so that the way to each of these is so deep.
pub fn crowd(registry: &mut ChainRegistry, of: &[(HashBytes, HashBytes)], deep: usize) {
    let mut roots: BTreeMap<_, _> =
        (registry.roots.iter().map(|root| root.expect(SOUND))).collect();
    let mut keys: BTreeMap<_, _> = (registry.keys.iter().map(|key| key.expect(SOUND))).collect();
    for (id, key) in of {
        for bit in 5..deep {
            let (root, key) = left(flipped(*id, bit), flipped(*key, bit));
            roots.insert(root.0, root.1);
            keys.insert(key.0, key.1);
        }
    }
    registry.count = roots.len() as u32;
    registry.roots = Dict::try_from_btree(&roots).expect(SOUND);
    registry.keys = Dict::try_from_btree(&keys).expect(SOUND);
}

/// Most cells on the way to a Root or a key: `MAX_DEPTH` of the contracts.
pub const MOST_CELLS: u16 = 28;

/// Returns a world of `shape` in which the most expensive batch of chain 0 is possible, and for each of `stakes_nano`
/// the entries of one: as many Roots as a batch holds have this stake and another key each, and all of these are at
/// the bottom.
pub fn dearest(shape: &Shape, stakes_nano: &[u128]) -> (World, Vec<Entries>) {
    let entries = usize::from(shape.limits.max_batch);
    let plain = World::new(shape);
    let others: Vec<_> = (0..entries)
        .map(|place| plain.validator(0, place))
        .collect();
    let new: Vec<_> = (0..entries)
        .map(|place| plain.key(&place.to_string()))
        .collect();
    let ways = others.iter().zip(&new).flat_map(|(validator, new)| {
        let (id, new) = (validator.root.address().address, new.public());
        let hash = *CellBuilder::build_from(new).expect(SOUND).repr_hash();
        [(id, validator.key.public()), (hash, new)]
    });
    let ways: Vec<_> = ways.collect();
    let world = world_with(shape, 0, |registry| {
        crowd(registry, &ways, usize::from(MOST_CELLS));
    });
    let batches = stakes_nano.iter().map(|&stake_nano| {
        let entries = others.iter().zip(&new).map(|(validator, new)| {
            let proof = new.prove(&world.network.genesis, validator.root.address());
            let id = validator.root.address().address;
            set(&world, id, stake_nano, new.public(), Some(&proof))
        });
        entries.collect()
    });
    let batches = batches.collect();
    (world, batches)
}

/// Returns a world of 24 chains with a batch of chain 0 of eight new keys, the most expensive one. `copy`, which is 1,
/// can apply it as soon as it comes, with its own stake and that of chain 0; all other workchains are silent. Chain 2 has
/// most of the other stake, and the rest have little.
pub fn dear_at_one_copy(codes: Codes, copy: ChainId) -> (World, Lazy<Batch>) {
    let mut stakes = vec![vec![50_000; 16], vec![2_000_000], vec![1_500_000]];
    stakes.extend(vec![vec![10_000; 3]; 20]);
    let mut shape = Shape::with_stakes(stakes);
    shape.people = 1;
    shape.limits.min_validators = 1;
    shape.limits.churn_bp = 6_000;
    shape.codes = codes;
    let (mut world, mut entries) = dearest(&shape, &[50_001 * COIN]);
    let others = world.chains().into_iter();
    let others = others.filter(|&chain| chain >= 0 && chain != copy);
    others.for_each(|chain| world.silence(chain));
    let dear = batch(&world, entries.remove(0));
    (world, Lazy::new(&dear).expect(SOUND))
}
