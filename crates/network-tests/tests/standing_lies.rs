//! A captured chain votes for what does not exist under numbers that are applied. Each copy looks at that once, not with every
//! change that comes after it: else a few coins' worth of lies would empty all copies.
#![allow(clippy::unwrap_used)] // a failed helper is a failed test

use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Claim, ContentId, Propose, Vote};
use ddvs_network_tests::captured::{base_naming, next_batch, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{Cell, CellBuilder, HashBytes};

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

/// What stands under the last 8 numbers of five origins.
#[derive(Clone, Copy, PartialEq)]
enum Lies {
    Nothing,
    /// A vote for what does not exist.
    Votes,
    /// And a claim of a base for it that names what never comes.
    Claims,
    /// And one of a base that names the next batch of each chain.
    ClaimsOfNext,
}

/// A world where somebody has lied to the copy: the masterchain, whose vote is free under every number, as a captured workchain's is under
/// all but its own.
fn lied(codes: Codes, lies: Lies) -> World {
    let mut world = world(codes);
    let chains: Vec<i8> = (0..WORKCHAINS).collect();
    for _ in 0..9 {
        stake(&mut world, &chains);
    }
    let value_nano = u128::from(world.params(COPY).vote_value_nano.get());
    let (from, to) = (world.delector(-1), world.delector(COPY));
    let withheld = world.registry(COPY, WORKCHAINS - 1).seqno + 200;
    for origin in (0..WORKCHAINS - 1).filter(|&origin| lies != Lies::Nothing && origin != COPY) {
        let last = world.registry(COPY, origin).seqno;
        for seqno in last - 7..=last {
            let lie = Vote::one(BatchVote {
                origin,
                seqno,
                batch_hash: HashBytes([9; 32]),
            });
            world.inject_with(from.address(), to.address(), &lie, value_nano);
            let claim = Claim {
                origin,
                seqno,
                content: ContentId([9; 27]),
                base: match lies {
                    Lies::ClaimsOfNext => base_of_next(&world),
                    _ => base_naming(WORKCHAINS - 1, withheld),
                },
            };
            if matches!(lies, Lies::Claims | Lies::ClaimsOfNext) {
                world.inject_with(from.address(), to.address(), &claim, value_nano);
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
fn lies_are_not_looked_at_with_every_change() {
    let honest = gas_of_honest_batches(Codes::default(), Lies::Nothing);
    let times = |codes: Codes, lies: Lies| {
        let lied = gas_of_honest_batches(codes, lies);
        println!("gas of one batch and of six: {honest:?}, with lies {lied:?}");
        [0, 1].map(|place| lied[place] as f64 / honest[place] as f64)
    };
    for lies in [Lies::Votes, Lies::Claims] {
        let [one, six] = times(Codes::default(), lies);
        assert!(one < 1.7 && six < 1.4, "{one} and {six} times");
    }
    for (mutant, lies) in [
        ("copies-always-look-back", Lies::Votes),
        ("copies-wait-for-what-never-comes", Lies::Claims),
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

/// Gas that the copy takes for one batch of each chain, one after another, in the order in which the lies name them.
fn gas_of_a_round(codes: Codes, lies: Lies) -> u64 {
    let mut world = lied(codes, lies);
    (0..WORKCHAINS)
        .map(|chain| gas_of(&mut world, &[chain]))
        .sum()
}

/// What a base names comes one by one. That alone is no reason to decide again: something of the base is missing until the last has come.
#[test]
fn what_comes_is_weighed_by_itself() {
    let of_votes = gas_of_a_round(Codes::default(), Lies::Votes);
    let gas = gas_of_a_round(Codes::default(), Lies::ClaimsOfNext);
    let codes = codes("delector", "arrivals-are-always-looked-at");
    let lax = gas_of_a_round(codes, Lies::ClaimsOfNext);
    println!(
        "gas of a batch of each chain beside lies: {of_votes}; if they name these, {gas}, or {lax} if all is decided again"
    );
    assert!(2 * gas < lax, "{gas}, {lax}");
}

/// What the copy loses, in nano, by ten claims of other bases for one content that is known, one a block: under the next number, or
/// the one that is applied.
fn lost_by_claims(codes: Codes, lies: Lies, applied: bool) -> i128 {
    let mut world = lied(codes, lies);
    let value_nano = u128::from(world.params(COPY).vote_value_nano.get());
    let (from, to) = (world.delector(-1), world.delector(COPY));
    let registry = world.registry(COPY, 0);
    let seqno = registry.seqno + u32::from(!applied);
    let mut hash = registry.last_hash;
    if !applied {
        hash = HashBytes([7; 32]);
        let vote = Vote::one(BatchVote {
            origin: 0,
            seqno,
            batch_hash: hash,
        });
        world.inject_with(from.address(), to.address(), &vote, value_nano);
        world.settle();
    }
    let before = world.balance(to.address());
    for mark in 0..10 {
        let claim = Claim {
            origin: 0,
            seqno,
            content: ContentId::of(&hash),
            base: base_naming(0, mark),
        };
        world.inject_with(from.address(), to.address(), &claim, value_nano);
        world.settle();
    }
    before as i128 - world.balance(to.address()) as i128
}

/// A claim is weighed by itself, and only one that may change something wakes the copy up.
#[test]
fn a_claim_that_changes_nothing_costs_little_more_than_it_brings() {
    let brought = 10 * 24_000_000;
    for (lies, applied) in [
        (Lies::Nothing, false),
        (Lies::Votes, true),
        (Lies::Claims, true),
    ] {
        let lost = lost_by_claims(Codes::default(), lies, applied);
        println!("{lost} nano lost by claims that brought {brought}");
        assert!(2 * lost < 3 * brought, "{lost}");
    }
    let lost = lost_by_claims(
        codes("delector", "claims-wake-for-nothing"),
        Lies::Votes,
        true,
    );
    assert!(2 * lost > 3 * brought, "{lost}");
}

/// Gas that the copy takes for one honest batch before a captured origin tells each chain another batch, and for three after that.
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

/// Nobody ever decides. What the votes for each content lack is known, and nothing is looked at again before as much has moved.
#[test]
fn what_is_never_decided_is_not_looked_at_with_every_change() {
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

/// What is said of next numbers.
#[derive(Clone, Copy, PartialEq)]
enum Said {
    Nothing,
    /// A vote for what does not exist, under the next number of each of five other origins.
    OfOthers,
    /// The same under the copy's own next number.
    OfItsOwn,
    /// A batch of a captured origin that no copy takes.
    Refused,
}

/// Gas that the copy takes for one honest batch after that.
fn gas_beside_what_is_said(codes: Codes, said: Said) -> u64 {
    let mut world = world(codes);
    let lie = |origin| {
        Vote::one(BatchVote {
            origin,
            seqno: 1,
            batch_hash: HashBytes([9; 32]),
        })
    };
    match said {
        Said::Nothing => {}
        Said::OfOthers => {
            (2..WORKCHAINS).for_each(|origin| say(&mut world, -1, COPY, &lie(origin)))
        }
        Said::OfItsOwn => say(&mut world, -1, COPY, &lie(COPY)),
        Said::Refused => {
            // a validator cannot have so little
            let batch = next_batch(&world, COPY, WORKCHAINS - 1, 1);
            say(&mut world, WORKCHAINS - 1, COPY, &Propose { batch });
        }
    }
    world.settle();
    // what is lacking is found out once
    for _ in 0..3 {
        gas_of(&mut world, &[0]);
    }
    gas_of(&mut world, &[0])
}

/// A chain that does nothing has the same next number for long.
#[test]
fn what_is_said_of_next_numbers_is_not_looked_at_with_every_change() {
    let gas = |said| gas_beside_what_is_said(Codes::default(), said);
    let honest = gas(Said::Nothing);
    for (said, mutant) in [
        (Said::OfOthers, "copies-never-sleep"),
        (
            Said::OfItsOwn,
            "what-others-say-of-an-own-number-stays-awake",
        ),
        (Said::Refused, "refused-contents-stay-awake"),
    ] {
        let (lied, lax) = (
            gas(said),
            gas_beside_what_is_said(codes("delector", mutant), said),
        );
        println!("gas of one batch: {honest}, beside what is said {lied}, or {lax} with {mutant}");
        assert!(10 * lied < 11 * honest, "{mutant}: {lied}, else {honest}");
        assert!(10 * lax > 11 * honest, "{mutant}: {lax}, else {honest}");
    }
}
