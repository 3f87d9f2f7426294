//! A captured origin sends different batches to different chains under each number. Where one of them does not reach a third of
//! all stake, what its proposals and the votes bring pays for what each copy does to decide among them.

use ddvs_client::ChainId;
use ddvs_contracts::messages::Propose;
use ddvs_network_tests::captured::next_batch;
use ddvs_network_tests::{COIN, Shape, World};

/// The captured origin.
const FORKS: ChainId = 0;
/// The copy that is looked at: it gets the batch that most get.
const COPY: ChainId = 1;
const NUMBERS: u32 = 5;

/// What the copy has more after each number under which the origin has sent one batch to the last chains, and another one to
/// all others once these have voted, in nano.
fn gained_nano(workchains: usize, few: usize) -> i128 {
    let mut world = World::new(&Shape::with_stakes(vec![vec![20_000; 3]; workchains]));
    world.silence(FORKS);
    let params = world.params(COPY);
    let value_nano = u128::from(params.peer_value_nano) + u128::from(params.entry_value_nano.get());
    let copy = world.delector(COPY).address().clone();
    let begin = world.balance(&copy) as i128;
    let chains = world.chains().into_iter().filter(|&to| to != FORKS);
    let (last, most): (Vec<_>, Vec<_>) =
        chains.partition(|&to| to >= (workchains - few) as ChainId);
    for number in 1..=NUMBERS {
        for (more, chains) in [&last, &most].into_iter().enumerate() {
            let stake = 20_010 + u128::from(10 * number) + more as u128;
            let batch = next_batch(&world, COPY, FORKS, stake * COIN);
            for &to in chains {
                let batch = batch.clone();
                let (from, to) = (world.delector(FORKS), world.delector(to));
                world.inject_with(from.address(), to.address(), &Propose { batch }, value_nano);
            }
            world.pass(10);
        }
        assert_eq!(world.registry(COPY, FORKS).seqno, number);
    }
    (world.balance(&copy) as i128 - begin) / i128::from(NUMBERS)
}

/// The figures under "Equivocation costs" in `docs/protocol.md`.
#[test]
fn forks_cost_no_more_than_is_documented() {
    for (workchains, few, least_nano) in [
        (4, 1, 0),
        (7, 2, 0),
        (23, 7, 0),
        (23, 8, -130_000_000),
        (23, 10, -130_000_000),
    ] {
        let gained_nano = gained_nano(workchains, few);
        println!("{workchains} workchains, {few} get another batch: {gained_nano} nano a number");
        assert!(gained_nano > least_nano, "{gained_nano}");
    }
}
