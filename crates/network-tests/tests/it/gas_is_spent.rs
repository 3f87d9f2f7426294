//! On 24 chains with registries of thousands of Roots, a queue can exceed the gas of one transaction. Closing a batch stops once
//! much gas is spent, and so does an origin that decides alone before it applies. Nothing is lost by that, and every change is
//! answered. The masterchain's copy is a special account with a separate limit.

use ddvs_client::Backend;
use ddvs_client::received;
use ddvs_contracts::messages::{CloseBatch, Message, Proceed};
use ddvs_contracts::{Codes, Reason};
use ddvs_network_tests::crowd::Crowd;
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{ConsensusKey, Shape, World};
use ddvs_zerostate::MAX_CHAINS;

/// A transaction of a workchain's copy stays below this.
const GAS_LIMIT: u64 = 1_000_000;
/// `ENOUGH_GAS` of `contracts/delector/gas.tolk`.
const ENOUGH_GAS: u64 = 350_000;
/// Exit code of the TVM when gas has run out.
const OUT_OF_GAS: i32 = -14;

/// 24 chains; those besides chain 0 have one validator each.
fn shape(codes: Codes, members: usize, stake: u64) -> Shape {
    let mut stakes = vec![vec![100_000]; MAX_CHAINS - 1];
    stakes[0] = vec![stake; members];
    let mut shape = Shape {
        stakes,
        people: 1,
        codes,
        ..Shape::default()
    };
    shape.limits.min_validators = 1;
    shape.limits.main_validators = shape.limits.max_validators;
    shape
}

/// Returns transactions of chain 0's copy since then by such a message: gas and exit code. No workchain's copy
/// exceeded the limit, and none failed except for lack of gas.
fn since(world: &World, cursor: u64, op: u32) -> Vec<(u64, i32)> {
    let blocks = world.net.blocks_since(cursor, usize::MAX).unwrap();
    let chains = world.chains().into_iter();
    let copies: Vec<_> = chains
        .map(|chain| world.delector(chain).address().clone())
        .collect();
    let (mut found, mut masterchain) = (Vec::new(), 0);
    for transaction in blocks.iter().flat_map(|block| &block.transactions) {
        if !copies.contains(&transaction.account) {
            continue;
        }
        let chain = transaction.account.workchain;
        let (gas, code) = (
            transaction.gas_used(),
            transaction.exit_code().unwrap_or_default(),
        );
        let may_fail = chain == 0 && code == OUT_OF_GAS;
        assert!(code == 0 || may_fail, "chain {chain}: exit code {code}");
        assert!(
            chain < 0 || code != 0 || gas < GAS_LIMIT,
            "chain {chain}: {gas}"
        );
        let is_it = received::with_body(transaction, |found, _| Some(found)) == Some(op);
        if chain == 0 && is_it {
            found.push((gas, code));
        }
        if chain < 0 {
            masterchain = gas.max(masterchain);
        }
    }
    println!("the masterchain's copy took {masterchain} gas at most");
    found
}

/// Whether gas ran out.
fn ran_out(spent: &[(u64, i32)]) -> bool {
    spent.iter().any(|&(_, code)| code == OUT_OF_GAS)
}

/// Returns how many stopped early: transactions that started nothing more once they had spent enough.
fn stopped(spent: &[(u64, i32)]) -> usize {
    spent.iter().filter(|&&(gas, _)| gas > ENOUGH_GAS).count()
}

/// Validators that ask for another key while a batch is in flight. Each key is looked for in 24 registries; those of the first half
/// are found, each on another chain. No more tickets are looked at when one batch is closed.
const ASKING: usize = 16;

struct Keys {
    world: World,
    new: Vec<ConsensusKey>,
    closings: Vec<(u64, i32)>,
}

fn is_taken(place: usize) -> bool {
    (1..=ASKING / 2).contains(&place)
}

/// The first change is a separate batch, and the others wait for it. Meanwhile the last chains register what some of them ask for.
fn many_new_keys(codes: Codes) -> Keys {
    let shape = shape(codes, 1 + ASKING, 100_000);
    let name = |place| format!("new key {place}");
    let new: Vec<_> = (0..=ASKING)
        .map(|place| ConsensusKey::new(shape.seed, &name(place)))
        .collect();
    let crowd = Crowd {
        keys: new.iter().map(ConsensusKey::public).collect(),
        validates: false,
    };
    let mut world = World::edited(&shape, |zerostate| crowd.join(zerostate));
    let cursor = world.net.cursor().unwrap();
    let ask = |world: &mut World, chain: i8, place: usize, key: &ConsensusKey| {
        let validator = world.validator(chain, place);
        let register = world.register_message(&validator.root, key);
        world.send(&validator.owner, &[register]);
    };
    let last = MAX_CHAINS as i8 - 2;
    // the others have no say here: they are silent, and save time
    for chain in 1..=last - (ASKING / 2) as i8 {
        world.silence(chain);
    }
    for (chain, key) in (0..=last).rev().zip(&new[1..=ASKING / 2]) {
        ask(&mut world, chain, 0, key);
    }
    assert!(world.wait_for(2 * MAX_CHAINS, |world| world.local(last).in_flight));
    world.pass(1);
    let waiting = |tail: usize| {
        move |world: &World| {
            let local = world.local(0);
            local.in_flight && (local.head, local.tail) == (0, tail as u32)
        }
    };
    for (place, key) in new.iter().enumerate() {
        if place == 1 + ASKING / 2 {
            assert!(world.wait_for(2 * MAX_CHAINS, waiting(place)));
        }
        ask(&mut world, 0, place, key);
    }
    assert!(world.wait_for(2 * MAX_CHAINS, waiting(new.len())));
    world.pass(12); // messages to silent chains wait for ever
    let closings = since(&world, cursor, CloseBatch::OP);
    Keys {
        world,
        new,
        closings,
    }
}

#[test]
fn a_batch_is_closed_before_gas_runs_out() {
    let Keys {
        world,
        new,
        closings,
    } = many_new_keys(Codes::default());
    println!("closings: {closings:?}");
    assert!(!ran_out(&closings));
    assert!(stopped(&closings) > 1);
    // what one closing may hold took several
    assert_eq!(usize::from(world.params(0).max_batch), ASKING / 2);
    assert!(world.registry(0, 0).seqno > 2);
    for (place, key) in new.iter().enumerate() {
        let validator = world.validator(0, place);
        let state = world.root_state(&validator.root);
        assert!(state.flight.is_none(), "{place} waits");
        let reason = is_taken(place).then_some(Reason::KeyTaken.code());
        assert_eq!(state.last_reason, reason, "{place}");
        let holds = if is_taken(place) { &validator.key } else { key };
        let entry = world.entry(&validator.root).unwrap();
        assert_eq!(entry.key, holds.public(), "{place}");
    }
    let local = world.local(0);
    assert_eq!((local.head, local.in_flight), (local.tail, false));
    world.check_replicas(&[-1, 0, MAX_CHAINS as i8 - 2]);
}

#[test]
fn mutant_that_closes_batches_whatever_the_gas_is_detected() {
    let keys = many_new_keys(codes("delector", "closing-ignores-gas"));
    println!("closings: {:?}", keys.closings);
    assert!(ran_out(&keys.closings));
    // all requests wait forever
    assert_eq!(keys.world.registry(0, 0).seqno, 1);
    assert!(
        keys.world
            .root_state(&keys.world.validator(0, 1).root)
            .flight
            .is_some()
    );
}

/// Number of validators accused at once, more than the largest batch can remove; chain 0 has more than half of all
/// stake, and decides alone.
const ACCUSED: usize = 10;

struct Removed {
    world: World,
    closings: Vec<(u64, i32)>,
    proceeds: Vec<(u64, i32)>,
}

fn many_removals(codes: Codes) -> Removed {
    let mut shape = shape(codes, 1 + ACCUSED, 10_000_000);
    shape.limits.max_batch = 8;
    let key = |place| ConsensusKey::new(shape.seed, &format!("validator {place} of 0")).public();
    let crowd = Crowd {
        keys: (0..ACCUSED).map(key).collect(),
        validates: true,
    };
    let mut world = World::edited(&shape, |zerostate| crowd.join(zerostate));
    let cursor = world.net.cursor().unwrap();
    for place in 0..ACCUSED {
        let culprit = world.validator(0, place);
        assert_eq!(culprit.key.public(), crowd.keys[place]);
        let evidence = world.double_vote(&culprit.key, 0, 1);
        let value = world.change_value(0);
        let message = world.delector(0).submit_evidence(&evidence, value, 1);
        world.send(&culprit.owner, &[message.unwrap()]);
    }
    world.settle();
    let closings = since(&world, cursor, CloseBatch::OP);
    let proceeds = since(&world, cursor, Proceed::OP);
    Removed {
        world,
        closings,
        proceeds,
    }
}

#[test]
fn origin_with_a_majority_applies_in_a_later_transaction() {
    let Removed {
        world,
        closings,
        proceeds,
    } = many_removals(Codes::default());
    println!("closings: {closings:?}, then: {proceeds:?}");
    assert!(!ran_out(&closings) && !ran_out(&proceeds));
    assert_eq!(stopped(&closings), 1);
    // both in one would come too near to the limit
    let (closing, applying) = (
        closings.iter().max().unwrap(),
        proceeds.iter().max().unwrap(),
    );
    assert!(closing.0 + applying.0 > GAS_LIMIT * 9 / 10);
    // a batch of as many as can be applied at a time, and one of the rest
    assert_eq!(world.registry(0, 0).seqno, 2);
    for place in 0..ACCUSED {
        let root = world.validator(0, place).root;
        assert_eq!(world.entry(&root), None, "{place}");
        assert!(
            world.root_state(&root).prices().is_some(),
            "{place} is slashed"
        );
    }
    let local = world.local(0);
    assert!(local.rare().unwrap().removals.is_empty() && !local.in_flight);
    world.check_set(0);
    world.check_set_computed(0);
    world.check_set_computed(-1);
    world.check_replicas(&world.chains());
}

/// The most gas that closing a batch took.
fn dearest(removed: &Removed) -> u64 {
    let closings = removed.closings.iter();
    closings.map(|closing| closing.0).max().unwrap()
}

#[test]
fn mutant_that_applies_in_the_same_transaction_is_detected() {
    let removed = many_removals(codes("delector", "proposing-ignores-gas"));
    println!("closings: {:?}", removed.closings);
    assert!(dearest(&removed) > GAS_LIMIT * 8 / 10);
}
