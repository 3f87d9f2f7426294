//! A copy processes what waits in the order of the origins. Messages about earlier origins' numbers take gas, and its
//! own batch may take nearly a whole transaction: then it gets one.

use ddvs_client::received;
use ddvs_client::{Backend, ChainId};
use ddvs_contracts::Codes;
use ddvs_contracts::messages::{BatchVote, Message, Proceed, Vote};
use ddvs_network_tests::captured::say;
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

/// As in `rank_depth.rs`: these fall from the bottom of one of the ranking's dictionaries, which are `bits` deep, to that of the other.
const MOVERS: usize = 11;
const LEAST: u128 = 8 << 44;
/// The last of the workchains: all others' numbers come before its own.
const OWN: ChainId = 6;
/// Numbers of an origin that a copy has applied and still listens to.
const MEMORY: u32 = 8;

fn target(bits: usize, index: usize) -> u128 {
    match index {
        above if above < bits => LEAST + (1 << above),
        below if below < 2 * bits => LEAST - 1 - (1 << (below - bits)),
        _ => LEAST,
    }
}

fn world(codes: Codes, bits: usize) -> World {
    let (all, members) = (2 * bits + MOVERS, (bits + MOVERS) as u16);
    let mut stakes = vec![vec![1_000_000; 3]; OWN as usize];
    stakes.push(vec![100_000; all]);
    let mut shape = Shape::with_stakes(stakes);
    shape.codes = codes;
    shape.people = 30;
    shape.limits.max_batch = 8;
    (shape.limits.max_validators, shape.limits.main_validators) = (members, members);
    let mut world = World::new(&shape);
    for index in 0..all {
        let validator = world.validator(OWN, index);
        world.deposit(&validator.owner, 100_000 * COIN);
        let more = target(bits, index) - 100_000 * COIN;
        world.stake(&validator.owner, &validator.root, more);
    }
    for chain in 0..OWN {
        let who = world.person(chain, 0);
        world.deposit(&who, 10_000 * COIN);
    }
    for _ in 0..MEMORY {
        for chain in 0..OWN {
            let (who, root) = (world.person(chain, 0), world.validator(chain, 0).root);
            let stake = world.stake_message(&who, &root, 10 * COIN);
            world.send(&who, &[stake]);
        }
        world.settle();
    }
    world
}

/// Some movers request a little less, at the same time.
fn move_on(world: &mut World, bits: usize, places: std::ops::Range<usize>) {
    for place in places {
        let validator = world.validator(OWN, 2 * bits + place);
        let (wallet, id) = (world.wallet(&validator.owner), world.query_id());
        let (less, value) = (4 + 2 * place as u128, world.change_value(OWN));
        let unstake = wallet.unstake(validator.root.address(), less, value, id);
        world.send(&validator.owner, &[unstake.unwrap()]);
    }
}

/// The batch in flight.
fn in_flight(world: &World) -> BatchVote {
    let pending = world.storage(OWN).pending;
    let mut told = pending
        .counted()
        .map(Result::unwrap)
        .filter(|(_, content)| content.told);
    let batch = told.next().unwrap().1.batch.unwrap();
    BatchVote {
        origin: OWN,
        seqno: world.registry(OWN, OWN).seqno + 1,
        batch_hash: *batch.inner().repr_hash(),
    }
}

/// Whether a full batch of its own is applied, and whether any transaction that processes waiting contents ran out of gas.
fn is_applied(codes: Codes, bits: usize) -> (bool, bool) {
    let (is_applied, looks, succeeded) = looked_at(codes, bits);
    (is_applied, succeeded < looks)
}

/// Whether a full batch of its own is applied, how often the copy processed waiting contents for that, and how many of these
/// transactions did not run out of gas.
fn looked_at(codes: Codes, bits: usize) -> (bool, usize, usize) {
    let mut world = world(codes, bits);
    for chain in 0..OWN {
        world.silence(chain);
    }
    move_on(&mut world, bits, 0..1);
    assert!(world.wait_for(200, |world| world.local(OWN).in_flight));
    let first = in_flight(&world);
    move_on(&mut world, bits, 1..MOVERS);
    let all_wait = |world: &World| world.local(OWN).tail == world.local(OWN).head + MOVERS as u32;
    assert!(world.wait_for(200, all_wait));
    for voter in 0..4 {
        say(&mut world, voter, OWN, &Vote::one(first));
    }
    assert!(world.wait_for(200, |world| world.registry(OWN, OWN).seqno == first.seqno));
    world.pass(3);
    let second = in_flight(&world);
    // evidence may come before it is applied: what a removal takes is no matter of this batch
    let culprit = world.validator(OWN, 0);
    let evidence = world.double_vote(&culprit.key, OWN, 5);
    let (value_nano, id) = (world.change_value(OWN), world.query_id());
    let submit = world
        .delector(OWN)
        .submit_evidence(&evidence, value_nano, id);
    world.send(&culprit.owner, &[submit.unwrap()]);
    assert!(world.wait_for(20, |world| {
        !world.local(OWN).rare().unwrap().removals.is_empty()
    }));
    let cursor = world.net.cursor().unwrap();
    // the masterchain is captured, and says something under all numbers that are still open
    let lies = (0..OWN).flat_map(|origin| {
        (1..=MEMORY).map(move |seqno| BatchVote {
            origin,
            seqno,
            batch_hash: HashBytes([9; 32]),
        })
    });
    let lies: Vec<_> = lies.collect();
    for together in lies.chunks(8) {
        let lies = Vote::of(together).unwrap();
        say(&mut world, -1, OWN, &lies);
    }
    // the others vote for its batch, and in the same message for one of another origin
    let other = BatchVote {
        origin: OWN - 1,
        seqno: MEMORY + 1,
        batch_hash: HashBytes([7; 32]),
    };
    for voter in 0..4 {
        say(&mut world, voter, OWN, &Vote::of(&[second, other]).unwrap());
    }
    world.pass(30);
    let own = world.transactions_since(cursor, OWN);
    let looks = own
        .iter()
        .filter(|own| received::with_body(own, |op, _| Some(op)) == Some(Proceed::OP));
    let looks: Vec<_> = looks.collect();
    let succeeded = looks.iter().filter(|look| look.succeeded()).count();
    let is_applied = world.registry(OWN, OWN).seqno >= second.seqno;
    (is_applied, looks.len(), succeeded)
}

#[test]
fn own_batch_gets_a_transaction_with_enough_gas() {
    assert_eq!(is_applied(Codes::default(), 43), (true, false));
}

#[test]
fn later_evidence_does_not_delay_the_own_batch() {
    assert_eq!(is_applied(Codes::default(), 25), (true, false));
    let (is_applied, _) = is_applied(codes("delector", "later-evidence-holds-a-batch-up"), 25);
    assert!(!is_applied);
}

/// Its grade is found once; the batch nevertheless waits for gas.
#[test]
fn own_batch_stays_awake_while_it_waits_for_gas() {
    let (is_applied, looks, _) = looked_at(Codes::default(), 25);
    assert!(is_applied);
    let (is_applied, more, _) = looked_at(codes("delector", "own-batches-have-less-gas"), 25);
    assert!(is_applied && more > looks, "{more}, {looks}");
}
