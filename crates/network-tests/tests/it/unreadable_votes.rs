//! A captured chain sends many votes, of which the last one cannot be read. The copy notices before it has worked on the others: else these would
//! be undone and new again, and the same message could be sent forever.

use ddvs_client::{ChainId, Operator};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Message, Propose, Vote};
use ddvs_network_tests::captured::{bring, made_up, next_batch, say, vote};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{Cell, CellBuilder, CellFamily, Load, Store};
use tycho_types::dict::RawDict;
use tycho_types::models::{CurrencyCollection, IntMsgInfo, MsgInfo, OwnedMessage};

const COPY: ChainId = 0;
const HEAVY: ChainId = 1;
const CAPTURED: ChainId = 2;
/// Under whose applied numbers the captured chain votes.
const ORIGINS: std::ops::Range<i8> = 3..10;
const MESSAGES: u32 = 10;

/// The body of a message with these votes, and one for the masterchain that has no hash.
fn unreadable(votes: &[BatchVote]) -> Cell {
    let sound = Vote::of(votes).unwrap().to_cell().unwrap();
    let mut rest = sound.as_slice().unwrap();
    let first = rest.load_prefix(32 + 40 + 256, 0).unwrap();
    let mut more = RawDict::<40>::load_from(&mut rest).unwrap();
    let mut key = CellBuilder::new();
    key.store_u8(0xff).unwrap();
    key.store_u32(1).unwrap();
    more.set(key.as_data_slice(), 7_u8).unwrap();
    let mut body = CellBuilder::new();
    body.store_slice(first).unwrap();
    more.store_into(&mut body, Cell::empty_context()).unwrap();
    body.build().unwrap()
}

/// What the copy loses by the messages, in nano.
fn loss(codes: Codes) -> i128 {
    let mut stakes = vec![vec![1_000_000]; 2];
    stakes.extend(vec![vec![50_000]; 8]);
    let mut shape = Shape::with_stakes(stakes);
    shape.limits.min_validators = 1;
    shape.codes = codes;
    let mut world = World::new(&shape);
    (HEAVY..ORIGINS.end).for_each(|chain| world.silence(chain));
    for origin in ORIGINS {
        let batch = next_batch(&world, COPY, origin, 50_010 * COIN);
        let applied = vote(origin, 1, *batch.inner().repr_hash());
        say(&mut world, origin, COPY, &Propose { batch });
        say(&mut world, HEAVY, COPY, &applied);
        bring(&mut world, -1, COPY, &made_up(origin, 1, 7));
    }
    world.pass(20);
    let others = ORIGINS.map(|origin| BatchVote {
        origin,
        seqno: 1,
        batch_hash: *made_up(origin, 1, 7).inner().repr_hash(),
    });
    let body = unreadable(&others.collect::<Vec<_>>());
    let (from, to) = (world.delector(CAPTURED), world.delector(COPY));
    let votes = ORIGINS.len() as u128 + 1;
    let value = votes * u128::from(world.params(COPY).vote_value_nano.get());
    let message = OwnedMessage {
        info: MsgInfo::Int(IntMsgInfo {
            ihr_disabled: true,
            src: from.address().clone().into(),
            dst: to.address().clone().into(),
            value: CurrencyCollection::new(value),
            ..IntMsgInfo::default()
        }),
        init: None,
        body: body.into(),
        layout: None,
    };
    let message = CellBuilder::build_from(message).unwrap();
    let before = world.balance(to.address()) as i128;
    for _ in 0..MESSAGES {
        Operator::inject_internal(&mut world.net, CAPTURED, message.clone()).unwrap();
    }
    world.pass(10);
    before - world.balance(to.address()) as i128
}

#[test]
fn message_with_an_unreadable_vote_fails_before_any_work() {
    let loss_here = loss(Codes::default());
    assert!(loss_here <= 0, "{loss_here} nano");
    let works = codes("delector", "votes-are-read-once-some-are-booked");
    assert!(loss(works) > 0);
}
