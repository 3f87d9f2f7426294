//! A captured chain sends two contents under one number: all copies take them back, freeze it there, and are equal again.
#![allow(clippy::unwrap_used)] // a failed helper is a failed test

use ddvs_contracts::Reason;
use ddvs_contracts::messages::{Batch, BatchEntry, Propose, Vote};
use ddvs_network_tests::check::refusals;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};
use tycho_types::dict::Dict;
use tycho_types::num::Tokens;

/// Shares of 35, 35 and 30 %.
fn world() -> World {
    World::new(&Shape::with_stakes(vec![
        vec![87_500; 4],
        vec![87_500; 4],
        vec![75_000; 4],
    ]))
}

/// What the copies of the live chains have applied, as the origin would pack it.
fn base(world: &World, copy: i8) -> Cell {
    let mut builder = CellBuilder::new();
    for chain in world.chains() {
        builder.store_u8(chain.cast_unsigned()).unwrap();
        builder
            .store_u32(world.registry(copy, chain).seqno)
            .unwrap();
    }
    builder.build().unwrap()
}

/// A sound next batch of chain 0, by the registry of the copy on `copy`: its first validator has `stake`.
fn batch(world: &World, copy: i8, stake: u128) -> Lazy<Batch> {
    let registry = world.registry(copy, 0);
    let validator = world.validator(0, 0);
    let id = validator.root.address().address;
    let old = registry.roots.get(id).unwrap().unwrap();
    let mut entries = Dict::new();
    let entry = BatchEntry::SetStake {
        stake: Tokens::new(stake),
        key: old.key,
        since: old.since,
        proof: None,
    };
    entries.set(id, entry).unwrap();
    Lazy::new(&Batch {
        origin: 0,
        seqno: registry.seqno + 1,
        previous: registry.last_hash,
        entries,
    })
    .unwrap()
}

/// Chain 0, captured, proposes `batch` to the copy on `chain`.
fn propose(world: &mut World, chain: i8, batch: &Lazy<Batch>) {
    let body = Propose {
        seqno: batch.load().unwrap().seqno,
        batch: batch.clone(),
        base: base(world, chain),
    };
    let origin = world.delector(0).address().clone();
    let to = world.delector(chain).address().clone();
    world.inject(&origin, &to, &body);
}

/// All copies have frozen chain 0 after `seqno` batches and are equal.
#[track_caller]
fn check_frozen(world: &World, seqno: u32) {
    let heads = |world: &World| -> Vec<(i8, bool, u32)> {
        let head = |copy| {
            let registry = world.registry(copy, 0);
            (copy, registry.frozen, registry.seqno)
        };
        world.chains().into_iter().map(head).collect()
    };
    let wanted: Vec<_> = world
        .chains()
        .into_iter()
        .map(|copy| (copy, true, seqno))
        .collect();
    assert_eq!(heads(world), wanted, "(copy, frozen, seqno)");
    for copy in world.chains() {
        for chain in [1, 2] {
            assert!(!world.registry(copy, chain).frozen, "copy {copy}");
        }
    }
    world.check_replicas(&world.chains());
    for chain in world.chains() {
        world.check_set(chain);
        world.check_set_computed(chain);
    }
}

#[test]
fn two_contents_are_taken_back_and_the_chain_is_frozen() {
    let mut world = world();
    let (a, b) = (
        batch(&world, 1, 90_000 * COIN),
        batch(&world, 1, 80_000 * COIN),
    );
    let before = world.set(-1);
    propose(&mut world, 1, &a);
    propose(&mut world, -1, &a);
    propose(&mut world, 2, &b);
    // each of the two was agreed somewhere before the other's votes arrived
    let applied = world.wait_for(40, |world| {
        let heads = [1, 2].map(|copy| world.registry(copy, 0));
        heads[0].seqno == 1 && heads[1].seqno == 1 && heads[0].last_hash != heads[1].last_hash
    });
    assert!(
        applied,
        "the copies on chains 1 and 2 followed different contents"
    );
    world.settle();
    check_frozen(&world, 0);
    assert_eq!(world.registry(2, 0).total.into_inner(), 350_000 * COIN);
    let set = world.set(-1);
    assert_eq!(set.total_weight, before.total_weight);

    // the others go on; the frozen chain weighs what it did, and takes no changes
    let (uma, ivan) = (world.person(1, 0), world.person(0, 0));
    let root = world.validator(1, 0).root;
    world.deposit_and_stake(&uma, &root, 1_000 * COIN);
    assert_eq!(world.counted(&root), 88_500 * COIN);
    let root = world.validator(0, 1).root;
    world.deposit(&ivan, 1_000 * COIN);
    let tree = world.stake(&ivan, &root, 1_000 * COIN);
    assert_eq!(refusals(tree.transactions()), [Reason::ChainFrozen.code()]);
    check_frozen(&world, 0);
}

#[test]
fn what_was_agreed_before_the_fork_stays() {
    let mut world = world();
    let uma = world.person(0, 0);
    let root = world.validator(0, 2).root;
    world.deposit_and_stake(&uma, &root, 5_000 * COIN);
    assert_eq!(world.counted(&root), 92_500 * COIN);
    let (a, b) = (
        batch(&world, 1, 90_000 * COIN),
        batch(&world, 1, 80_000 * COIN),
    );
    propose(&mut world, 1, &a);
    propose(&mut world, -1, &b);
    propose(&mut world, 2, &b);
    world.settle();
    check_frozen(&world, 1);
    assert_eq!(world.counted(&root), 92_500 * COIN);
    assert_eq!(world.counted(&world.validator(0, 0).root), 87_500 * COIN);
    let key = world.validator(0, 0).key;
    assert_eq!(world.weight(-1, &key), Some(87_500));
}

#[test]
fn a_fork_that_the_origin_itself_takes_part_in() {
    let mut world = world();
    let uma = world.person(0, 0);
    let root = world.validator(0, 2).root;
    world.deposit(&uma, 5_000 * COIN);
    // the origin's own copy proposes one content to all, and the captured chain another one to chain 2, sooner
    let lie = batch(&world, 2, 90_000 * COIN);
    propose(&mut world, 2, &lie);
    let stake = world.stake_message(&uma, &root, 5_000 * COIN);
    world.send(&uma, &[stake]);
    world.settle();
    check_frozen(&world, 0);
    assert_eq!(world.counted(&root), 87_500 * COIN);
}

#[test]
fn a_lying_vote_without_stake_changes_nothing() {
    let mut world = world();
    let uma = world.person(0, 0);
    let root = world.validator(0, 2).root;
    world.deposit(&uma, 10_000 * COIN);
    let main = world.delector(-1).address().clone();
    for round in 1..=3_u8 {
        // made-up contents under the next number, the one being agreed, and the last one
        for seqno in u32::from(round) - 1..=u32::from(round) + 1 {
            let lie = Vote {
                origin: 0,
                seqno,
                batch_hash: HashBytes([round; 32]),
            };
            for chain in 0..3 {
                let to = world.delector(chain).address().clone();
                world.inject(&main, &to, &lie);
            }
        }
        let stake = world.stake_message(&uma, &root, 1_000 * COIN);
        world.send(&uma, &[stake]);
        world.settle();
        for copy in world.chains() {
            let registry = world.registry(copy, 0);
            assert!(!registry.frozen, "copy {copy}");
            assert_eq!(registry.seqno, u32::from(round), "copy {copy}");
        }
    }
    assert_eq!(world.counted(&root), 90_500 * COIN);
    world.check_at_rest();
}

#[test]
fn a_lying_vote_of_a_minority_changes_nothing_either() {
    // 20 % lie against an origin of 25 %: together less than half
    let mut world = World::new(&Shape::with_stakes(vec![
        vec![25_000; 4],
        vec![20_000; 4],
        vec![30_000; 4],
        vec![25_000; 4],
    ]));
    let uma = world.person(0, 0);
    let root = world.validator(0, 2).root;
    world.deposit(&uma, 10_000 * COIN);
    let liar = world.delector(1).address().clone();
    let lie = Vote {
        origin: 0,
        seqno: 1,
        batch_hash: HashBytes([7; 32]),
    };
    for chain in [-1, 0, 2, 3] {
        let to = world.delector(chain).address().clone();
        world.inject(&liar, &to, &lie);
    }
    let stake = world.stake_message(&uma, &root, 1_000 * COIN);
    world.send(&uma, &[stake]);
    world.settle();
    for copy in world.chains() {
        assert!(!world.registry(copy, 0).frozen, "copy {copy}");
        assert_eq!(world.registry(copy, 0).seqno, 1, "copy {copy}");
    }
    assert_eq!(world.counted(&root), 26_000 * COIN);
    world.check_at_rest();
}
