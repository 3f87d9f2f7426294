//! Many captured chains name all that they can under the next numbers of eight origins. What does not fit into a transaction of a message with
//! eight votes is booked in another one, and none of its votes is lost.
#![allow(clippy::unwrap_used)] // a failed helper is a failed test

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, BookVotes, Claim, ContentId, Message, Vote};
use ddvs_network_tests::captured::{base, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::flipped;
use ddvs_network_tests::{Shape, World};
use ddvs_scenario::words;
use tycho_types::cell::HashBytes;

const HONEST: ChainId = 12;
/// They have 31% of all stake together.
const CAPTURED: ChainId = 11;
/// What an honest chain names.
const TRUE: HashBytes = HashBytes([0x5c; 32]);

/// How many of eight votes are booked, and the gas of the messages that brought them.
fn booked(codes: Codes) -> (usize, Vec<u64>) {
    let mut stakes = vec![vec![1_000_000]; HONEST as usize];
    stakes.extend(vec![vec![500_000]; CAPTURED as usize]);
    let mut shape = Shape::with_stakes(stakes);
    shape.limits.min_validators = 1;
    shape.codes = codes;
    let mut world = World::new(&shape);
    for place in 0..CAPTURED {
        // its contents part from the true one at one bit each: what waits is as deep as they can make it
        let made_up = |of: usize| flipped(TRUE, 9 + 5 * place as usize + of);
        for origin in 1..9 {
            let vote = BatchVote {
                origin,
                seqno: 1,
                batch_hash: made_up(0),
            };
            say(&mut world, HONEST + place, 0, &Vote::one(vote));
            for of in 1..5 {
                let claim = Claim {
                    origin,
                    seqno: 1,
                    content: ContentId::of(&made_up(of)),
                    base: base(&world, 1),
                };
                say(&mut world, HONEST + place, 0, &claim);
            }
        }
    }
    world.pass(60);
    let cursor = world.net.cursor().unwrap();
    let votes = (1..9).map(|origin| BatchVote {
        origin,
        seqno: 1,
        batch_hash: TRUE,
    });
    let votes = Vote::of(&votes.collect::<Vec<_>>()).unwrap();
    say(&mut world, 9, 0, &votes);
    world.pass(20);
    let own = world.transactions_since(cursor, 0);
    let brings_votes = |op| op == Vote::OP || op == BookVotes::OP;
    let gas = own
        .iter()
        .filter(|own| words::with_body(own, |op, _| Some(op)).is_some_and(brings_votes))
        .map(|own| own.gas_used());
    let gas = gas.collect();
    let pending = world.storage(0).pending;
    let votes_of_9 = pending
        .iter()
        .map(Result::unwrap)
        .filter(|(_, content)| content.votes & (1 << 10) != 0);
    (votes_of_9.count(), gas)
}

#[test]
fn eight_votes_are_booked() {
    let (votes, gas) = booked(Codes::default());
    println!("{votes} votes: {gas:?} gas");
    assert!(votes == 8 && gas.len() > 1, "{votes}, {gas:?}");
    assert!(gas.iter().all(|&gas| gas < 700_000), "{gas:?}");
}

#[test]
fn votes_that_are_booked_whatever_the_gas_are_lost() {
    let (votes, gas) = booked(codes("delector", "votes-are-booked-whatever-the-gas"));
    assert_eq!((votes, gas), (0, vec![1_000_000]));
}
