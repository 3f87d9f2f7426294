//! Captured chains send two votes in a message, so that the copy books both and looks later: a true one for what is applied, and one for
//! what does not exist. There is nothing to look at.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Vote};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

const ORIGIN: ChainId = 0;
/// The copy that is looked at.
const COPY: ChainId = 1;
const WORKCHAINS: usize = 8;
/// Besides the masterchain.
const LIARS: [ChainId; 3] = [5, 6, 7];
const BATCHES: u32 = 20;

/// What the copy has more after each batch, in nano.
fn gained_nano(codes: Codes) -> i128 {
    let shape = Shape {
        codes,
        ..Shape::with_stakes(vec![vec![20_000; 3]; WORKCHAINS])
    };
    let mut world = World::new(&shape);
    for liar in LIARS {
        world.silence(liar);
    }
    let (who, root) = (world.person(ORIGIN, 0), world.validator(ORIGIN, 0).root);
    world.deposit(&who, 10_000 * COIN);
    let copy = world.delector(COPY).address().clone();
    let value_nano = 2 * u128::from(world.params(COPY).vote_value_nano.get());
    let begin = world.balance(&copy) as i128;
    for number in 1..=BATCHES {
        let stake = world.stake_message(&who, &root, 10 * COIN);
        world.send(&who, &[stake]);
        world.pass(8);
        let applied = world.registry(COPY, ORIGIN);
        assert_eq!(applied.seqno, number);
        for (liar, idle) in LIARS.into_iter().chain([-1]).zip([-1, -1, -1, 4]) {
            let votes = [
                (ORIGIN, number, applied.last_hash),
                (idle, 1 + number, HashBytes([100; 32])),
            ];
            let votes = votes.map(|(origin, seqno, batch_hash)| BatchVote {
                origin,
                seqno,
                batch_hash,
            });
            let from = world.delector(liar).address().clone();
            let together = Vote::of(&votes).expect("two votes can be encoded");
            world.inject_with(&from, &copy, &together, value_nano);
            world.pass(2);
        }
    }
    (world.balance(&copy) as i128 - begin) / i128::from(BATCHES)
}

#[test]
fn votes_for_what_is_applied_wake_nobody() {
    let gained = gained_nano(Codes::default());
    assert!(gained > 0, "{gained}");
    let wakes = gained_nano(codes("delector", "votes-for-what-is-applied-alone-wake"));
    assert!(wakes < 0, "{wakes}");
}
