//! A captured chain votes for what does not exist under numbers that are applied. Each copy looks at that once, not with every
//! change that comes after it: else a few coins' worth of lies would empty all copies.
#![allow(clippy::unwrap_used)] // a failed helper is a failed test

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Propose, Vote};
use ddvs_network_tests::captured::{next_batch, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

const WORKCHAINS: i8 = 7;
/// The copy that is looked at.
const COPY: ChainId = 1;

fn stake(world: &mut World, chains: &[i8]) {
    for &chain in chains {
        let (who, root) = (world.person(chain, 0), world.validator(chain, 0).root);
        let stake = world.stake_message(&who, &root, 10 * COIN);
        world.send(&who, &[stake]);
    }
    world.settle();
}

/// A world where somebody on each chain can stake.
fn world(codes: Codes) -> World {
    let mut shape = Shape::with_stakes(vec![vec![20_000; 4]; WORKCHAINS as usize]);
    shape.codes = codes;
    let mut world = World::new(&shape);
    for chain in 0..WORKCHAINS {
        let who = world.person(chain, 0);
        world.deposit(&who, 10_000 * COIN);
    }
    world
}

/// Gas that the copy takes for one honest batch, and for one of each other chain, with lies under the last 8 numbers of five
/// origins or without.
fn gas_of_honest_batches(codes: Codes, lies: bool) -> [u64; 2] {
    let mut world = world(codes);
    let chains: Vec<i8> = (0..WORKCHAINS).collect();
    for _ in 0..9 {
        stake(&mut world, &chains);
    }
    let value_nano = u128::from(world.params(COPY).vote_value_nano.get());
    for origin in (0..WORKCHAINS - 1).filter(|&origin| lies && origin != COPY) {
        let last = world.registry(COPY, origin).seqno;
        for seqno in last - 7..=last {
            let lie = Vote::one(BatchVote {
                origin,
                seqno,
                batch_hash: HashBytes([9; 32]),
            });
            // the masterchain's vote is free under every number, as a captured workchain's is under all but its own
            let (from, to) = (world.delector(-1), world.delector(COPY));
            world.inject_with(from.address(), to.address(), &lie, value_nano);
        }
        world.settle();
    }
    [
        vec![0],
        (0..WORKCHAINS).filter(|&chain| chain != COPY).collect(),
    ]
    .map(|chains| gas_of(&mut world, &chains))
}

/// Gas that the copy takes while these chains change a stake.
fn gas_of(world: &mut World, chains: &[i8]) -> u64 {
    let cursor = world.net.cursor().unwrap();
    stake(world, chains);
    let own = world.delector(COPY).address().clone();
    let blocks = world.net.blocks_since(cursor, usize::MAX).unwrap();
    let all = blocks.iter().flat_map(|block| &block.transactions);
    let own = all.filter(|transaction| transaction.account == own);
    own.map(|transaction| transaction.gas_used()).sum()
}

#[test]
fn lies_are_not_looked_at_with_every_change() {
    let honest = gas_of_honest_batches(Codes::default(), false);
    let lied = gas_of_honest_batches(Codes::default(), true);
    println!("gas of one batch and of six: {honest:?}, with 40 lies {lied:?}");
    let [one, six] = [0, 1].map(|place| lied[place] as f64 / honest[place] as f64);
    assert!(one < 2.5 && six < 2.0, "{one} and {six} times");
    let lax = gas_of_honest_batches(codes("delector", "copies-always-look-back"), true);
    let times = lax[0] as f64 / honest[0] as f64;
    assert!(times > 4.0, "{times} times");
}

/// A captured origin tells each chain another batch, so nobody ever decides. All weigh these again with every change.
#[test]
fn a_number_that_is_never_decided_makes_changes_dearer() {
    let mut world = world(Codes::default());
    let before = gas_of(&mut world, &[0]);
    let liar = WORKCHAINS - 1;
    for to in world.chains().into_iter().filter(|&to| to != liar) {
        let stake_nano = (20_002 + u128::from(to.unsigned_abs())) * COIN;
        let batch = next_batch(&world, to, liar, stake_nano);
        say(&mut world, liar, to, &Propose { batch });
    }
    world.settle();
    assert_eq!(world.registry(COPY, liar).seqno, 0);
    let after = gas_of(&mut world, &[0]);
    println!("gas of one batch: {before}, then {after}");
    assert!(after < 3 * before, "{before}, then {after}");
}
