//! Reverting a batch changes what counts. And a number that is due to be decided again, and is reverted before that,
//! is no longer due: otherwise every change would wake the copy for it.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{Batch, BatchVote, Propose, Vote};
use ddvs_network_tests::captured::{base_naming, next_batch, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{HashBytes, Lazy};

const WORKCHAINS: i8 = 8;
/// The copy that is looked at.
const COPY: ChainId = 1;

/// Returns the remaining agenda entries of the copy after a captured origin has sent it two batches, and votes for
/// two others, which arrive as one message of each voter, have made it revert both permanently.
fn left_in_the_agenda(codes: Codes) -> usize {
    let mut stakes = vec![vec![20_000; 4]; WORKCHAINS as usize];
    stakes[7] = vec![10_000; 4];
    let mut shape = Shape::with_stakes(stakes);
    shape.codes = codes;
    let mut world = World::new(&shape);
    let who = world.person(7, 0);
    world.deposit(&who, 10_000 * COIN);
    let first = next_batch(&world, COPY, 0, 20_001 * COIN);
    let second = next_batch(&world, COPY, 0, 20_002 * COIN);
    let mut second: Batch = second.load().expect("a batch parses");
    second.seqno += 1;
    second.previous = *first.inner().repr_hash();
    let second = Lazy::new(&second).expect("a batch can be encoded");
    for to in [1, 2, 3] {
        for batch in [&first, &second] {
            let batch = batch.clone();
            say(&mut world, 0, to, &Propose { batch });
        }
    }
    world.settle();
    assert_eq!(world.registry(COPY, 0).seqno, 2);
    for from in [4, 5, 6] {
        let vote = |seqno, mark| BatchVote {
            origin: 0,
            seqno,
            batch_hash: HashBytes([mark; 32]),
        };
        let both = Vote::of(&[vote(1, 7), vote(2, 8)]).expect("two votes can be encoded");
        say(&mut world, from, COPY, &both);
        world.settle();
    }
    assert_eq!(world.registry(COPY, 0).seqno, 0, "it is a tie");
    for _ in 0..3 {
        let root = world.validator(7, 0).root;
        let stake = world.stake_message(&who, &root, 10 * COIN);
        world.send(&who, &[stake]);
        world.settle();
    }
    let rare = world.local(COPY).rare().expect("what is rare parses");
    rare.agenda.iter().count()
}

#[test]
fn undone_number_is_removed_from_the_agenda() {
    assert_eq!(left_in_the_agenda(Codes::default()), 0);
    let lax = codes("delector", "what-is-due-stays-due-when-it-is-taken-back");
    assert_ne!(left_in_the_agenda(lax), 0);
}

/// A world in which the copy alone has applied a batch of a captured chain 2 that grows by it.
fn grown(codes: Codes) -> World {
    let shape = Shape {
        codes,
        ..Shape::with_stakes(vec![
            vec![12_500; 4],
            vec![15_000; 4],
            vec![12_500; 4],
            vec![12_500; 4],
        ])
    };
    let mut world = World::new(&shape);
    let who = world.person(COPY, 0);
    world.deposit(&who, 10_000 * COIN);
    for captured in [0, 2, 3] {
        world.silence(captured);
    }
    let grown = next_batch(&world, COPY, 2, 28_500 * COIN);
    say(&mut world, 2, COPY, &Propose { batch: grown });
    world.pass(20);
    assert_eq!(world.registry(COPY, 2).seqno, 1);
    world
}

/// The copy takes it back: two others vote for another one.
fn take_back(world: &mut World) {
    for from in [0, 3] {
        let vote = BatchVote {
            origin: 2,
            seqno: 1,
            batch_hash: HashBytes([9; 32]),
        };
        say(world, from, COPY, &Vote::one(vote));
    }
    world.pass(20);
    assert_eq!(world.registry(COPY, 2).seqno, 0, "another one is settled");
}

/// Whether a batch of chain 0 that has no majority beside one of chain 2 is applied once the copy has taken that back.
fn is_applied_after(codes: Codes) -> bool {
    let mut world = grown(codes);
    let batch = next_batch(&world, COPY, 0, 12_510 * COIN);
    let mut batch: Batch = batch.load().expect("a batch parses");
    batch.base = base_naming(3, 200);
    let batch = Lazy::new(&batch).expect("a batch can be encoded");
    say(&mut world, 0, COPY, &Propose { batch });
    world.pass(20);
    assert_eq!(world.registry(COPY, 0).seqno, 0, "110 of 226");
    take_back(&mut world);
    world.registry(COPY, 0).seqno == 1
}

/// All stake as the copy keeps it, and as its registries have it, once a batch is taken back.
fn total_after(codes: Codes) -> (u128, u128) {
    let mut world = grown(codes);
    take_back(&mut world);
    let storage = world.storage(COPY);
    let totals = storage.registries.values();
    let sum = totals.map(|registry| registry.unwrap().total.into_inner());
    (storage.total.0, sum.sum())
}

#[test]
fn undone_batch_is_removed_from_the_total() {
    let (kept, counted) = total_after(Codes::default());
    assert_eq!(kept, counted);
    let lax = codes("delector", "what-is-taken-back-stays-in-the-total");
    let (kept, counted) = total_after(lax);
    assert!(kept > counted);
}

#[test]
fn undo_makes_the_copy_weigh_all_contents_again() {
    assert!(is_applied_after(Codes::default()), "110 of 210");
    let lax = codes("delector", "taking-back-voids-nothing");
    assert!(!is_applied_after(lax));
}
