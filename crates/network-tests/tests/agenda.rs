//! What contents wait for is forgotten with them: a captured chain could else fill every copy with batches that never come.
#![allow(clippy::unwrap_used)] // a failed helper is a failed test

use ddvs_client::Backend;
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Claim, ContentId, Vote};
use ddvs_network_tests::captured::{base_naming, say};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

/// The copy that is looked at.
const COPY: i8 = 1;
/// Whose numbers are lied about.
const ORIGIN: i8 = 0;
/// Whose batches never come.
const SILENT: i8 = 2;

fn stake(world: &mut World) {
    let (who, root) = (world.person(ORIGIN, 0), world.validator(ORIGIN, 0).root);
    let stake = world.stake_message(&who, &root, 10 * COIN);
    world.send(&who, &[stake]);
    world.pass(20);
}

/// How many batches are awaited by contents after a vote for what does not exist under a number that is applied, and claims that name what
/// never comes for it and for what is applied; and how many after nine more batches of the origin. What is applied is no more than applicable
/// where a third chain `is_silent`, else settled.
fn awaited(codes: Codes, is_silent: bool) -> [usize; 2] {
    let shape = Shape {
        codes,
        ..Shape::default()
    };
    let mut world = World::new(&shape);
    let who = world.person(ORIGIN, 0);
    if is_silent {
        world.silence(SILENT);
    }
    world.deposit(&who, 10_000 * COIN);
    stake(&mut world);
    let registry = world.registry(COPY, ORIGIN);
    let seqno = registry.seqno;
    let lie = HashBytes([9; 32]);
    let vote = Vote::one(BatchVote {
        origin: ORIGIN,
        seqno,
        batch_hash: lie,
    });
    say(&mut world, -1, COPY, &vote);
    world.pass(20);
    // one claims again and again
    let claims = [
        (-1, 100, lie),
        (SILENT, 200, lie),
        (-1, 100, registry.last_hash),
        (-1, 110, lie),
        (-1, 120, lie),
    ];
    for (from, ahead, hash) in claims {
        let claim = Claim {
            origin: ORIGIN,
            seqno,
            content: ContentId::of(&hash),
            base: base_naming(SILENT, ahead),
        };
        say(&mut world, from, COPY, &claim);
        world.pass(20);
    }
    let count = |world: &World| world.local(COPY).rare().unwrap().agenda.keys().count();
    let before = count(&world);
    for _ in 0..9 {
        stake(&mut world);
    }
    assert_eq!(world.registry(COPY, ORIGIN).seqno, seqno + 9);
    [before, count(&world)]
}

#[test]
fn what_is_forgotten_is_not_awaited() {
    assert_eq!(awaited(Codes::default(), true), [3, 0]);
    let kept = awaited(
        codes("delector", "what-is-forgotten-is-still-awaited"),
        true,
    );
    assert_eq!(kept, [3, 2]);
    let kept = awaited(
        codes("delector", "what-stays-for-good-is-still-awaited"),
        true,
    );
    assert_eq!(kept, [3, 1]);
}

/// Nothing is better than what is settled.
#[test]
fn what_is_settled_awaits_nothing() {
    assert_eq!(awaited(Codes::default(), false), [2, 0]);
    let more = awaited(codes("delector", "what-is-settled-is-still-weighed"), false);
    assert_eq!(more, [3, 0]);
}

#[test]
fn of_each_base_one_batch_is_awaited() {
    let codes = codes("delector", "what-was-claimed-before-is-still-awaited");
    let all = awaited(codes, true);
    assert_eq!(all, [5, 0]);
}

/// Gas of the last of many claims, one of each chain, that name what never comes for what does not exist under a number that is applied.
fn gas_of_the_last_claim(codes: Codes) -> u64 {
    let mut shape = Shape::with_stakes(vec![vec![20_000; 4]; 23]);
    shape.codes = codes;
    let mut world = World::new(&shape);
    let who = world.person(ORIGIN, 0);
    world.deposit(&who, 10_000 * COIN);
    stake(&mut world);
    let lie = BatchVote {
        origin: ORIGIN,
        seqno: world.registry(COPY, ORIGIN).seqno,
        batch_hash: HashBytes([9; 32]),
    };
    say(&mut world, -1, COPY, &Vote::one(lie));
    world.pass(20);
    let mut gas = 0;
    for from in 2..23_u8 {
        let claim = Claim {
            origin: ORIGIN,
            seqno: lie.seqno,
            content: ContentId::of(&lie.batch_hash),
            base: base_naming(SILENT, 10 * u32::from(from)),
        };
        let cursor = world.net.cursor().unwrap();
        say(&mut world, from.cast_signed(), COPY, &claim);
        world.pass(20);
        let own = world.transactions_since(cursor, COPY);
        gas = own.iter().map(|own| own.gas_used()).sum();
    }
    gas
}

/// A claim pays for one appointment, not for those of all others that claimed before.
#[test]
fn what_is_awaited_already_costs_nothing() {
    let gas = gas_of_the_last_claim(Codes::default());
    let again = gas_of_the_last_claim(codes("delector", "all-is-appointed-again"));
    println!("{gas} gas, {again} if all is appointed again");
    assert!(gas < 100_000 && again > 110_000, "{gas}, {again}");
}
