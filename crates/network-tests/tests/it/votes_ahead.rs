//! A captured masterchain votes for numbers far ahead, two in a message, second after second. What else it has named, and nobody has, is not
//! looked at each time: the messages pay for what they cause.

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Vote};
use ddvs_network_tests::captured::{bring, made_up, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

const COPY: ChainId = 1;
const MESSAGES: u32 = 50;

fn vote(origin: ChainId, seqno: u32, mark: u8) -> BatchVote {
    BatchVote {
        origin,
        seqno,
        batch_hash: HashBytes([mark; 32]),
    }
}

/// What a copy loses with the messages, in nano; `liars` besides the masterchain have named something under all next numbers.
fn loss(codes: Codes, workchains: i8, liars: i8, ahead: u32) -> i128 {
    let mut shape = Shape::with_stakes(vec![vec![20_000; 3]; workchains as usize]);
    shape.limits.min_validators = 1;
    shape.codes = codes;
    let mut world = World::new(&shape);
    let silent = (0..workchains).filter(|&chain| chain != COPY);
    silent.for_each(|chain| world.silence(chain));
    let to = world.delector(COPY).address().clone();
    let masterchain = world.delector(-1).address().clone();
    for liar in [-1].into_iter().chain(workchains - liars..workchains) {
        let from = world.delector(liar).address().clone();
        let named = (2..workchains).filter(|&origin| origin != liar);
        let named: Vec<_> = named
            .map(|origin| vote(origin, 1, 100 + liar.cast_unsigned() % 100))
            .collect();
        for votes in named.chunks(8) {
            let vote = Vote::of(votes).unwrap();
            world.inject_with(&from, &to, &vote, 10 * COIN);
        }
        world.pass(3);
    }
    let value = 2 * u128::from(world.params(COPY).vote_value_nano.get());
    let before = world.balance(&to) as i128;
    for n in 0..MESSAGES {
        let votes = [vote(0, ahead + n, 9), vote(2, ahead + n, 9)];
        world.inject_with(&masterchain, &to, &Vote::of(&votes).unwrap(), value);
        world.pass(2);
    }
    before - world.balance(&to) as i128
}

#[test]
fn votes_ahead_pay_for_what_they_cause() {
    for (workchains, liars) in [(3, 0), (7, 0), (23, 0), (23, 10)] {
        let loss = loss(Codes::default(), workchains, liars, 3);
        assert!(
            loss <= 0,
            "{workchains} workchains, {liars} liars: {loss} nano"
        );
    }
}

/// Gas that a copy takes for votes for what counts under numbers beyond the next ones: batches that were brought.
fn gas_ahead(codes: Codes) -> u64 {
    let mut shape = Shape::with_stakes(vec![vec![20_000; 3]; 7]);
    shape.codes = codes;
    let mut world = World::new(&shape);
    let silent = (0..7).filter(|&chain| chain != COPY);
    silent.for_each(|chain| world.silence(chain));
    for origin in [0, 2] {
        bring(&mut world, -1, COPY, &made_up(origin, 3, 9));
    }
    world.pass(10);
    let votes = [0, 2].map(|origin| BatchVote {
        origin,
        seqno: 3,
        batch_hash: *made_up(origin, 3, 9).inner().repr_hash(),
    });
    let cursor = world.net.cursor().unwrap();
    say(&mut world, 3, COPY, &Vote::of(&votes).unwrap());
    world.pass(10);
    let own = world.transactions_since(cursor, COPY);
    own.iter().map(|own| own.gas_used()).sum()
}

/// Votes for numbers beyond the next ones have a copy look at nothing.
#[test]
fn votes_ahead_do_not_make_a_copy_look() {
    let looks = codes("delector", "votes-ahead-have-copies-look");
    let (least, more) = (gas_ahead(Codes::default()), gas_ahead(looks));
    assert!(more > least, "{least}, {more}");
}
