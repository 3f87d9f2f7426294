//! What a captured origin can make a copy spend with its own batches, beyond what its proposals and the votes bring: the figures under
//! "What remains" in `docs/protocol.md`.

use ddvs_client::ChainId;
use ddvs_contracts::messages::{Batch, Propose};
use ddvs_network_tests::captured::{bring, made_up, next_batch};
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::Lazy;

/// The captured origin.
const ORIGIN: ChainId = 0;
/// The copy that is looked at, if it is a workchain's.
const COPY: ChainId = 1;

fn world(workchains: usize) -> World {
    let mut world = World::new(&Shape::with_stakes(vec![vec![20_000; 3]; workchains]));
    world.silence(ORIGIN);
    world
}

/// The next batch of the origin, which adds so many coins to the stake of a validator.
fn batch(world: &World, more: u32) -> Lazy<Batch> {
    next_batch(world, COPY, ORIGIN, (20_000 + u128::from(more)) * COIN)
}

/// Sends a batch, for what it must bring.
fn propose(world: &mut World, to: &[ChainId], batch: &Lazy<Batch>) {
    let params = world.params(COPY);
    let value_nano = u128::from(params.peer_value_nano) + u128::from(params.entry_value_nano.get());
    let from = world.delector(ORIGIN).address().clone();
    for &to in to {
        let (to, batch) = (world.delector(to).address().clone(), batch.clone());
        world.inject_with(&from, &to, &Propose { batch }, value_nano);
    }
}

fn others(world: &World) -> Vec<ChainId> {
    let chains = world.chains().into_iter();
    chains.filter(|&chain| chain != ORIGIN).collect()
}

/// What a copy has more after each of so many batches, in nano.
fn gained_nano(
    world: &mut World,
    copy: ChainId,
    batches: u32,
    send: impl FnOnce(&mut World),
) -> i128 {
    let account = world.delector(copy).address().clone();
    let begin = world.balance(&account) as i128;
    send(world);
    assert_eq!(world.registry(copy, ORIGIN).seqno, batches);
    (world.balance(&account) as i128 - begin) / i128::from(batches)
}

/// Under each number the last chains get one batch, and all others another one once these have voted.
fn forked(workchains: usize, few: usize) -> i128 {
    let mut world = world(workchains);
    let first_of_few = (workchains - few) as ChainId;
    let (last, most): (Vec<_>, Vec<_>) =
        (others(&world).into_iter()).partition(|&to| to >= first_of_few);
    gained_nano(&mut world, COPY, 5, |world| {
        for number in 1..=5 {
            for (more, chains) in (0..).zip([&last, &most]) {
                let batch = batch(world, 10 * number + more);
                propose(world, chains, &batch);
                world.pass(10);
            }
        }
    })
}

#[test]
fn forks_cost_no_more_than_is_documented() {
    for (workchains, few, most_nano) in [
        (4, 1, 0),
        (7, 2, 0),
        (23, 7, 0),
        (23, 8, 105_000_000),
        (23, 10, 105_000_000),
    ] {
        let gained_nano = forked(workchains, few);
        println!("{workchains} workchains, {few} get another batch: {gained_nano} nano a number");
        assert!(-gained_nano <= most_nano, "{gained_nano}");
    }
}

/// What a number costs, in nano.
#[derive(Debug)]
struct Forked {
    /// A copy that takes a batch back, beyond what it gets.
    lost_nano: i128,
    /// All that do so.
    lost_by_all_nano: i128,
    /// The origin, for its proposals.
    paid_nano: i128,
}

/// Under each number some chains get a batch that they apply, since they are a majority with the origin; then most get another one, which is
/// settled, and the first is taken back. The masterchain may have brought a batch under the next number of each idle origin before.
fn taken_back(workchains: usize, brings: bool) -> Forked {
    let origin = workchains as ChainId - 1;
    let each = 60_000;
    let others_coins = each * (workchains as u64 - 1);
    let mut stakes = vec![vec![each / 3; 3]; workchains - 1];
    let own_coins = others_coins * 2 / 5;
    stakes.push(vec![own_coins]);
    let mut shape = Shape::with_stakes(stakes);
    shape.limits.max_stake_nano = (10_000_000 * COIN).try_into().unwrap();
    shape.limits.min_validators = 1;
    let mut world = World::new(&shape);
    world.silence(origin);
    let params = world.params(COPY);
    let propose_nano =
        u128::from(params.peer_value_nano) + u128::from(params.entry_value_nano.get());
    let account = world.delector(COPY).address().clone();
    if brings {
        for idle in (0..origin).filter(|&idle| idle != COPY) {
            bring(&mut world, -1, COPY, &made_up(idle, 1, 0));
            world.pass(2);
        }
        world.pass(20);
    }
    let few = (others_coins * 3 / 10).div_ceil(each) as ChainId;
    let from = world.delector(origin).address().clone();
    let send = |world: &mut World, to: &mut dyn Iterator<Item = ChainId>, batch: &Lazy<Batch>| {
        for to in to {
            let (to, batch) = (world.delector(to).address().clone(), batch.clone());
            world.inject_with(&from, &to, &Propose { batch }, propose_nano);
        }
    };
    let begin = world.balance(&account) as i128;
    let numbers = 4;
    for number in 1..=numbers {
        let batch = |more: u32| {
            let stake = u128::from(own_coins) + u128::from(10 * number + more);
            next_batch(&world, COPY, origin, stake * COIN)
        };
        let (first, second) = (batch(0), batch(1));
        send(&mut world, &mut (0..few), &first);
        world.pass(10);
        let applied = world.registry(COPY, origin).last_hash;
        assert_eq!(applied, *first.inner().repr_hash());
        send(&mut world, &mut (few..origin).chain([-1]), &second);
        world.pass(60);
        let applied = world.registry(COPY, origin).last_hash;
        assert_eq!(applied, *second.inner().repr_hash());
    }
    let lost_nano = (begin - world.balance(&account) as i128) / i128::from(numbers);
    // each other copy gets one proposal, and some of them take a batch back
    Forked {
        lost_nano,
        lost_by_all_nano: lost_nano * i128::from(few),
        paid_nano: i128::from(origin) * propose_nano as i128,
    }
}

#[test]
fn batches_taken_back_cost_no_more_than_is_documented() {
    for (workchains, brings, most_nano) in [
        (7, false, 450_000_000),
        (7, true, 810_000_000),
        (23, false, 700_000_000),
        (23, true, 3_000_000_000),
    ] {
        let forked = taken_back(workchains, brings);
        println!("{workchains} workchains, brought {brings}: {forked:?}");
        assert!(forked.lost_nano <= most_nano, "{forked:?}");
        // the masterchain's relays are paid once, and their effect lasts
        assert!(
            brings || forked.lost_by_all_nano < forked.paid_nano,
            "{forked:?}"
        );
    }
}

/// The batches of so many numbers come in reverse order.
fn reversed(workchains: usize, run: u32) -> i128 {
    let mut world = world(workchains);
    let others = others(&world);
    gained_nano(&mut world, COPY, 20, |world| {
        for first in (1..=20).step_by(run as usize) {
            let mut batches: Vec<Lazy<Batch>> = Vec::new();
            for place in 0..run {
                let mut next = batch(world, 10 * (first + place))
                    .load()
                    .expect("it parses");
                if let Some(last) = batches.last() {
                    next.seqno += place;
                    next.previous = *last.inner().repr_hash();
                }
                batches.push(Lazy::new(&next).expect("a batch can be encoded"));
            }
            for batch in batches.iter().rev() {
                propose(world, &others, batch);
                world.pass(2);
            }
            world.pass(20);
        }
    })
}

#[test]
fn reversed_proposals_cost_no_more_than_is_documented() {
    for (workchains, run) in [(3, 1), (3, 5), (7, 1), (7, 20), (23, 1), (23, 20)] {
        let gained_nano = reversed(workchains, run);
        println!("{workchains} workchains, {run} in reverse: {gained_nano} nano a batch");
        let most_nano = if run == 1 { 0 } else { 40_000_000 };
        assert!(-gained_nano <= most_nano, "{gained_nano}");
    }
}

/// All but the masterchain's copy get the batches: that copy asks for each.
fn withheld(workchains: usize) -> i128 {
    let mut world = world(workchains);
    let others: Vec<_> = (others(&world).into_iter()).filter(|&to| to >= 0).collect();
    gained_nano(&mut world, -1, 12, |world| {
        for number in 1..=12 {
            let batch = batch(world, 10 * number);
            propose(world, &others, &batch);
            world.pass(25);
        }
    })
}

#[test]
fn withheld_batches_cost_the_masterchains_copy_what_is_documented() {
    for workchains in [4, 7, 23] {
        let gained_nano = withheld(workchains);
        println!("{workchains} workchains: {gained_nano} nano a number");
        assert!(-gained_nano <= 62_000_000, "{gained_nano}");
    }
}
