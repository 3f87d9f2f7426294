//! A batch is applied, and under the next number a content counts from then on, beside many others: who voted there is recorded. What applying the
//! batch has changed is kept.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::Propose;
use ddvs_network_tests::captured::{bring, made_up, next_batch, say, vote};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};

const ORIGIN: ChainId = 0;
/// The masterchain's copy ranks the validators of all chains when it applies a batch.
const COPY: ChainId = -1;

/// The weight of a validator in the copy's ranking after a batch has raised its stake to 20,010 coins.
fn ranked_weight(codes: Codes) -> u64 {
    let mut shape = Shape::with_stakes(vec![vec![20_000; 3]; 7]);
    shape.codes = codes;
    let mut world = World::new(&shape);
    (0..7).for_each(|chain| world.silence(chain));
    for (mark, from) in (0..).zip([1, 2, 3]) {
        bring(&mut world, from, COPY, &made_up(ORIGIN, 2, mark));
        world.pass(2);
    }
    let rare = world.local(COPY).rare().unwrap();
    assert!(!rare.voted.is_empty(), "who voted is recorded");
    // more than a third names another one
    let named = *made_up(ORIGIN, 2, 9).inner().repr_hash();
    for from in [4, 5, 6] {
        say(&mut world, from, COPY, &vote(ORIGIN, 2, named));
    }
    world.pass(2);
    let batch = next_batch(&world, COPY, ORIGIN, 20_010 * COIN);
    let hash = *batch.inner().repr_hash();
    say(&mut world, ORIGIN, COPY, &Propose { batch });
    for from in [1, 2, 4, 5] {
        say(&mut world, from, COPY, &vote(ORIGIN, 1, hash));
    }
    world.pass(5);
    assert_eq!(world.registry(COPY, ORIGIN).seqno, 1);
    let ranking = world.local(COPY).ranking.load().unwrap();
    let key = world.validator(ORIGIN, 0).key.public();
    let members = ranking.list.values().map(|member| member.unwrap());
    let mut members = members.filter(|member| member.key == key);
    members.next().unwrap().weight
}

#[test]
fn applied_change_is_kept_when_a_content_is_admitted() {
    assert_eq!(ranked_weight(Codes::default()), 20_010);
    let undoes = codes("delector", "admitting-undoes-what-was-applied");
    assert_eq!(ranked_weight(undoes), 20_000);
}
