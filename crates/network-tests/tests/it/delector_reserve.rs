//! A D'Elector whose reserve is spent accepts no work until anyone refills it; slashed coins are not reserve.

use ddvs_client::Outgoing;
use ddvs_contracts::messages::SlashedCoins;
use ddvs_contracts::{Codes, Reason};
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};

/// The D'Elector of chain 1 has `balance` nano.
fn world(balance: u128) -> World {
    world_with(balance, Codes::default())
}

fn world_with(balance: u128, codes: Codes) -> World {
    let shape = Shape {
        codes,
        ..Shape::default()
    };
    World::edited(&shape, |zerostate| {
        let copy = &mut zerostate.chains[2].accounts[0];
        assert_eq!(copy.address.workchain, 1);
        copy.balance_nano = balance;
    })
}

#[test]
fn work_is_refused_below_the_reserve_until_it_is_refilled() {
    let mut world = world(100 * COIN - 1);
    let (walter, uma) = (world.person(2, 0), world.person(0, 0));
    let culprit = world.validator(1, 0);
    let evidence = world.double_vote(&culprit.key, 1, 1);
    let delector = world.delector(1).address().clone();
    let before = world.data_hash(&delector);
    let purse = world.balance(walter.address());
    let tree = world.accuse(&walter, 1, &evidence);
    assert_eq!(tree.exit_code_at(&delector), Some(474));
    assert!(purse - world.balance(walter.address()) < COIN / 10);
    // a stake is accepted by its Root, which counts less until someone requests it again
    world.deposit(&uma, 500 * COIN);
    world.stake(&uma, &culprit.root, 500 * COIN);
    assert_eq!(
        world.root_state(&culprit.root).last_reason,
        Some(Reason::Bounced.code())
    );
    assert_eq!(world.counted(&culprit.root), 100_000 * COIN);
    assert_eq!(world.data_hash(&delector), before);

    let refill = Outgoing::transfer(delector.clone(), COIN);
    world.must(&uma, &[refill]);
    let value = world.change_value(1);
    let tree = world.sync(&uma, &culprit.root, value);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.counted(&culprit.root), 100_500 * COIN);
    let tree = world.accuse(&walter, 1, &evidence);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.entry(&culprit.root), None);
    world.check_at_rest();
}

#[test]
fn the_treasury_is_no_reserve() {
    let mut world = world(99 * COIN);
    let walter = world.person(1, 0);
    let delector = world.delector(1).address().clone();
    let root = world.validator(1, 0).root.address().clone();
    let slashed = SlashedCoins { query_id: 1, root };
    world.must(&walter, &[World::message(&delector, &slashed, 500 * COIN)]);
    // less what its gas may cost
    let answer = u128::from(world.params(1).answer_value_nano);
    assert_eq!(world.storage(1).treasury.into_inner(), 500 * COIN - answer);
    assert!(world.balance(&delector) > 598 * COIN);
    let evidence = world.double_vote(&world.validator(1, 0).key, 1, 1);
    let tree = world.accuse(&walter, 1, &evidence);
    assert_eq!(tree.exit_code_at(&delector), Some(474));
}

#[test]
fn messages_of_peers_are_processed_below_the_reserve() {
    // copies are not refused: what they send has been paid for
    let mut world = world(50 * COIN);
    let uma = world.person(0, 0);
    let root = world.validator(0, 0).root;
    world.deposit_and_stake(&uma, &root, 1_000 * COIN);
    assert_eq!(world.counted(&root), 101_000 * COIN);
    world.check_at_rest();
}

#[test]
fn many_changes_do_not_wear_it_out() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    world.deposit(&uma, 1_000 * COIN);
    let before: Vec<u128> = world
        .chains()
        .iter()
        .map(|&chain| world.balance(world.delector(chain).address()))
        .collect();
    for index in 0..12 {
        let root = world.validator(index % 3, 0).root;
        let tree = world.stake(&uma, &root, 10 * COIN);
        assert!(tree.succeeded(), "{tree}");
    }
    for (chain, before) in world.chains().into_iter().zip(before) {
        let after = world.balance(world.delector(chain).address());
        // storage aside, no copy has paid for others
        assert!(after + COIN / 10 >= before, "{chain}: {before} to {after}");
    }
    world.check_at_rest();
}

/// Returns how chain 1's copy handles a change that arrives while another one is in flight, when its own coins are
/// spent and only the value of the first one is left.
fn second_change(codes: Codes) -> Option<u8> {
    let mut world = world_with(100 * COIN + COIN / 50, codes);
    let (uma, ivan) = (world.person(1, 0), world.person(1, 1));
    let roots = [0, 1].map(|index| world.validator(1, index).root);
    world.deposit(&uma, 1_000 * COIN);
    world.deposit(&ivan, 1_000 * COIN);
    world.silence(0);
    world.silence(2);
    for (who, root) in [uma, ivan].iter().zip(&roots) {
        let stake = world.stake_message(who, root, 1_000 * COIN);
        world.send(who, &[stake]);
        world.pass(20);
    }
    assert!(world.local(1).in_flight);
    world.root_state(&roots[1]).last_reason
}

#[test]
fn value_of_waiting_changes_does_not_count_as_reserve() {
    assert_eq!(
        second_change(Codes::default()),
        Some(Reason::Bounced.code())
    );
    let lax = codes("delector", "what-is-owed-counts-as-reserve");
    assert_eq!(second_change(lax), None);
}
