//! A captured chain brings the dearest batch for the number after the next one of another origin, and many others name contents there, so that a
//! copy has spent much gas before it comes to that batch. It is checked all the same, and the copy goes on.
#![allow(clippy::unwrap_used)] // a failed helper is a failed test

use std::collections::BTreeMap;

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{Batch, BatchVote, Propose, Relay, Vote};
use ddvs_contracts::storage::ChainRegistry;
use ddvs_network_tests::captured::{batch, next_batch, set};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::{flipped, left, world_with};
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;

/// The copy that is looked at; chain 0 is the origin.
const COPY: ChainId = 1;
/// Entries of the batch.
const ENTRIES: usize = 8;
/// `MAX_DEPTH` of the contracts.
const DEEP: usize = 28;

/// Roots and keys that part from these at each bit.
fn crowd(registry: &mut ChainRegistry, of: &[(HashBytes, HashBytes)]) {
    let mut roots: BTreeMap<_, _> = registry.roots.iter().map(Result::unwrap).collect();
    let mut keys: BTreeMap<_, _> = registry.keys.iter().map(Result::unwrap).collect();
    for (id, key) in of {
        for bit in 5..DEEP {
            let (root, key) = left(flipped(*id, bit), flipped(*key, bit));
            roots.insert(root.0, root.1);
            keys.insert(key.0, key.1);
        }
    }
    registry.count = roots.len() as u32;
    registry.roots = Dict::try_from_btree(&roots).unwrap();
    registry.keys = Dict::try_from_btree(&keys).unwrap();
}

fn told(world: &mut World, from: ChainId, body: &impl ddvs_contracts::messages::Message) {
    let (from, to) = (world.delector(from), world.delector(COPY));
    world.inject_with(from.address(), to.address(), body, 10 * COIN);
}

/// Whether the copy applies both of the origin's own batches; the dearest one gives each Root so many coins more.
fn goes_on(codes: Codes, more: u128) -> bool {
    let mut stakes = vec![vec![50_000; 16], vec![400_000; 4]];
    stakes.extend(vec![vec![10_000; 3]; 21]);
    let mut shape = Shape::with_stakes(stakes);
    shape.limits.max_batch = ENTRIES as u8;
    shape.people = 1;
    shape.codes = codes;
    let plain = World::new(&shape);
    let others: Vec<_> = (0..ENTRIES)
        .map(|place| plain.validator(0, place))
        .collect();
    let new: Vec<_> = (0..ENTRIES)
        .map(|place| plain.key(&place.to_string()))
        .collect();
    let ways = others.iter().zip(&new).flat_map(|(validator, new)| {
        let (id, new) = (validator.root.address().address, new.public());
        let hash = *CellBuilder::build_from(new).unwrap().repr_hash();
        [(id, validator.key.public()), (hash, new)]
    });
    let ways: Vec<_> = ways.collect();
    let mut world = world_with(&shape, 0, |registry| crowd(registry, &ways));
    let small = next_batch(&world, COPY, 0, 50_500 * COIN);
    let after = |mut batch: Batch| {
        batch.seqno += 1;
        batch.previous = *small.inner().repr_hash();
        Lazy::new(&batch).unwrap()
    };
    let second = next_batch(&world, COPY, 0, 50_600 * COIN).load().unwrap();
    let second = after(second);
    let entries = others.iter().zip(&new).map(|(validator, new)| {
        let proof = new.prove(&world.network.genesis, validator.root.address());
        let id = validator.root.address().address;
        set(
            &world,
            id,
            (50_001 + more) * COIN,
            new.public(),
            Some(&proof),
        )
    });
    let dear = after(batch(&world, entries.collect()));
    let hash = *dear.inner().repr_hash();
    let vote = |seqno, batch_hash| {
        Vote::one(BatchVote {
            origin: 0,
            seqno,
            batch_hash,
        })
    };
    told(&mut world, -1, &vote(2, hash));
    told(&mut world, -1, &Relay { batch: dear });
    for place in 0..21_u8 {
        let lie = vote(2, flipped(hash, 2 + 5 * usize::from(place)));
        told(&mut world, 2 + place.cast_signed(), &lie);
    }
    // what else waits makes the way to these longer
    for seqno in [3, 5, 9, 17, 33, 65, 129] {
        told(&mut world, 22, &vote(seqno, hash));
    }
    world.pass(30);
    for batch in [small, second] {
        told(&mut world, 0, &Propose { batch });
    }
    let cursor = world.net.cursor().unwrap();
    world.pass(40);
    let own = world.transactions_since(cursor, COPY);
    println!(
        "{} transactions, the dearest takes {:?} gas",
        own.len(),
        own.iter().map(|own| own.gas_used()).max()
    );
    world.registry(COPY, 0).seqno == 2 && own.iter().all(|own| own.succeeded())
}

#[test]
fn a_dear_batch_among_many_lies_is_checked() {
    // which of the contents comes first is up to their hashes
    assert!((0..6).all(|more| goes_on(Codes::default(), more)));
    let lax = codes("delector", "contents-are-passed-without-progress");
    assert!(!(0..6).all(|more| goes_on(lax.clone(), more)));
}
