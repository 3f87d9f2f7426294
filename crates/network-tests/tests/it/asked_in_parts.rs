//! A copy asks for what it lacks in several transactions. A look that comes between them does not make it forget any.

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::Propose;
use ddvs_network_tests::captured::{bring, made_up, next_batch, say, vote};
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
    let vote = |origin: ChainId, mark: u8| vote(origin, 1, HashBytes([mark; 32]));
    let batch = next_batch(&world, COPY, FORKS, 1_500_010 * COIN);
    say(&mut world, FORKS, COPY, &Propose { batch });
    world.pass(20);
    assert_eq!(world.registry(COPY, FORKS).seqno, 1);
    for origin in LACKING {
        for from in [HEAVY, FORKS] {
            say(&mut world, from, COPY, &vote(origin, 0x33));
        }
    }
    for from in LIARS {
        bring(
            &mut world,
            from,
            COPY,
            &made_up(HEAVY, 1, from.cast_unsigned().into()),
        );
    }
    world.pass(20);
    say(&mut world, HEAVY, COPY, &vote(FORKS, 0x77));
    let beside = made_up(HEAVY, 1, LIARS.start.cast_unsigned().into());
    bring(&mut world, 22, COPY, &beside);
    world.pass(40);
    assert_eq!(world.registry(COPY, FORKS).seqno, 0, "it is taken back");
    let known = world.storage(COPY).known_contents().unwrap().into_iter();
    let lacking = known.filter(|known| LACKING.contains(&known.number.origin));
    lacking.filter(|known| known.content.asked != 0).count()
}

#[test]
fn look_between_two_asking_transactions_loses_no_question() {
    assert_eq!(asked(Codes::default()), LACKING.len());
    assert!(asked(codes("delector", "sleepers-are-not-asked-about")) < LACKING.len());
}

/// Gas that a copy takes for an honest change, while another origin is awake, and captured chains have named something under the next numbers of
/// all idle ones.
fn gas_beside_sleepers(codes: Codes) -> u64 {
    const LIARS: std::ops::Range<ChainId> = 13..23;
    let mut stakes = vec![vec![2_000_000]; 3];
    stakes.extend(vec![vec![50_000]; 20]);
    let mut shape = Shape::with_stakes(stakes);
    shape.limits.min_validators = 1;
    shape.codes = codes;
    let mut world = World::new(&shape);
    let others = world.chains().into_iter();
    let others = others.filter(|&chain| chain >= 0 && chain != COPY);
    others.for_each(|chain| world.silence(chain));
    for origin in (2..23).filter(|&origin| origin != COPY) {
        for from in LIARS.chain([-1]).filter(|&from| from != origin) {
            let batch = made_up(origin, 1, from.cast_unsigned().into());
            bring(&mut world, from, COPY, &batch);
        }
        world.pass(3);
    }
    world.pass(60);
    let mut gas = 0;
    // the first change puts what was named to sleep
    for seqno in 1..3 {
        let idle = 2 + seqno;
        let waits = next_batch(&world, COPY, idle, 50_010 * COIN);
        let batch = next_batch(&world, COPY, HEAVY, (2_000_001 + idle as u128) * COIN);
        say(&mut world, idle, COPY, &Propose { batch: waits });
        world.pass(30);
        let cursor = world.net.cursor().unwrap();
        say(&mut world, HEAVY, COPY, &Propose { batch });
        world.pass(60);
        assert_eq!(
            world.registry(COPY, HEAVY).seqno,
            u32::from(seqno.cast_unsigned())
        );
        let own = world.transactions_since(cursor, COPY);
        gas = own.iter().map(|own| own.gas_used()).sum();
    }
    gas
}

#[test]
fn sleeping_contents_cost_no_gas_for_asking() {
    let gas = gas_beside_sleepers(Codes::default());
    let more = gas_beside_sleepers(codes("delector", "sleepers-are-asked-about"));
    assert!(more > 2 * gas, "{gas}, {more}");
}
