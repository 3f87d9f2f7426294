//! A copy that has reverted everything that it could still books votes.

use ddvs_client::{Backend, Operator};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Propose, Vote};
use ddvs_network_tests::captured::{next_batch, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

/// Whether a copy books two votes in one message, the first of which is for a number below eight reverted ones.
fn are_booked(codes: Codes) -> bool {
    let mut shape = Shape::with_stakes(vec![vec![75_000; 4], vec![87_500; 4], vec![87_500; 4]]);
    shape.codes = codes;
    let mut world = World::new(&shape);
    let first = next_batch(&world, 1, 0, 76_000 * COIN);
    let hash = *first.inner().repr_hash();
    for to in [-1, 1, 2] {
        let batch = first.clone();
        say(&mut world, 0, to, &Propose { batch });
    }
    world.pass(10);
    // chain 0 sends chain 2 another second batch, and chains 1 and 2 receive each other's messages late
    Operator::set_pair_delay(&mut world.net, 1, 2, 60_000).unwrap();
    Operator::set_pair_delay(&mut world.net, 2, 1, 60_000).unwrap();
    let batch = next_batch(&world, 1, 0, 70_000 * COIN);
    say(&mut world, 0, 2, &Propose { batch });
    for round in 2..10 {
        let batch = next_batch(&world, 1, 0, (76_000 + round) * COIN);
        say(&mut world, 0, 1, &Propose { batch });
        world.pass(3);
    }
    assert_eq!(world.registry(1, 0).seqno, 9);
    assert!(world.wait_for(400, |world| world.registry(1, 0).seqno == 1));
    assert_eq!(world.registry(1, 0).undo.keys().count(), 0);
    let vote = |origin, batch_hash| BatchVote {
        origin,
        seqno: 1,
        batch_hash,
    };
    let votes = [vote(0, hash), vote(2, HashBytes([3; 32]))];
    let cursor = world.net.cursor().unwrap();
    say(&mut world, -1, 1, &Vote::of(&votes).unwrap());
    world.pass(3);
    let own = world.transactions_since(cursor, 1);
    let succeeded = own.iter().all(|transaction| transaction.succeeded());
    let known = world.storage(1).known_contents().unwrap();
    let mut known = known.iter();
    succeeded && known.any(|known| known.number.origin == 2 && known.content.votes == 1)
}

#[test]
fn votes_are_booked_below_eight_undone_numbers() {
    assert!(are_booked(Codes::default()));
    assert!(!are_booked(codes(
        "delector",
        "applied-votes-are-booked-anywhere"
    )));
}
