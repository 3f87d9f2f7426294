//! Captured chains that vote for what does not exist pay for what their votes take at each copy, wherever they vote: under the next
//! number before its batch comes, under numbers that are applied, and under numbers ahead.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::Relay;
use ddvs_network_tests::captured::{made_up, vote};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

const ORIGIN: ChainId = 0;
/// The copy that is looked at.
const COPY: ChainId = 1;
const BATCHES: u32 = 20;

/// When the captured chains vote, and under which numbers of the origin.
#[derive(Clone, Copy, Debug)]
enum When {
    /// Under the next number, before its batch comes.
    Next,
    /// Under the number that was just applied.
    Applied,
    /// Under the next number, for a batch that somebody then brings, and pays for.
    Brought,
    /// Under so many numbers beyond the next one, before its batch comes.
    Beyond(u32),
    /// Under each of so many numbers beyond the next one, once.
    Ahead(u32),
}

/// What the copy has more after a batch of another chain, in nano, where so many captured chains vote for something else. Each
/// vote brings what it must.
fn gained_nano(workchains: usize, liars: usize, when: When, codes: Codes) -> i128 {
    let shape = Shape {
        codes,
        ..Shape::with_stakes(vec![vec![20_000; 3]; workchains])
    };
    let mut world = World::new(&shape);
    let (who, root) = (world.person(ORIGIN, 0), world.validator(ORIGIN, 0).root);
    world.deposit(&who, 10_000 * COIN);
    let last = workchains as ChainId - 1;
    let captured: Vec<_> = [-1].into_iter().chain((COPY + 1..=last).rev()).collect();
    let value_nano = world.params(COPY).vote_value_nano.get().into();
    let to = world.delector(COPY).address().clone();
    let lie = |world: &mut World, seqno: u32| {
        for (mark, &liar) in captured.iter().take(liars).enumerate() {
            let lie = vote(ORIGIN, seqno, HashBytes([mark as u8 + 1; 32]));
            let from = world.delector(liar).address().clone();
            world.inject_with(&from, &to, &lie, value_nano);
        }
        world.settle();
    };
    let balance = |world: &World| world.balance(&to) as i128;
    let stranger = world.wallet(&who).address().clone();
    let begin = balance(&world);
    if let When::Ahead(numbers) = when {
        (2..2 + numbers).for_each(|seqno| lie(&mut world, seqno));
    }
    for batch in 1..=BATCHES {
        if let When::Brought = when {
            for (mark, &liar) in captured.iter().take(liars).enumerate() {
                let made_up = made_up(ORIGIN, batch, mark as u32);
                let lie = vote(ORIGIN, batch, *made_up.inner().repr_hash());
                let from = world.delector(liar).address().clone();
                world.inject_with(&from, &to, &lie, value_nano);
                world.settle();
                let value_nano: u128 = world.params(COPY).relay_value_nano(1).into();
                world.inject_with(&stranger, &to, &Relay { batch: made_up }, value_nano);
                world.settle();
            }
        }
        match when {
            When::Next => lie(&mut world, batch),
            When::Beyond(numbers) => lie(&mut world, batch + numbers),
            _ => {}
        }
        let stake = world.stake_message(&who, &root, 10 * COIN);
        world.send(&who, &[stake]);
        world.settle();
        assert_eq!(world.registry(COPY, ORIGIN).seqno, batch);
        if let When::Applied = when {
            lie(&mut world, batch);
        }
    }
    (balance(&world) - begin) / i128::from(BATCHES)
}

#[test]
fn false_votes_pay_for_themselves() {
    let all = [
        When::Next,
        When::Beyond(1),
        When::Beyond(5),
        When::Applied,
        When::Ahead(100),
    ];
    for when in all {
        for (workchains, liars) in [(2, 1), (7, 1), (7, 3), (23, 1)] {
            let gained_nano = gained_nano(workchains, liars, when, Codes::default());
            println!(
                "{when:?}, {workchains} workchains, {liars} liars: {gained_nano} nano a batch"
            );
            // with two workchains no votes come with a batch that could pay for it
            let least_nano = match (when, workchains) {
                (When::Applied, 2) => -2_000_000,
                _ => 0,
            };
            assert!(gained_nano > least_nano, "{when:?}, {gained_nano}");
        }
    }
    let gained_nano = gained_nano(7, 3, When::Brought, Codes::default());
    assert!(gained_nano > 0, "{gained_nano}");
}

/// If what is not vouched for counted, each vote for the true batch would be one of two contents to decide among.
#[test]
fn a_false_vote_would_empty_copies_if_it_counted() {
    let codes = codes("delector", "what-nobody-vouches-for-counts");
    let gained_nano = gained_nano(23, 1, When::Next, codes);
    assert!(gained_nano < -500_000_000, "{gained_nano}");
}
