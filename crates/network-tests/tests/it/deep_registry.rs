//! A captured chain reports any ids of Roots, and other ids can be ground: a registry's dictionaries could be made so
//! deep that a batch exceeds the gas of a transaction. So all copies refuse a Root or a key that would make them too
//! deep.

use std::collections::BTreeMap;

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::messages::{BatchVote, Propose, Relay, Vote};
use ddvs_contracts::storage::ChainRegistry;
use ddvs_contracts::{Codes, Reason};
use ddvs_network_tests::captured::{batch, is_taken, joining, next_batch, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::{MOST_CELLS, crowd, dearest, flipped, left, world_with};
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;

/// The Root at the bottom.
const BOTTOM: HashBytes = HashBytes([0x11; 32]);

fn hash(id: &HashBytes) -> HashBytes {
    *CellBuilder::build_from(id).unwrap().repr_hash()
}

/// Roots that left are placed beside all paths down to `id` and `key`, as deep as allowed.
fn fill(registry: &mut ChainRegistry, id: HashBytes, key: HashBytes) {
    let mut roots: BTreeMap<_, _> = registry.roots.iter().map(Result::unwrap).collect();
    let mut keys: BTreeMap<_, _> = registry.keys.iter().map(Result::unwrap).collect();
    for bit in 0..=usize::from(MOST_CELLS) {
        let (root, held) = left(flipped(id, bit), flipped(key, bit));
        roots.insert(root.0, root.1);
        keys.insert(held.0, held.1);
        registry.count = roots.len() as u32;
        registry.roots = Dict::try_from_btree(&roots).unwrap();
        registry.keys = Dict::try_from_btree(&keys).unwrap();
        let depth = |root: &Option<tycho_types::cell::Cell>| root.as_ref().unwrap().repr_depth();
        if depth(registry.roots.root()) == MOST_CELLS || depth(registry.keys.root()) == MOST_CELLS {
            return;
        }
    }
}

/// A world in which `change` was done to the registry of chain `of` in all copies.
fn world(codes: Codes, of: ChainId, change: impl Fn(&mut ChainRegistry)) -> World {
    let mut stakes = vec![vec![100_000; 16]; 3];
    stakes[0] = vec![12_500; 4];
    let mut shape = Shape::with_stakes(stakes);
    shape.codes = codes;
    world_with(&shape, of, change)
}

/// Whether a Root at the bottom gets the votes, and one elsewhere.
fn is_let_in(codes: &Codes, id: HashBytes, key: &str) -> bool {
    let plain = World::new(&Shape::default());
    let deepest = plain.key("deepest").public();
    let fill = |registry: &mut ChainRegistry| fill(registry, BOTTOM, deepest);
    let mut world = world(codes.clone(), 0, fill);
    let batch = batch(
        &world,
        vec![joining(&world, id, 10_000 * COIN, &world.key(key))],
    );
    is_taken(&mut world, &batch)
}

#[test]
fn root_or_key_too_deep_in_the_registry_gets_no_vote() {
    let (real, elsewhere) = (Codes::default(), HashBytes([0x99; 32]));
    assert!(is_let_in(&real, elsewhere, "another"));
    assert!(!is_let_in(&real, BOTTOM, "another"));
    assert!(!is_let_in(&real, elsewhere, "deepest"));
    let lax = codes("delector", "registries-may-be-deep");
    assert!(is_let_in(&lax, BOTTOM, "another"));
    assert!(is_let_in(&lax, elsewhere, "deepest"));
}

#[test]
fn origin_refuses_a_root_too_deep_in_the_registry_with_a_reason() {
    let plain = World::new(&Shape::with_stakes(vec![
        vec![12_500; 4],
        vec![100_000; 16],
        vec![100_000; 16],
    ]));
    let (nora, key) = (plain.person(1, 0), plain.key("Nora"));
    let root = plain.root_of(&nora, 100);
    let id = root.address().address;
    let mut world = world(Codes::default(), 1, |registry| {
        fill(registry, id, hash(&id));
    });
    world.open_root(&nora, &root, &key);
    world.deposit_and_stake(&nora, &root, 50_000 * COIN);
    let reason = world.root_state(&root).last_reason;
    assert_eq!(reason, Some(Reason::TooClose.code()));
    assert_eq!(world.counted(&root), 0);
}

/// Five chains, so that no one's vote vouches for anything.
fn five(codes: Codes) -> Shape {
    let mut shape = Shape::with_stakes(vec![vec![100_000; 16]; 5]);
    shape.codes = codes;
    shape
}

/// The most expensive batch: as many Roots as it may hold have another key each, and all of these are at the bottom.
#[test]
fn full_batch_at_the_deepest_places_pays_for_itself() {
    let shape = five(Codes::default());
    let (mut world, mut entries) = dearest(&shape, &[100_000 * COIN]);
    let batch = batch(&world, entries.remove(0));
    let cursor = world.net.cursor().unwrap();
    let before = world.balance(world.delector(1).address());
    assert!(is_taken(&mut world, &batch));
    let own = world.transactions_since(cursor, 1);
    assert!(own.iter().all(|transaction| transaction.succeeded()));
    let gas = own.iter().map(|own| own.gas_used()).max().unwrap();
    let after = world.balance(world.delector(1).address());
    println!("{gas} gas; {before} nano, then {after}");
    // what `GAS_TO_BEGIN` of the contracts leaves of a transaction
    assert!(gas < 750_000, "{gas}");
    assert!(after >= before, "{before} nano, then {after}");
}

/// Whether a copy continues that must check four such batches at once: they arrived before their predecessors.
fn checks_all(codes: Codes) -> bool {
    let stakes_nano = [100_000, 100_001, 100_002, 100_003].map(|coins| coins * COIN);
    let (mut world, entries) = dearest(&five(codes), &stakes_nano);
    let small = next_batch(&world, 1, 0, 100_010 * COIN);
    let dear = entries.into_iter().map(|entries| {
        let mut batch = batch(&world, entries);
        batch.seqno += 1;
        batch.previous = *small.inner().repr_hash();
        Lazy::new(&batch).unwrap()
    });
    let dear: Vec<_> = dear.collect();
    let cursor = world.net.cursor().unwrap();
    for (voter, batch) in [-1, 2, 3, 4].into_iter().zip(&dear) {
        let vote = Vote::one(BatchVote {
            origin: 0,
            seqno: 2,
            batch_hash: *batch.inner().repr_hash(),
        });
        say(&mut world, voter, 1, &vote);
        let batch = batch.clone();
        say(&mut world, voter, 1, &Relay { batch });
    }
    world.pass(10);
    for to in [-1, 1, 2, 3, 4] {
        let batch = small.clone();
        say(&mut world, 0, to, &Propose { batch });
    }
    world.pass(30);
    assert_eq!(world.registry(1, 0).seqno, 1);
    let known = world.storage(1).known_contents().unwrap().into_iter();
    let known = known.filter(|known| known.number.origin == 0 && known.number.seqno == 2);
    let checked = known.filter(|known| known.content.next.is_some()).count();
    let own = world.transactions_since(cursor, 1);
    checked == 4 && own.iter().all(|own| own.succeeded())
}

#[test]
fn contents_are_checked_in_several_transactions() {
    assert!(checks_all(Codes::default()));
    let lax = codes("delector", "contents-are-checked-whatever-the-gas");
    assert!(!checks_all(lax));
}

/// Eleven validators with ids and keys at the bottom are accused in one block: closing the batch looks at the gas.
fn removes_all(codes: Codes, deep: usize) -> bool {
    let mut shape = Shape::with_stakes(vec![vec![12_500; 4], vec![100_000; 16], vec![100_000; 16]]);
    shape.codes = codes.clone();
    let plain = World::new(&shape);
    let culprits: Vec<_> = (0..11).map(|index| plain.validator(1, index)).collect();
    let mut world = world(codes, 1, |registry| {
        let ways = culprits
            .iter()
            .map(|culprit| (culprit.root.address().address, culprit.key.public()));
        crowd(registry, &ways.collect::<Vec<_>>(), deep);
    });
    for culprit in &culprits {
        let evidence = world.double_vote(&culprit.key, 1, 5);
        let (value_nano, id) = (world.change_value(1), world.query_id());
        let delector = world.delector(1);
        let submit = delector.submit_evidence(&evidence, value_nano, id).unwrap();
        world.send(&culprit.owner, &[submit]);
    }
    world.pass(200);
    world.registry(1, 1).removed == 11
}

#[test]
fn removals_without_gas_wait_for_the_next_batch() {
    assert!(removes_all(Codes::default(), usize::from(MOST_CELLS)));
    // deeper than any registry can be made: the rule is what stops it, not the depth
    assert!(removes_all(Codes::default(), 100));
    assert!(!removes_all(
        codes("delector", "removals-do-not-look-at-gas"),
        100
    ));
}
