//! A copy asks for what it lacks in several transactions. A look that comes between them does not make it forget any.
#![allow(clippy::unwrap_used)] // a failed helper is a failed test

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Message, Propose, Vote};
use ddvs_network_tests::captured::next_batch;
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

const HEAVY: ChainId = 0;
const COPY: ChainId = 1;
/// A batch of it is taken back, so that all is to be looked at.
const FORKS: ChainId = 2;
/// Light chains, under whose next numbers the heavy ones vote for what the copy lacks.
const LACKING: std::ops::Range<ChainId> = 4..12;
/// Light chains that each name something else under the next number of one origin.
const LIARS: std::ops::Range<ChainId> = 4..18;

fn told(world: &mut World, from: ChainId, body: &impl Message) {
    let (from, to) = (world.delector(from), world.delector(COPY));
    world.inject_with(from.address(), to.address(), body, 10 * COIN);
}

/// How many of the lacking contents the copy has asked for, once what made it look has come together with one more vote.
fn asked(codes: Codes) -> usize {
    let mut stakes = vec![vec![2_300_000], vec![2_000_000], vec![1_500_000]];
    stakes.extend(vec![vec![30_000]; 20]);
    let mut shape = Shape::with_stakes(stakes);
    shape.people = 1;
    shape.limits.min_validators = 1;
    shape.codes = codes;
    let mut world = World::new(&shape);
    let others = world.chains().into_iter();
    let others = others.filter(|&chain| chain >= 0 && chain != COPY);
    others.for_each(|chain| world.silence(chain));
    let vote = |origin: ChainId, mark: u8| {
        Vote::one(BatchVote {
            origin,
            seqno: 1,
            batch_hash: HashBytes([mark; 32]),
        })
    };
    let batch = next_batch(&world, COPY, FORKS, 1_500_010 * COIN);
    told(&mut world, FORKS, &Propose { batch });
    world.pass(20);
    assert_eq!(world.registry(COPY, FORKS).seqno, 1);
    for origin in LACKING {
        for from in [HEAVY, FORKS] {
            told(&mut world, from, &vote(origin, 0x33));
        }
    }
    for from in LIARS {
        told(&mut world, from, &vote(HEAVY, 0x40 + from.cast_unsigned()));
    }
    world.pass(20);
    told(&mut world, HEAVY, &vote(FORKS, 0x77));
    told(&mut world, 22, &vote(HEAVY, 0x7a));
    world.pass(40);
    assert_eq!(world.registry(COPY, FORKS).seqno, 0, "it is taken back");
    let known = world.storage(COPY).known_contents().unwrap().into_iter();
    let lacking = known.filter(|known| LACKING.contains(&known.number.origin));
    lacking.filter(|known| known.content.asked != 0).count()
}

#[test]
fn a_look_in_between_loses_no_question() {
    assert_eq!(asked(Codes::default()), LACKING.len());
    assert!(asked(codes("delector", "sleepers-are-not-asked-about")) < LACKING.len());
}
