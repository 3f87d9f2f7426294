//! What captured chains cost each copy that vote for what does not exist under each number, before its batch comes: the
//! figures under "False votes" in `docs/protocol.md`.

use ddvs_client::ChainId;
use ddvs_network_tests::captured::vote;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

const ORIGIN: ChainId = 0;
/// The copy that is looked at.
const COPY: ChainId = 1;
const BATCHES: u32 = 5;

/// What the copy has more after a batch of another chain, in nano, where so many captured chains vote for something else
/// under its number first. Each vote brings what it must.
fn gained_nano(workchains: usize, liars: usize) -> i128 {
    let mut world = World::new(&Shape::with_stakes(vec![vec![20_000; 3]; workchains]));
    let (who, root) = (world.person(ORIGIN, 0), world.validator(ORIGIN, 0).root);
    world.deposit(&who, 10_000 * COIN);
    let last = workchains as ChainId - 1;
    let captured: Vec<_> = [-1].into_iter().chain((COPY + 1..=last).rev()).collect();
    let value_nano = world.params(COPY).vote_value_nano.get().into();
    let to = world.delector(COPY).address().clone();
    let balance = |world: &World| world.balance(&to) as i128;
    let begin = balance(&world);
    for batch in 1..=BATCHES {
        for (mark, &liar) in captured.iter().take(liars).enumerate() {
            let lie = vote(ORIGIN, batch, HashBytes([mark as u8 + 1; 32]));
            let from = world.delector(liar).address().clone();
            world.inject_with(&from, &to, &lie, value_nano);
        }
        world.settle();
        let stake = world.stake_message(&who, &root, 10 * COIN);
        world.send(&who, &[stake]);
        world.settle();
        assert_eq!(world.registry(COPY, ORIGIN).seqno, batch);
    }
    (balance(&world) - begin) / i128::from(BATCHES)
}

/// Workchains, captured chains that lie, and what the copy loses with each batch at most, in nano; less than zero is a gain.
const DOCUMENTED: [(usize, usize, i128); 8] = [
    (2, 0, -9_000_000),
    (2, 1, 140_000_000),
    (7, 0, -30_000_000),
    (7, 1, 350_000_000),
    (7, 3, 430_000_000),
    (23, 0, -69_000_000),
    (23, 1, 1_070_000_000),
    (23, 5, 1_820_000_000),
];

#[test]
fn false_votes_cost_no_more_than_is_documented() {
    for (workchains, liars, most_nano) in DOCUMENTED {
        let lost_nano = -gained_nano(workchains, liars);
        assert!(
            lost_nano <= most_nano,
            "{workchains} workchains, {liars} liars: {lost_nano} nano a batch"
        );
    }
}
