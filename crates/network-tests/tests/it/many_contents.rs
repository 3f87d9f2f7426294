//! Several captured chains name many contents under the next number of an honest origin, with hashes that differ from
//! the honest one in one bit each, so that the dictionary of contents is as deep as they can make it. Copies come to
//! rest, and the honest batch is applied.

use ddvs_client::received;
use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Message, Proceed, Propose, Vote};
use ddvs_network_tests::captured::{bring, made_up, next_batch, say, vote};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::flipped;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

const HONEST: i8 = 2;
/// They have 34% of all stake together, and the masterchain is another one.
const CAPTURED: i8 = 21;
/// How many of them vote when the honest batch has arrived.
const LATE: usize = 4;

fn world(codes: Codes) -> World {
    let mut stakes = vec![vec![1_000_000; 1]; HONEST as usize];
    stakes.extend(vec![vec![50_000; 1]; CAPTURED as usize]);
    let mut shape = Shape::with_stakes(stakes);
    shape.limits.min_validators = 1;
    shape.codes = codes;
    let mut world = World::new(&shape);
    let who = world.person(0, 0);
    world.deposit(&who, 10_000 * COIN);
    world
}

fn stake(world: &mut World) {
    let (who, root) = (world.person(0, 0), world.validator(0, 0).root);
    let stake = world.stake_message(&who, &root, 10 * COIN);
    world.send(&who, &[stake]);
}

/// How often a copy sent itself a message since a cursor; each time below the gas limit.
fn proceeds(world: &World, cursor: u64, copy: ChainId) -> usize {
    let own = world.transactions_since(cursor, copy).into_iter();
    let own = own.inspect(|transaction| assert!(transaction.succeeded(), "{transaction:?}"));
    own.filter(|transaction| {
        received::with_body(transaction, |op, _| Some(op)) == Some(Proceed::OP)
    })
    .count()
}

/// Whether the honest batch is applied by both honest copies, and how often the other one woke itself up.
fn applied(codes: Codes) -> (bool, usize) {
    // the batch can be foretold
    let mut plain = world(codes.clone());
    stake(&mut plain);
    plain.settle();
    let hash = plain.registry(1, 0).last_hash;
    let mut world = world(codes);
    let vote = |origin, seqno, batch_hash| BatchVote {
        origin,
        seqno,
        batch_hash,
    };
    let liars: Vec<_> = (HONEST..HONEST + CAPTURED).chain([-1]).collect();
    // other waiting contents make the path to these longer
    let mut ways: Vec<_> = [3, 5, 9, 17, 33, 65, 129].map(|seqno| (0, seqno)).into();
    ways.extend([3, 4, 8, 16].map(|origin| (origin, 1)));
    for (origin, seqno) in ways {
        let lie = Vote::one(vote(origin, seqno, hash));
        (0..HONEST).for_each(|to| say(&mut world, 22, to, &lie));
    }
    let lie = |place: usize| vote(0, 1, flipped(hash, 8 + 5 * place));
    for (place, &liar) in liars.iter().enumerate().skip(LATE) {
        let lie = Vote::one(lie(place));
        (0..HONEST).for_each(|to| say(&mut world, liar, to, &lie));
    }
    world.pass(20);
    let cursor = world.net.cursor().unwrap();
    stake(&mut world);
    world.pass(1);
    for (place, &liar) in liars.iter().enumerate().take(LATE) {
        let more = vote(2, 9 + place as u32, hash);
        let lies = Vote::of(&[lie(place), more]).unwrap();
        (0..HONEST).for_each(|to| say(&mut world, liar, to, &lies));
    }
    world.pass(30);
    let all = (0..HONEST).all(|copy| world.registry(copy, 0).seqno == 1);
    (all, proceeds(&world, cursor, 1))
}

#[test]
fn honest_batch_among_many_contents_is_applied() {
    let (all, proceeds) = applied(Codes::default());
    assert!(all && proceeds < 8, "{proceeds}");
}

/// The light chains, which are captured; with the masterchain, they name as many contents.
const LIGHT: std::ops::Range<i8> = 7..22;
/// A captured chain that forks.
const FORKS: ChainId = 22;

/// Returns the number of contents beside an applied batch that the copy still has to weigh after another origin's
/// batch was reverted, so that all must be weighed again, and one more vote triggers that; and how often it sends
/// itself a message for that.
fn left_to_weigh(codes: Codes) -> (usize, usize) {
    let copy = 1;
    let mut stakes = vec![vec![400_000]; 7];
    stakes.extend(vec![vec![10_000]; LIGHT.len()]);
    stakes.push(vec![600_000]);
    let mut shape = Shape::with_stakes(stakes);
    shape.limits.min_validators = 1;
    shape.codes = codes;
    let mut world = World::new(&shape);
    LIGHT.chain([FORKS]).for_each(|chain| world.silence(chain));
    let who = world.person(0, 0);
    world.deposit(&who, 10_000 * COIN);
    stake(&mut world);
    world.pass(30);
    assert_eq!(world.registry(copy, 0).seqno, 1);
    let beside = |mark| made_up(0, 1, mark);
    for (liar, mark) in LIGHT.zip(0..) {
        bring(&mut world, liar, copy, &beside(mark));
    }
    world.pass(30);
    let forked = next_batch(&world, copy, FORKS, 600_010 * COIN);
    for to in [1, 2, 3] {
        let batch = forked.clone();
        say(&mut world, FORKS, to, &Propose { batch });
    }
    world.pass(30);
    assert_eq!(world.registry(copy, FORKS).seqno, 1);
    for from in [4, 5, 6] {
        say(&mut world, from, copy, &vote(FORKS, 1, HashBytes([99; 32])));
    }
    world.pass(30);
    assert_eq!(world.registry(copy, FORKS).seqno, 0, "it is a tie");
    let cursor = world.net.cursor().unwrap();
    bring(&mut world, -1, copy, &beside(100));
    world.pass(30);
    let proceeds = proceeds(&world, cursor, copy);
    let storage = world.storage(copy);
    let known = storage.known_contents().unwrap().into_iter();
    let beside = known.filter(|known| known.number.origin == 0);
    let left = beside.filter(|known| known.content.rests_until.0 <= storage.moved.0);
    (left.count(), proceeds)
}

/// All that chains can name under a number is weighed, in as many transactions as it takes.
#[test]
fn all_contents_under_an_applied_number_are_weighed() {
    let (left, few) = left_to_weigh(Codes::default());
    assert!(left == 0 && few < 4, "{left}, {few}");
    let (left, proceeds) =
        left_to_weigh(codes("delector", "contents-are-weighed-with-all-the-gas"));
    assert!(left == 0 && proceeds > few, "{left}, {proceeds}");
    let (left, _) = left_to_weigh(codes("delector", "what-is-applied-is-weighed-in-part"));
    assert!(left > 0);
}
