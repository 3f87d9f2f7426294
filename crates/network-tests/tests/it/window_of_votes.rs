//! The masterchain, without any stake, votes for what does not exist under every number that copies listen to, once for each; and with each batch
//! of an origin under one number more.

use ddvs_client::ChainId;
use ddvs_network_tests::captured::{cells_of, vote};
use ddvs_network_tests::registries::flipped;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

/// The origin that is not idle.
const ORIGIN: ChainId = 0;
/// The copy that is looked at.
const COPY: ChainId = 1;
/// Numbers ahead of the next one.
const WINDOW: u32 = 255;
const BATCHES: u32 = 12;

/// A chain votes for a batch that does not exist. Hashes of one place part from those of the other places in one bit each, and differ for each
/// number, so that no two entries share cells.
fn lie(world: &mut World, place: usize, from: ChainId, origin: ChainId, seqno: u32) {
    let mut hash = flipped(HashBytes([100; 32]), 8 + 5 * place);
    hash.0[20] = origin.cast_unsigned();
    hash.0[21..25].copy_from_slice(&seqno.to_be_bytes());
    let value_nano = u128::from(world.params(COPY).vote_value_nano.get());
    let from = world.delector(from).address().clone();
    let copy = world.delector(COPY).address().clone();
    world.inject_with(&from, &copy, &vote(origin, seqno, hash), value_nano);
}

/// What a copy gains by all votes before, by each batch and the vote beside it, in nano, and its size in cells.
fn gained_nano(workchains: usize) -> ([i128; 2], usize) {
    let mut world = World::new(&Shape::with_stakes(vec![vec![20_000; 3]; workchains]));
    let (who, root) = (world.person(ORIGIN, 0), world.validator(ORIGIN, 0).root);
    world.deposit(&who, 10_000 * COIN);
    let copy = world.delector(COPY).address().clone();
    let empty_nano = world.balance(&copy) as i128;
    let others = (0..workchains as ChainId).filter(|&origin| origin != COPY);
    for origin in others {
        (1..=WINDOW).for_each(|seqno| lie(&mut world, 0, -1, origin, seqno));
        world.pass(2);
    }
    world.settle();
    let by_votes_nano = world.balance(&copy) as i128 - empty_nano;
    // forgetting begins after eight batches
    let ready = 9;
    let mut begin = 0;
    for batch in 1..=ready + BATCHES {
        if batch == ready + 1 {
            begin = world.balance(&copy) as i128;
        }
        let stake = world.stake_message(&who, &root, 10 * COIN);
        world.send(&who, &[stake]);
        world.settle();
        assert_eq!(world.registry(COPY, ORIGIN).seqno, batch);
        lie(&mut world, 0, -1, ORIGIN, batch + WINDOW);
        world.settle();
    }
    let end = world.balance(&copy) as i128;
    let by_batch_nano = (end - begin) / i128::from(BATCHES);
    ([by_votes_nano, by_batch_nano], cells_of(&world, COPY))
}

#[test]
fn votes_under_all_numbers_pay_for_themselves() {
    for (workchains, most_cells) in [(2, 1_100), (3, 1_900), (7, 5_000), (23, 17_500)] {
        let (gained_nano, cells) = gained_nano(workchains);
        println!("{workchains} workchains: {gained_nano:?} nano, {cells} cells");
        assert!(gained_nano.iter().all(|&nano| nano > 0), "{gained_nano:?}");
        assert!(cells <= most_cells, "{cells}");
    }
}

/// What a vote costs the copy beyond what it brings, in nano, where so many workchains and the masterchain vote under the first numbers of all
/// origins, each for a batch whose hash makes the dictionaries deep.
fn lost_nano(liars: usize) -> i128 {
    let mut world = World::new(&Shape::with_stakes(vec![vec![20_000; 3]; 23]));
    let copy = world.delector(COPY).address().clone();
    let begin = world.balance(&copy) as i128;
    let captured = [-1].into_iter().chain((2..23).rev()).take(1 + liars);
    let mut votes = 0;
    for (place, from) in captured.enumerate() {
        let others = world.chains().into_iter();
        for origin in others.filter(|&origin| origin != COPY && origin != from) {
            for seqno in 2..=17u32 {
                lie(&mut world, place, from, origin, seqno);
                votes += 1;
            }
        }
        world.pass(5);
    }
    (begin - world.balance(&copy) as i128) / votes
}

#[test]
fn votes_ahead_of_many_chains_cost_what_is_documented() {
    for (liars, most_nano) in [(0, 0), (7, 4_000_000)] {
        let lost_nano = lost_nano(liars);
        println!("{liars} workchains and the masterchain: {lost_nano} nano a vote");
        assert!(lost_nano <= most_nano, "{lost_nano}");
    }
}
