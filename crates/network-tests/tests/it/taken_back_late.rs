//! One vote decides against a batch that a copy has applied, after all that was named under its number is to be weighed anew, with seven more
//! batches applied on top. Weighing leaves the gas that taking back eight batches needs.

use ddvs_client::ChainId;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Propose, Relay, Vote};
use ddvs_network_tests::captured::{made_up, next_batch, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::registries::flipped;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{CellBuilder, HashBytes, Lazy};

/// Honest, with the copy that is looked at: they hold 51% together.
const HONEST: ChainId = 0;
const COPY: ChainId = 1;
/// Captured: it tells eight batches to that copy alone.
const ORIGIN: ChainId = 2;
/// Captured: a batch of it is taken back, so that all that rests is to be weighed anew.
const FORKS: ChainId = 3;
/// Captured, with little stake: these and the masterchain name something under the numbers, too.
const LIGHT: std::ops::Range<i8> = 4..23;
/// Batches that can be taken back.
const MEMORY: u32 = 8;
/// How many of the light ones name something under the first number, and how many of these bring a batch for it.
#[derive(Clone, Copy, Debug)]
struct Lies {
    liars: usize,
    brought: usize,
}

fn vote(origin: ChainId, seqno: u32, batch_hash: HashBytes) -> BatchVote {
    BatchVote {
        origin,
        seqno,
        batch_hash,
    }
}

fn world(codes: Codes) -> World {
    let mut stakes = vec![
        vec![3_600_000],
        vec![1_500_000],
        vec![2_200_000],
        vec![1_800_000],
    ];
    stakes.extend(vec![vec![47_000]; LIGHT.len()]);
    let mut shape = Shape::with_stakes(stakes);
    shape.limits.min_validators = 1;
    shape.limits.churn_bp = 6_000;
    shape.codes = codes;
    let mut world = World::new(&shape);
    let others = (0..LIGHT.end).filter(|&chain| chain != COPY);
    others.for_each(|chain| world.silence(chain));
    world
}

/// The copy applies what the captured origin tells to it alone. Returns the hashes.
fn apply_all(world: &mut World) -> Vec<HashBytes> {
    let mut hashes = Vec::new();
    for seqno in 1..=MEMORY {
        let stake = (2_200_009 + u128::from(seqno)) * COIN;
        let batch = next_batch(world, COPY, ORIGIN, stake);
        let hash = *batch.inner().repr_hash();
        hashes.push(hash);
        say(world, ORIGIN, COPY, &Propose { batch });
        say(world, FORKS, COPY, &Vote::one(vote(ORIGIN, seqno, hash)));
        world.pass(6);
        assert_eq!(world.registry(COPY, ORIGIN).seqno, seqno);
    }
    hashes
}

/// A batch for the first number whose base names what the copy has applied since.
fn made_up_batch(world: &World, mark: u32) -> Lazy<ddvs_contracts::messages::Batch> {
    let mut batch = made_up(ORIGIN, 1, mark).load().unwrap();
    let mut base = CellBuilder::new();
    for chain in world.chains() {
        base.store_u8(chain.cast_unsigned()).unwrap();
        base.store_u32(u32::from(chain == ORIGIN)).unwrap();
    }
    batch.base = base.build().unwrap();
    Lazy::new(&batch).unwrap()
}

/// Lies under all these numbers, near the applied contents, so that the ways to them are long.
fn lie(world: &mut World, hashes: &[HashBytes], lies: Lies) {
    let copy = world.delector(COPY).address().clone();
    for (number, &hash) in hashes.iter().enumerate().rev() {
        for (place, from) in LIGHT.chain([-1]).enumerate() {
            let seqno = number as u32 + 1;
            if seqno > 1 || (lies.brought..lies.liars).contains(&place) {
                let lie = vote(ORIGIN, seqno, flipped(hash, 8 + 5 * place));
                say(world, from, COPY, &Vote::one(lie));
            } else if place < lies.brought {
                let batch = made_up_batch(world, place as u32);
                let lie = vote(ORIGIN, 1, *batch.inner().repr_hash());
                say(world, from, COPY, &Vote::one(lie));
                let from = world.delector(from).address().clone();
                world.inject_with(&from, &copy, &Relay { batch }, 10 * COIN);
            }
        }
        world.pass(10);
    }
    for seqno in [9, 10, 17, 33, 65, 129] {
        let ahead = vote(ORIGIN, seqno, hashes[0]);
        say(world, -1, COPY, &Vote::one(ahead));
    }
    for origin in [0, 3, 6] {
        let beside = vote(origin, 2, hashes[0]);
        say(world, -1, COPY, &Vote::one(beside));
    }
}

/// A batch of another captured chain is applied, and taken back.
fn fork(world: &mut World) {
    let batch = next_batch(world, COPY, FORKS, 1_800_010 * COIN);
    let hash = *batch.inner().repr_hash();
    say(world, FORKS, COPY, &Propose { batch });
    say(world, ORIGIN, COPY, &Vote::one(vote(FORKS, 1, hash)));
    world.pass(20);
    assert_eq!(world.registry(COPY, FORKS).seqno, 1);
    let other = vote(FORKS, 1, HashBytes([0x77; 32]));
    say(world, HONEST, COPY, &Vote::one(other));
    world.pass(20);
    assert_eq!(world.registry(COPY, FORKS).seqno, 0);
}

/// The most gas of a transaction once the honest chain votes, alone or for another number besides; `None` if one failed. Before that a batch of
/// another chain is taken back.
fn most_gas(codes: Codes, lies: Lies, together: bool) -> Option<u64> {
    let mut world = world(codes);
    let hashes = apply_all(&mut world);
    lie(&mut world, &hashes, lies);
    fork(&mut world);
    let cursor = ddvs_client::Backend::cursor(&world.net).unwrap();
    let decides = vote(ORIGIN, 1, flipped(hashes[0], 8 + 5 * 21));
    let beside = vote(LIGHT.end - 1, 1, hashes[0]);
    let said = match together {
        true => Vote::of(&[decides, beside]).unwrap(),
        false => Vote::one(decides),
    };
    say(&mut world, HONEST, COPY, &said);
    world.pass(20);
    let own = world.transactions_since(cursor, COPY);
    let most = own.iter().map(|own| own.gas_used()).max();
    own.iter().all(|own| own.succeeded()).then_some(most?)
}

#[test]
fn weighing_leaves_enough_gas_to_undo_eight_batches() {
    for (liars, brought) in [(11, 8), (12, 12), (18, 2), (18, 9), (20, 17), (20, 20)] {
        for together in [false, true] {
            let lies = Lies { liars, brought };
            let most = most_gas(Codes::default(), lies, together);
            assert!(most.is_some_and(|gas| gas < 900_000), "{lies:?}, {most:?}");
        }
    }
    let spends_it = codes("delector", "weighing-takes-the-gas-of-taking-back");
    let lies = Lies {
        liars: 20,
        brought: 20,
    };
    assert_eq!(most_gas(spends_it, lies, true), None);
}
