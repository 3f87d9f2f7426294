//! A captured chain with nearly a third of all stake votes for what does not exist under the next numbers of all idle origins. Whatever stake
//! moves then, a bit more would vouch for that; copies do not weigh it with every batch.

use ddvs_client::ChainId;
use ddvs_contracts::messages::Propose;
use ddvs_network_tests::captured::{next_batch, vote};
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

/// The copy that is looked at.
const COPY: ChainId = 1;
const BATCHES: u32 = 16;

/// What the copy has more after each batch of the captured chain, which moves one nano, in nano.
fn gained_nano(workchains: usize, lies: bool) -> i128 {
    let liar = workchains as ChainId - 1;
    // with 10,000 coins more it would have a third
    let third = (workchains as u64 - 1) * 10_000;
    let mut stakes = vec![vec![20_000; 3]; workchains - 1];
    stakes.push(vec![third - 10_000, third, third]);
    let mut shape = Shape::with_stakes(stakes);
    shape.limits.max_stake_nano = (10_000_000 * COIN).try_into().unwrap();
    let mut world = World::new(&shape);
    world.silence(liar);
    let params = world.params(COPY);
    let propose_nano =
        u128::from(params.peer_value_nano) + u128::from(params.entry_value_nano.get());
    let vote_nano = u128::from(params.vote_value_nano.get());
    let copy = world.delector(COPY).address().clone();
    let from = world.delector(liar).address().clone();
    let others: Vec<_> = world
        .chains()
        .into_iter()
        .filter(|&to| to != liar)
        .collect();
    let batch = |world: &mut World, stake_nano: u128| {
        let batch = next_batch(world, COPY, liar, stake_nano);
        for &to in &others {
            let (to, batch) = (world.delector(to).address().clone(), batch.clone());
            world.inject_with(&from, &to, &Propose { batch }, propose_nano);
        }
        world.pass(10);
    };
    // a nano is missing
    let almost = u128::from(third) * COIN - 1;
    batch(&mut world, almost);
    for &origin in others.iter().filter(|&&origin| lies && origin != COPY) {
        let lie = vote(origin, 1, HashBytes([100; 32]));
        world.inject_with(&from, &copy, &lie, vote_nano);
    }
    world.pass(20);
    let begin = world.balance(&copy) as i128;
    for number in 0..BATCHES {
        batch(&mut world, almost - u128::from((number + 1) % 2));
        assert_eq!(world.registry(COPY, liar).seqno, 2 + number);
    }
    (world.balance(&copy) as i128 - begin) / i128::from(BATCHES)
}

#[test]
fn content_nearly_vouched_for_is_not_weighed_with_every_batch() {
    for workchains in [3, 7, 23] {
        let [without, with] = [false, true].map(|lies| gained_nano(workchains, lies));
        println!("{workchains} workchains: {without} nano a batch, with lies {with}");
        assert!(with > 0, "{workchains}: {with}");
    }
}
