//! Captured chains name everything that they can under the next numbers of eight origins. The gas of one transaction
//! still suffices for a message with eight votes.

use std::ops::Range;

use ddvs_client::received;
use ddvs_client::{Backend, ChainId};
use ddvs_contracts::messages::{BatchVote, Message, Vote};
use ddvs_network_tests::captured::{self, bring, say, vote};
use ddvs_network_tests::registries::flipped;
use ddvs_network_tests::{Shape, World};
use tycho_types::cell::HashBytes;

const HONEST: ChainId = 2;
/// All others.
const CAPTURED: ChainId = 21;
/// Whose next numbers they name contents under.
const ORIGINS: Range<ChainId> = 2..10;
/// The content that an honest chain names.
const TRUE: HashBytes = HashBytes([0x5c; 32]);

/// Returns how many of eight votes are booked, and the gas of their messages, among contents that nobody vouches for, or that
/// were brought and so count.
fn booked(are_brought: bool) -> (usize, Vec<u64>) {
    let mut stakes = vec![vec![1_000_000]; HONEST as usize];
    stakes.extend(vec![vec![500_000]; CAPTURED as usize]);
    let mut shape = Shape::with_stakes(stakes);
    shape.limits.min_validators = 1;
    let mut world = World::new(&shape);
    for place in 0..CAPTURED {
        // its contents part from the true one at one bit each: what waits is as deep as they can make it
        let made_up = flipped(TRUE, 9 + 5 * place as usize);
        for origin in ORIGINS {
            if are_brought {
                let batch = captured::made_up(origin, 1, place.cast_unsigned().into());
                bring(&mut world, HONEST + place, 0, &batch);
            } else {
                say(&mut world, HONEST + place, 0, &vote(origin, 1, made_up));
            }
        }
    }
    world.pass(60);
    let cursor = world.net.cursor().unwrap();
    let votes = ORIGINS.map(|origin| BatchVote {
        origin,
        seqno: 1,
        batch_hash: TRUE,
    });
    let votes = Vote::of(&votes.collect::<Vec<_>>()).unwrap();
    say(&mut world, 1, 0, &votes);
    world.pass(20);
    let own = world.transactions_since(cursor, 0);
    let brings_votes = |op| op == Vote::OP;
    let gas = own
        .iter()
        .filter(|own| received::with_body(own, |op, _| Some(op)).is_some_and(brings_votes))
        .map(|own| own.gas_used());
    let gas = gas.collect();
    let known = world.storage(0).known_contents().unwrap().into_iter();
    let booked = known.filter(|known| known.content.votes & (1 << 2) != 0);
    (booked.count(), gas)
}

#[test]
fn eight_votes_are_booked() {
    for are_brought in [false, true] {
        let (votes, gas) = booked(are_brought);
        println!("{votes} votes: {gas:?} gas");
        assert_eq!(votes, 8);
        let [gas] = gas[..] else {
            panic!("{gas:?}");
        };
        assert!(gas < 700_000, "{gas}");
    }
}
