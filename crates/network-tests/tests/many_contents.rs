//! Several captured chains name many contents under the next number of an honest origin, with hashes that part from the honest one at one bit
//! each, so that the dictionary of what waits is as deep as they can make it. Copies come to rest, and the honest batch is applied.
#![allow(clippy::unwrap_used)] // a failed helper is a failed test

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Claim, ContentId, Message, Proceed, Vote};
use ddvs_network_tests::captured::{base, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use ddvs_scenario::words;
use tycho_types::cell::HashBytes;

const HONEST: i8 = 3;
/// They have 14% of all stake together.
const CAPTURED: i8 = 10;
/// More than enough to look at all of it.
const MOST_PROCEEDS: usize = 100;

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

fn flipped(hash: &HashBytes, bit: usize) -> HashBytes {
    let mut hash = *hash;
    hash.0[bit / 8] ^= 0x80 >> (bit % 8);
    hash
}

/// How often a copy woke itself up since a cursor; each time below the limit of gas.
fn proceeds(world: &World, cursor: u64, copy: ChainId) -> usize {
    let own = world.transactions_since(cursor, copy).into_iter();
    let own = own.inspect(|transaction| assert!(transaction.succeeded(), "{transaction:?}"));
    own.filter(|transaction| words::with_body(transaction, |op, _| Some(op)) == Some(Proceed::OP))
        .count()
}

/// Whether the honest batch is applied by all, and none woke itself up without end.
fn is_applied(codes: Codes) -> bool {
    // the batch can be foretold
    let mut plain = world(codes.clone());
    stake(&mut plain);
    plain.settle();
    let hash = plain.registry(1, 0).last_hash;
    let mut world = world(codes);
    let liars = (HONEST..HONEST + CAPTURED).chain([-1]);
    for (place, liar) in liars.enumerate() {
        let made_up = |of: usize| flipped(&hash, 9 + 5 * place + of);
        let vote = Vote::one(BatchVote {
            origin: 0,
            seqno: 1,
            batch_hash: made_up(0),
        });
        for to in 0..HONEST {
            say(&mut world, liar, to, &vote);
            for of in 1..5 {
                let claim = Claim {
                    origin: 0,
                    seqno: 1,
                    content: ContentId::of(&made_up(of)),
                    base: base(&world, 1),
                };
                say(&mut world, liar, to, &claim);
            }
        }
    }
    world.pass(20);
    let cursor = world.net.cursor().unwrap();
    stake(&mut world);
    world.pass(60);
    (0..HONEST).all(|copy| {
        world.registry(copy, 0).seqno == 1 && proceeds(&world, cursor, copy) < MOST_PROCEEDS
    })
}

#[test]
fn copies_come_to_rest() {
    assert!(is_applied(Codes::default()));
    for mutant in [
        "contents-are-passed-without-progress",
        "an-own-batch-that-waits-for-gas-sleeps",
    ] {
        assert!(!is_applied(codes("delector", mutant)), "{mutant}");
    }
}
