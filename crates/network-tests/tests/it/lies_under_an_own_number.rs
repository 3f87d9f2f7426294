//! A captured masterchain names a content under an origin's own number. Processing that never keeps the origin's copy
//! from applying its batch: under its own number it decides only about its proposal.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Propose, Vote};
use ddvs_network_tests::captured::{next_batch, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

const WORKCHAINS: i8 = 9;
/// The origin whose copy is looked at.
const OWN: ChainId = WORKCHAINS - 1;
/// How many other origins' batches are decided by the same message of votes.
const OTHERS: i8 = 5;

/// Whether the copy keeps nothing under its own number but its batch, and the origin applies that, whose last vote comes in a message with votes for what others have proposed.
fn is_applied(codes: Codes) -> (bool, bool) {
    let shape = Shape {
        codes,
        ..Shape::with_stakes(vec![vec![100_000; 4]; WORKCHAINS as usize])
    };
    let mut world = World::new(&shape);
    let who = world.person(OWN, 0);
    world.deposit(&who, 1_000 * COIN);
    (0..OWN).for_each(|chain| world.silence(chain));
    let vote = |origin, batch_hash| BatchVote {
        origin,
        seqno: 1,
        batch_hash,
    };
    let mut votes = Vec::new();
    for origin in 0..OTHERS {
        let batch = next_batch(&world, OWN, origin, 100_100 * COIN);
        votes.push(vote(origin, *batch.inner().repr_hash()));
        say(&mut world, origin, OWN, &Propose { batch });
    }
    let root = world.validator(OWN, 0).root;
    let stake = world.stake_message(&who, &root, 10 * COIN);
    world.send(&who, &[stake]);
    world.pass(10);
    let known = world.storage(OWN).known_contents();
    let known = known.expect("contents parse").into_iter();
    let mut own = known.filter(|known| known.number.origin == OWN);
    let own = own.next().expect("it is in flight").content;
    let batch = own.batch.expect("it is its own");
    let yes = vote(OWN, *batch.inner().repr_hash());
    // behind all that is true
    let lie = vote(OWN, HashBytes([0xff; 32]));
    say(&mut world, -1, OWN, &Vote::one(lie));
    world.pass(5);
    let known = world.storage(OWN).known_contents();
    let known = known.expect("contents parse").into_iter();
    let is_alone = known.filter(|known| known.number.origin == OWN).count() == 1;
    let half = WORKCHAINS / 2;
    for voter in 0..half {
        let mut all = vec![yes];
        if voter + 1 == half {
            all.extend(votes.iter().filter(|vote| vote.origin != voter));
        }
        all.sort_by_key(|vote| vote.origin);
        say(
            &mut world,
            voter,
            OWN,
            &Vote::of(&all).expect("votes can be encoded"),
        );
        world.pass(5);
    }
    world.pass(60);
    (is_alone, world.registry(OWN, OWN).seqno == 1)
}

#[test]
fn origin_applies_its_own_batch_despite_lies_under_its_number() {
    assert_eq!(is_applied(Codes::default()), (true, true));
    let keeps = codes(
        "delector",
        "votes-for-what-an-origin-has-not-proposed-are-kept",
    );
    assert!(!is_applied(keeps).0);
}
