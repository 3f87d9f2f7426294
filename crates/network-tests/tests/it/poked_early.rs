//! Who pokes a copy before there is anything to get, or again while answers are on their way, does not keep it from what it lacks.

use ddvs_client::{ChainId, Operator};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Propose, Vote};
use ddvs_network_tests::captured::{next_batch, poke, poke_message, say, say_to_all};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};

const COPY: ChainId = 1;
const ORIGIN: ChainId = 4;

fn world(codes: Codes) -> World {
    let mut shape = Shape::with_stakes(vec![vec![20_000; 4]; 5]);
    shape.codes = codes;
    World::new(&shape)
}

/// Honest batches of another chain: a copy asks when a registry has changed.
fn change(world: &mut World, chain: ChainId, times: usize, blocks: u32) {
    let (who, root) = (world.person(chain, 0), world.validator(chain, 0).root);
    world.deposit(&who, 1_000 * COIN);
    for _ in 0..times {
        let stake = world.stake_message(&who, &root, 10 * COIN);
        world.send(&who, &[stake]);
        world.pass(blocks);
    }
}

/// Whether the copy gets a batch that a captured origin keeps from it, after pokes for what only the captured masterchain had named.
fn gets_it_after_early_pokes(codes: Codes) -> bool {
    let mut world = world(codes);
    let batch = next_batch(&world, COPY, ORIGIN, 20_010 * COIN);
    let batch_hash = *batch.inner().repr_hash();
    let vote = BatchVote {
        origin: ORIGIN,
        seqno: 1,
        batch_hash,
    };
    say(&mut world, -1, COPY, &Vote::one(vote));
    world.pass(5);
    for _ in 0..6 {
        poke(&mut world, COPY, &vote);
        world.pass(10);
    }
    for to in [0, 2, 3, -1] {
        let batch = batch.clone();
        say(&mut world, ORIGIN, to, &Propose { batch });
    }
    world.pass(20);
    change(&mut world, 0, 6, 20);
    world.registry(COPY, ORIGIN).seqno == 1
}

#[test]
fn later_voters_are_asked_after_early_pokes() {
    assert!(gets_it_after_early_pokes(Codes::default()));
    let silent = codes("delector", "early-pokes-silence-copies");
    assert!(!gets_it_after_early_pokes(silent));
}

/// Whether the copy gets it if a second round begins while the answers of the first one are on their way.
fn gets_it_in_time(codes: Codes) -> bool {
    let mut world = world(codes);
    // captured, too: it votes, and does not answer
    world.silence(0);
    let batch = next_batch(&world, COPY, ORIGIN, 20_010 * COIN);
    let batch_hash = *batch.inner().repr_hash();
    for to in [2, 3, -1] {
        let batch = batch.clone();
        say(&mut world, ORIGIN, to, &Propose { batch });
    }
    let vote = BatchVote {
        origin: ORIGIN,
        seqno: 1,
        batch_hash,
    };
    say_to_all(&mut world, 0, &Vote::one(vote));
    let all_have_voted = |world: &World| {
        let known = world.storage(COPY).known_contents().unwrap();
        known
            .iter()
            .any(|known| known.content.votes.count_ones() == 3)
    };
    assert!(world.wait_for(300, all_have_voted));
    for from in [2, 3, -1, ORIGIN] {
        world.net.set_pair_delay(from, COPY, 40_000).unwrap();
    }
    let who = world.person(COPY, 0);
    for _ in 0..2 {
        let pokes = [(); 3].map(|()| poke_message(&mut world, COPY, &vote));
        world.send(&who, &pokes);
        world.pass(4);
    }
    world.pass(60);
    world.registry(COPY, ORIGIN).seqno == 1
}

#[test]
fn answers_in_flight_are_accepted_after_a_second_poke() {
    assert!(gets_it_in_time(Codes::default()));
    let refused = codes("delector", "answers-on-their-way-are-refused");
    assert!(!gets_it_in_time(refused));
}
