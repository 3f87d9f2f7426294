//! A copy's own questions: in as many transactions as needed, and once.

use ddvs_client::{Backend, ChainId, OutDestination};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{self, BatchVote, ContentId, Message, Poke, Vote, Want};
use ddvs_network_tests::captured::say;
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::flipped;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

/// The copy that is looked at.
const COPY: ChainId = 1;

fn stake(world: &mut World) {
    let (who, root) = (world.person(0, 0), world.validator(0, 0).root);
    let stake = world.stake_message(&who, &root, 10 * COIN);
    world.send(&who, &[stake]);
    world.pass(40);
}

/// Whether no transaction of the copy fails with an honest batch, where all but two chains of the largest network name what they can under
/// the next numbers of some origins.
fn asks_in_parts() -> bool {
    let mut stakes = vec![vec![1_000_000; 3]; 2];
    stakes.extend(vec![vec![20_000; 3]; 21]);
    let shape = Shape::with_stakes(stakes);
    let mut world = World::new(&shape);
    let who = world.person(0, 0);
    world.deposit(&who, 10_000 * COIN);
    let hash = HashBytes([0x5c; 32]);
    let lie = |origin, seqno, batch_hash| BatchVote {
        origin,
        seqno,
        batch_hash,
    };
    for place in 0..22_i8 {
        let from = if place == 21 { -1 } else { 2 + place };
        for origin in [2, 20] {
            if origin == from || origin == 20 && place >= 8 {
                continue;
            }
            let made_up = flipped(hash, 2 + 5 * place.unsigned_abs() as usize);
            say(&mut world, from, COPY, &Vote::one(lie(origin, 1, made_up)));
        }
    }
    // other waiting contents make the path to these longer
    for origin in (0..23).filter(|&origin| origin != COPY) {
        let from = if origin == 22 { 21 } else { 22 };
        let seqnos: &[u32] = match origin {
            2 | 20 => &[3, 5, 9, 17, 33, 65, 129],
            _ => &[129],
        };
        for &seqno in seqnos {
            say(
                &mut world,
                from,
                COPY,
                &Vote::one(lie(origin, seqno, flipped(hash, 2))),
            );
        }
    }
    world.pass(60);
    let cursor = world.net.cursor().expect("the network answers");
    stake(&mut world);
    let own = world.transactions_since(cursor, COPY);
    own.iter().all(|own| own.succeeded())
}

#[test]
fn a_copy_asks_in_as_many_transactions_as_it_takes() {
    assert!(asks_in_parts());
}

/// Returns the questions that the copy sends with two batches, after all voters for missing contents were asked, and
/// it was poked more often than there are voters.
fn questions_after_pokes(codes: Codes) -> usize {
    let mut shape = Shape::with_stakes(vec![vec![20_000; 4]; 5]);
    shape.codes = codes;
    let mut world = World::new(&shape);
    let who = world.person(0, 0);
    world.deposit(&who, 10_000 * COIN);
    for from in [2, 3] {
        let vote = BatchVote {
            origin: 4,
            seqno: 1,
            batch_hash: HashBytes([9; 32]),
        };
        say(&mut world, from, COPY, &Vote::one(vote));
    }
    for _ in 0..3 {
        stake(&mut world);
    }
    let (person, to) = (
        world.person(COPY, 0),
        world.delector(COPY).address().clone(),
    );
    let poke = Poke {
        query_id: 1,
        origin: 4,
        seqno: 1,
        content: ContentId::of(&HashBytes([9; 32])),
    };
    // the masterchain and chains 0 and 4, and then those that voted again
    for _ in 0..4 {
        world.send(&person, &[World::message(&to, &poke, 5 * COIN)]);
        world.pass(10);
    }
    let cursor = world.net.cursor().expect("the network answers");
    stake(&mut world);
    stake(&mut world);
    let own = world.transactions_since(cursor, COPY);
    let sent = own.iter().flat_map(|own| &own.out_messages);
    let is_want = |out: &&ddvs_client::OutMessage| {
        matches!(out.destination, OutDestination::Account(_))
            && messages::with_body(&out.cell, |op, _| (op == Want::OP).then_some(())).is_some()
    };
    sent.filter(is_want).count()
}

#[test]
fn poked_copy_sends_no_questions_by_itself_later() {
    assert_eq!(questions_after_pokes(Codes::default()), 0);
    let lax = codes("delector", "pokes-have-copies-ask-by-themselves");
    assert_ne!(questions_after_pokes(lax), 0);
}
