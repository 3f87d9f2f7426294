//! A captured chain votes for nonexistent batches under applied numbers. Each copy processes that once, not with
//! every later change: otherwise a few coins' worth of false votes would empty all copies.

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{Batch, BatchNumber, BatchVote, Claim, Propose, Relay, Vote};
use ddvs_network_tests::captured::{base_naming, bring, made_up, next_batch, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Lazy};

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

/// A world where a user on each chain can stake.
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

/// Contents under the last 8 numbers of five origins.
#[derive(Clone, Copy, PartialEq)]
enum Lies {
    Nothing,
    /// A vote for what does not exist.
    Votes,
    /// And a batch for that vote, whose base names what never comes.
    Batches,
    /// One whose base names the next batch of each chain.
    BatchesOfNext,
}

/// A world where a captured chain has sent the copy false votes: the masterchain, whose vote is free under every
/// number, as a captured workchain's is under all but its own.
fn lied(codes: Codes, lies: Lies) -> World {
    let mut world = world(codes);
    let chains: Vec<i8> = (0..WORKCHAINS).collect();
    for _ in 0..9 {
        stake(&mut world, &chains);
    }
    let withheld = world.registry(COPY, WORKCHAINS - 1).seqno + 200;
    for origin in (0..WORKCHAINS - 1).filter(|&origin| lies != Lies::Nothing && origin != COPY) {
        let last = world.registry(COPY, origin).seqno;
        for seqno in last - 7..=last {
            let mut batch: Batch = made_up(origin, seqno, 9).load().unwrap();
            batch.base = match lies {
                Lies::BatchesOfNext => base_of_next(&world),
                _ => base_naming(WORKCHAINS - 1, withheld),
            };
            let batch = Lazy::new(&batch).unwrap();
            let vote = Vote::one(BatchVote {
                origin,
                seqno,
                batch_hash: match lies {
                    Lies::Votes => HashBytes([9; 32]),
                    _ => *batch.inner().repr_hash(),
                },
            });
            say(&mut world, -1, COPY, &vote);
            if lies != Lies::Votes {
                say(&mut world, -1, COPY, &Relay { batch });
            }
        }
        world.settle();
    }
    world
}

/// Gas that the copy takes for one honest batch, and for one of each other chain.
fn gas_of_honest_batches(codes: Codes, lies: Lies) -> [u64; 2] {
    let mut world = lied(codes, lies);
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
    let own = world.transactions_since(cursor, COPY);
    own.iter().map(|transaction| transaction.gas_used()).sum()
}

#[test]
fn standing_lies_do_not_multiply_the_gas_of_honest_batches() {
    let honest = gas_of_honest_batches(Codes::default(), Lies::Nothing);
    let times = |codes: Codes, lies: Lies| {
        let lied = gas_of_honest_batches(codes, lies);
        println!("gas of one batch and of six: {honest:?}, with lies {lied:?}");
        [0, 1].map(|place| lied[place] as f64 / honest[place] as f64)
    };
    for lies in [Lies::Votes, Lies::Batches] {
        let [one, six] = times(Codes::default(), lies);
        assert!(one < 1.7 && six < 1.4, "{one} and {six} times");
    }
    for (mutant, lies) in [
        ("copies-always-look-back", Lies::Batches),
        ("copies-wait-for-what-never-comes", Lies::Batches),
    ] {
        let [one, _] = times(codes("delector", mutant), lies);
        assert!(one > 4.0, "{mutant}: {one} times");
    }
}

/// A base that names the batch after the last one that the copy has applied of each chain.
fn base_of_next(world: &World) -> Cell {
    let mut builder = CellBuilder::new();
    for chain in world.chains() {
        let seqno = world.registry(COPY, chain).seqno;
        builder.store_u8(chain.cast_unsigned()).unwrap();
        builder.store_u32(seqno + u32::from(chain >= 0)).unwrap();
    }
    builder.build().unwrap()
}

/// Returns the copy's gas for one batch of each chain, one after another, in the order in which the false votes name
/// them.
fn gas_of_a_round(codes: Codes, lies: Lies) -> u64 {
    let mut world = lied(codes, lies);
    (0..WORKCHAINS)
        .map(|chain| gas_of(&mut world, &[chain]))
        .sum()
}

/// The batches that a base names arrive one by one. That alone is no reason to decide again: something of the base is
/// missing until the last has arrived.
#[test]
fn arrival_of_one_batch_of_a_base_does_not_decide_again() {
    let of_votes = gas_of_a_round(Codes::default(), Lies::Votes);
    let gas = gas_of_a_round(Codes::default(), Lies::BatchesOfNext);
    let codes = codes("delector", "arrivals-are-always-looked-at");
    let lax = gas_of_a_round(codes, Lies::BatchesOfNext);
    println!(
        "gas of a batch of each chain beside lies: {of_votes}; if they name these, {gas}, or {lax} if all is decided again"
    );
    assert!(2 * gas < lax, "{gas}, {lax}");
    // eight numbers of five origins; a workchain's gas costs 1,000 nano
    let params = world(Codes::default()).params(COPY);
    let brought = 40 * (params.vote_value_nano.get() + params.relay_value_nano(1));
    assert!(1_000 * (gas - of_votes) < brought, "{gas} for {brought}");
}

/// Returns the copy's gas for ten claims of other bases for one made-up content, one a block: under the next number,
/// or beside an applied content.
fn gas_of_claims(codes: Codes, applied: bool) -> u64 {
    let lies = if applied {
        Lies::Batches
    } else {
        Lies::Nothing
    };
    let mut world = lied(codes, lies);
    let seqno = world.registry(COPY, 0).seqno + u32::from(!applied);
    if !applied {
        for (from, mark) in [(-1, 9), (WORKCHAINS - 1, 7)] {
            bring(&mut world, from, COPY, &made_up(0, seqno, mark));
        }
        world.settle();
    }
    let number = BatchNumber { origin: 0, seqno };
    let known = world.storage(COPY).known_contents().unwrap();
    let made_up = (known.iter()).find(|known| known.number == number && !known.is_applied);
    let content = made_up.unwrap().id;
    let cursor = world.net.cursor().unwrap();
    for mark in 0..10 {
        let claim = Claim {
            origin: 0,
            seqno,
            content,
            base: base_naming(0, mark),
        };
        say(&mut world, -1, COPY, &claim);
        world.settle();
    }
    let own = world.transactions_since(cursor, COPY);
    own.iter().map(|transaction| transaction.gas_used()).sum()
}

/// A claim is weighed alone, and only one that may change something wakes the copy. It carries the value of a
/// proposal, and costs no more.
#[test]
fn a_claim_that_changes_nothing_costs_less_than_it_brings() {
    let params = world(Codes::default()).params(COPY);
    let brought = 10 * params.peer_value_nano / 1_000;
    for applied in [false, true] {
        let gas = gas_of_claims(Codes::default(), applied);
        let lax = gas_of_claims(codes("delector", "claims-wake-for-nothing"), applied);
        println!("{gas} gas for claims that brought {brought}, or {lax} if all is looked at");
        assert!(3 * gas < brought && 3 * gas < 2 * lax, "{gas}, {lax}");
    }
}

/// Returns the copy's gas for one honest batch before a captured origin sends each chain another batch, and for three
/// after that.
fn gas_beside_what_is_never_decided(codes: Codes) -> [u64; 4] {
    let mut world = world(codes);
    let before = gas_of(&mut world, &[0]);
    let liar = WORKCHAINS - 1;
    for to in world.chains().into_iter().filter(|&to| to != liar) {
        let stake_nano = (20_002 + u128::from(to.unsigned_abs())) * COIN;
        let batch = next_batch(&world, to, liar, stake_nano);
        say(&mut world, liar, to, &Propose { batch });
    }
    world.settle();
    assert_eq!(world.registry(COPY, liar).seqno, 0);
    let after = [(); 3].map(|()| gas_of(&mut world, &[0]));
    [before, after[0], after[1], after[2]]
}

/// The number is never decided. What the votes for each content lack is known, and nothing is processed again before
/// that much stake has moved.
#[test]
fn undecided_number_does_not_raise_the_gas_of_batches() {
    let gas = gas_beside_what_is_never_decided(Codes::default());
    println!("gas of one batch, then of three beside a number that is never decided: {gas:?}");
    let [before, .., after] = gas;
    assert!(10 * after < 11 * before, "{gas:?}");
    for mutant in [
        "copies-weigh-what-is-stuck-with-every-change",
        "copies-never-sleep",
    ] {
        let [.., lax] = gas_beside_what_is_never_decided(codes("delector", mutant));
        assert!(10 * lax > 11 * before, "{mutant}: {lax}, else {gas:?}");
    }
}

/// Messages about next numbers.
#[derive(Clone, Copy, PartialEq)]
enum Interference {
    Nothing,
    /// A made-up batch under the next number of each of five other origins.
    OfOthers,
    /// A batch of a captured origin that no copy takes.
    Refused,
}

/// Gas that the copy takes for one honest batch after that.
fn gas_beside_interference(codes: Codes, interference: Interference) -> u64 {
    let mut world = world(codes);
    match interference {
        Interference::Nothing => {}
        Interference::OfOthers => {
            for origin in 2..WORKCHAINS {
                bring(&mut world, -1, COPY, &made_up(origin, 1, 9));
            }
        }
        Interference::Refused => {
            // a validator cannot have so little
            let batch = next_batch(&world, COPY, WORKCHAINS - 1, 1);
            say(&mut world, WORKCHAINS - 1, COPY, &Propose { batch });
        }
    }
    world.settle();
    // missing data are found out once
    for _ in 0..3 {
        gas_of(&mut world, &[0]);
    }
    gas_of(&mut world, &[0])
}

/// A chain that does nothing has the same next number for long.
#[test]
fn lies_about_next_numbers_do_not_raise_the_gas_of_batches() {
    let gas = |said| gas_beside_interference(Codes::default(), said);
    let honest = gas(Interference::Nothing);
    for (said, mutant) in [
        (Interference::OfOthers, "copies-never-sleep"),
        (Interference::Refused, "refused-contents-stay-awake"),
    ] {
        let (lied, lax) = (
            gas(said),
            gas_beside_interference(codes("delector", mutant), said),
        );
        println!("gas of one batch: {honest}, beside what is said {lied}, or {lax} with {mutant}");
        assert!(10 * lied < 11 * honest, "{mutant}: {lied}, else {honest}");
        assert!(10 * lax > 11 * honest, "{mutant}: {lax}, else {honest}");
    }
}
