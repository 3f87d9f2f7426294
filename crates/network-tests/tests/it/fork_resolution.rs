//! A captured chain with less than a third sends two contents under one number: honest copies revert what they
//! applied of it, and are equal again. All others continue, and their stakes may settle one of the two.

use ddvs_contracts::messages::{Batch, BatchVote, Propose, Vote};
use ddvs_network_tests::captured::{next_batch, say};
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{HashBytes, Lazy};

/// Shares of 30, 35 and 35 %.
fn world() -> World {
    World::new(&Shape::with_stakes(vec![
        vec![75_000; 4],
        vec![87_500; 4],
        vec![87_500; 4],
    ]))
}

/// A sound next batch of chain 0, by the registry of the copy on `copy`: its first validator has `stake`.
fn batch(world: &World, copy: i8, stake: u128) -> Lazy<Batch> {
    next_batch(world, copy, 0, stake)
}

/// Chain 0, captured, proposes `batch` to the copy on `chain`.
fn propose(world: &mut World, chain: i8, batch: &Lazy<Batch>) {
    let batch = batch.clone();
    say(world, 0, chain, &Propose { batch });
}

/// All honest copies have applied `seqno` batches of chain 0 and are equal.
#[track_caller]
fn check_stands(world: &World, seqno: u32) {
    let honest = [-1, 1, 2];
    assert_eq!(honest.map(|copy| world.registry(copy, 0).seqno), [seqno; 3]);
    world.check_replicas(&honest);
    for chain in honest {
        world.check_set(chain);
        world.check_set_computed(chain);
    }
}

#[test]
fn two_contents_are_taken_back() {
    let mut world = world();
    let (a, b) = (
        batch(&world, 1, 90_000 * COIN),
        batch(&world, 1, 70_000 * COIN),
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
    check_stands(&world, 0);
    assert_eq!(world.registry(2, 0).total.into_inner(), 300_000 * COIN);
    let set = world.set(-1);
    assert_eq!(set.total_weight, before.total_weight);

    // the others continue; the first stake on a chain that voted for one of the two settles it
    let (uma, ivan) = (world.person(1, 0), world.person(0, 0));
    let root = world.validator(1, 0).root;
    world.deposit_and_stake(&uma, &root, 1_000 * COIN);
    assert_eq!(world.counted(&root), 88_500 * COIN);
    let root = world.validator(0, 1).root;
    world.deposit(&ivan, 1_000 * COIN);
    world.stake(&ivan, &root, 1_000 * COIN);
    assert_eq!(world.counted(&root), 75_000 * COIN);
    check_stands(&world, 1);
}

#[test]
fn batches_before_the_fork_stay_applied() {
    let mut world = world();
    let uma = world.person(0, 0);
    let root = world.validator(0, 2).root;
    world.deposit_and_stake(&uma, &root, 5_000 * COIN);
    assert_eq!(world.counted(&root), 80_000 * COIN);
    let (a, b) = (
        batch(&world, 1, 90_000 * COIN),
        batch(&world, 1, 80_000 * COIN),
    );
    propose(&mut world, 1, &a);
    propose(&mut world, -1, &b);
    propose(&mut world, 2, &b);
    world.settle();
    check_stands(&world, 1);
    assert_eq!(world.counted(&root), 80_000 * COIN);
    assert_eq!(world.counted(&world.validator(0, 0).root), 75_000 * COIN);
    let key = world.validator(0, 0).key;
    assert_eq!(world.weight(-1, &key), Some(75_000));
}

#[test]
fn fork_beside_the_origins_own_proposal_leaves_neither_applied() {
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
    check_stands(&world, 0);
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
            let lie = Vote::one(BatchVote {
                origin: 0,
                seqno,
                batch_hash: HashBytes([round; 32]),
            });
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
            assert_eq!(registry.seqno, u32::from(round), "copy {copy}");
        }
    }
    assert_eq!(world.counted(&root), 78_000 * COIN);
    world.check_at_rest();
}

#[test]
fn a_lying_vote_of_a_minority_changes_nothing() {
    // 20 % equivocate against an origin of 25 %: together less than half
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
    let lie = Vote::one(BatchVote {
        origin: 0,
        seqno: 1,
        batch_hash: HashBytes([7; 32]),
    });
    for chain in [-1, 0, 2, 3] {
        let to = world.delector(chain).address().clone();
        world.inject(&liar, &to, &lie);
    }
    let stake = world.stake_message(&uma, &root, 1_000 * COIN);
    world.send(&uma, &[stake]);
    world.settle();
    for copy in world.chains() {
        assert_eq!(world.registry(copy, 0).seqno, 1, "copy {copy}");
    }
    assert_eq!(world.counted(&root), 26_000 * COIN);
    world.check_at_rest();
}
