//! Stake moves, so that what a copy lacks is vouched for; before the copy looks at that, a message about the number comes. The copy decides
//! with both: here neither content is better than the other.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::Propose;
use ddvs_network_tests::captured::{next_batch, say, vote};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

/// Shares of all stake in thousandths, each of one chain with four validators.
const STAKES: [u64; 5] = [120, 200, 330, 150, 200];
const ORIGIN: ChainId = 4;
const COPY: ChainId = 1;
/// It votes for what the copy lacks: a third of all stake once another chain has less.
const HEAVY: ChainId = 2;
const VOTER: ChainId = 3;
/// In a block its messages come first: it is the first chain.
const MOVER: ChainId = 0;

/// What comes before the copy looks.
#[derive(Clone, Copy)]
enum Meanwhile {
    /// The vote that makes the origin's batch applicable.
    Vote,
    /// The batch itself, which has that vote.
    Batch,
}

/// Whether the copy applies the origin's batch.
fn is_applied(codes: Codes, meanwhile: Meanwhile) -> bool {
    let mut shape = Shape::with_stakes(STAKES.map(|stake| vec![250 * stake; 4]).to_vec());
    shape.codes = codes;
    let mut world = World::new(&shape);
    let others = world.chains().into_iter();
    let others = others.filter(|&chain| chain >= 0 && chain != COPY);
    others.for_each(|chain| world.silence(chain));
    let batch = next_batch(&world, COPY, ORIGIN, 50_010 * COIN);
    let yes = vote(ORIGIN, 1, *batch.inner().repr_hash());
    let moves = next_batch(&world, COPY, MOVER, 18_000 * COIN);
    let moves_yes = vote(MOVER, 1, *moves.inner().repr_hash());
    say(
        &mut world,
        HEAVY,
        COPY,
        &vote(ORIGIN, 1, HashBytes([7; 32])),
    );
    say(&mut world, HEAVY, COPY, &moves_yes);
    let [first, second] = match meanwhile {
        Meanwhile::Vote => [false, true],
        Meanwhile::Batch => [true, false],
    };
    let about = |world: &mut World, is_vote: bool| match is_vote {
        true => say(world, VOTER, COPY, &yes),
        false => {
            let batch = batch.clone();
            say(world, ORIGIN, COPY, &Propose { batch });
        }
    };
    about(&mut world, first);
    world.pass(10);
    // in one block
    say(&mut world, MOVER, COPY, &Propose { batch: moves });
    about(&mut world, second);
    world.pass(20);
    assert_eq!(world.registry(COPY, MOVER).seqno, 1);
    world.registry(COPY, ORIGIN).seqno == 1
}

#[test]
fn a_vote_is_not_for_the_only_content() {
    assert!(!is_applied(Codes::default(), Meanwhile::Vote));
    let alone = codes("delector", "the-only-one-that-counts-is-decided-on-at-once");
    assert!(is_applied(alone, Meanwhile::Vote));
}

#[test]
fn a_batch_is_not_the_only_content() {
    assert!(!is_applied(Codes::default(), Meanwhile::Batch));
    let alone = codes(
        "delector",
        "what-comes-is-decided-on-beside-what-is-vouched-for",
    );
    assert!(is_applied(alone, Meanwhile::Batch));
}
