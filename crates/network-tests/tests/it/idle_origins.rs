//! Captured chains vote for what does not exist under the next numbers of all idle origins: once for each chain and number, and it stays
//! there. The figures under "False votes" in `docs/protocol.md`.

use ddvs_client::ChainId;
use ddvs_network_tests::captured::vote;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

/// The origin that is not idle.
const ORIGIN: ChainId = 0;
/// The copy that is looked at.
const COPY: ChainId = 1;
const BATCHES: u32 = 12;

/// What a copy gains by each of these votes, and then by each batch of a stake, in nano.
fn gained_nano(workchains: usize, liars: usize) -> [i128; 2] {
    let mut world = World::new(&Shape::with_stakes(vec![vec![20_000; 3]; workchains]));
    let (who, root) = (world.person(ORIGIN, 0), world.validator(ORIGIN, 0).root);
    world.deposit(&who, 10_000 * COIN);
    let copy = world.delector(COPY).address().clone();
    let value_nano = u128::from(world.params(COPY).vote_value_nano.get());
    let captured = [-1].into_iter().chain((2..workchains as ChainId).rev());
    let captured: Vec<_> = captured.take(liars).collect();
    let begin = world.balance(&copy) as i128;
    let mut votes = 0;
    for (mark, &from) in (100..).zip(&captured) {
        let idle = world.chains().into_iter();
        for origin in idle.filter(|origin| ![ORIGIN, COPY, from].contains(origin)) {
            let lie = vote(origin, 1, HashBytes([mark; 32]));
            let from = world.delector(from).address().clone();
            world.inject_with(&from, &copy, &lie, value_nano);
            votes += 1;
        }
        world.pass(5);
    }
    world.pass(20);
    let voted = world.balance(&copy) as i128;
    for _ in 0..BATCHES {
        let stake = world.stake_message(&who, &root, 10 * COIN);
        world.send(&who, &[stake]);
        world.settle();
    }
    let end = world.balance(&copy) as i128;
    [
        (voted - begin) / votes.max(1),
        (end - voted) / i128::from(BATCHES),
    ]
}

/// Workchains, captured chains, and what a vote costs the copy at most beyond what it brings, in nano.
const DOCUMENTED: [(usize, usize, i128); 6] = [
    (7, 0, 0),
    (7, 1, 0),
    (7, 3, 0),
    (23, 0, 0),
    (23, 1, 0),
    (23, 8, 6_000_000),
];

#[test]
fn false_votes_kept_for_idle_origins_cost_next_to_nothing() {
    for (workchains, liars, most_for_a_vote) in DOCUMENTED {
        let [vote, batch] = gained_nano(workchains, liars);
        println!("{workchains} workchains, {liars} liars: {vote} nano a vote, {batch} a batch");
        assert!(-vote <= most_for_a_vote, "{vote}");
        assert!(batch > 10_000_000, "{batch}");
    }
}
