//! An origin takes changes in the order of arrival; others read the entries of its batch by the ids of the Roots.
//! Forgetting one entry may make room for another: all reach the same verdict in any order, or the chain would wait
//! for its own batch forever.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::storage::ChainRegistry;
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::{flipped, left, world_with};
use ddvs_network_tests::{COIN, Person, Shape, World};
use tycho_types::cell::HashBytes;

/// Whose changes these are.
const OWN: ChainId = 1;
/// It is read after all others.
const LAST: HashBytes = HashBytes([0xff; 32]);
/// `MAX_DEPTH` of the contracts.
const MOST: u16 = 28;

fn add(registry: &mut ChainRegistry, id: HashBytes, key: HashBytes) {
    let (root, held) = left(id, key);
    registry.roots.set(root.0, root.1).unwrap();
    registry.keys.set(held.0, held.1).unwrap();
    registry.count += 1;
}

/// A purge and then a change wait for one batch. Returns whether all copies are then equal, and continue.
fn goes_on(
    world: &mut World,
    uma: &Person,
    purged: (HashBytes, HashBytes),
    change: impl Fn(&mut World),
) -> bool {
    let first = world.validator(OWN, 1);
    let others: Vec<_> = world
        .chains()
        .into_iter()
        .filter(|&chain| chain >= 0 && chain != OWN)
        .collect();
    for &chain in &others {
        world.silence(chain);
    }
    let stake = world.stake_message(uma, &first.root, 1_000 * COIN);
    world.send(uma, &[stake]);
    assert!(world.wait_for(200, |world| world.local(OWN).in_flight));
    let (value_nano, id) = (world.change_value(OWN), world.query_id());
    let purge = world
        .delector(OWN)
        .purge_key(purged.0, purged.1, value_nano, id);
    world.send(uma, &[purge.unwrap()]);
    assert!(world.wait_for(200, |world| world.local(OWN).tail == 2));
    change(world);
    assert!(world.wait_for(200, |world| world.local(OWN).tail == 3));
    for &chain in &others {
        world.resume(chain);
    }
    world.pass(200);
    let (before, roots) = (
        world.registry(OWN, OWN).seqno,
        world.registry(OWN, OWN).roots,
    );
    assert_ne!(before, 0, "the first batch");
    world.stake(uma, &first.root, 1_000 * COIN);
    world.pass(200);
    let all = world
        .chains()
        .into_iter()
        .map(|copy| world.registry(copy, OWN));
    !roots.contains_key(purged.0).unwrap()
        && all.into_iter().all(|registry| registry.seqno == before + 1)
}

fn shape(codes: &Codes) -> Shape {
    Shape {
        codes: codes.clone(),
        ..Shape::default()
    }
}

/// A key at the bottom is purged, and one that would be below it is added.
fn key_takes_a_place(codes: &Codes) -> bool {
    let shape = shape(codes);
    let key = World::new(&shape).key("deepest");
    let lowest = std::cell::Cell::new(HashBytes::ZERO);
    let mut world = world_with(&shape, OWN, |registry| {
        let depth =
            |registry: &ChainRegistry| registry.keys.root().as_ref().map(|root| root.repr_depth());
        for bit in 0.. {
            let beside = flipped(key.public(), bit);
            let before = registry.clone();
            add(registry, beside, beside);
            if depth(registry) == Some(MOST) {
                *registry = before;
                add(registry, LAST, beside);
                lowest.set(beside);
                return;
            }
        }
    });
    let (uma, second) = (world.person(OWN, 1), world.validator(OWN, 0));
    world.deposit(&uma, 5_000 * COIN);
    let register = world.register_message(&second.root, &key);
    let takes = |world: &mut World| {
        world.send(&second.owner, std::slice::from_ref(&register));
    };
    let goes_on = goes_on(&mut world, &uma, (LAST, lowest.get()), takes);
    goes_on && world.entry(&second.root).unwrap().key == key.public()
}

#[test]
fn purge_makes_room_for_a_deep_key_in_any_order_of_entries() {
    assert!(key_takes_a_place(&Codes::default()));
    assert!(!key_takes_a_place(&codes(
        "delector",
        "the-order-of-entries-matters"
    )));
}

/// A Root is purged, and one comes that differs from it in the last bits of its id.
fn neighbour_comes(codes: &Codes) -> bool {
    let shape = shape(codes);
    let plain = World::new(&shape);
    let nora = plain.person(OWN, 2);
    let root = plain.root_of(&nora, 100);
    let id = root.address().address;
    let beside = (160..256)
        .map(|bit| flipped(id, bit))
        .find(|other| *other > id)
        .unwrap();
    let mut world = world_with(&shape, OWN, |registry| add(registry, beside, LAST));
    let uma = world.person(OWN, 1);
    world.deposit(&uma, 5_000 * COIN);
    world.deposit(&nora, 50_000 * COIN);
    let key = world.key("Nora");
    world.open_root(&nora, &root, &key);
    let stake = world.stake_message(&nora, &root, 50_000 * COIN);
    goes_on(&mut world, &uma, (beside, LAST), |world| {
        world.send(&nora, std::slice::from_ref(&stake));
    })
}

#[test]
fn purge_makes_room_for_a_neighbouring_root_in_any_order() {
    assert!(neighbour_comes(&Codes::default()));
    assert!(!neighbour_comes(&codes(
        "delector",
        "the-order-of-entries-matters"
    )));
}
