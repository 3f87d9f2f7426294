//! The last validators cannot leave: a validator's minimum stays counted until others have joined, and no more. Nor
//! can they be removed; evidence against them is kept until it can be used, and nothing that they do invalidates it.

use ddvs_contracts::Reason;
use ddvs_network_tests::check::refusals;
use ddvs_network_tests::world::unlocking;
use ddvs_network_tests::{COIN, Shape, World};

const MIN_STAKE: u128 = 10_000 * COIN;

/// Three validators on chain 1, as few as there may be.
fn world() -> World {
    World::new(&Shape::with_stakes(vec![
        vec![100_000; 4],
        vec![100_000; 3],
        vec![100_000; 4],
    ]))
}

#[test]
fn minimum_of_a_last_validator_stays_counted_and_the_rest_unlocks() {
    let mut world = world();
    let last = world.validator(1, 0);
    world.pass(25);
    world.unstake(&last.owner, &last.root, 60_000 * COIN);
    let tree = world.unstake(&last.owner, &last.root, 40_000 * COIN);
    assert!(refusals(tree.transactions()).is_empty(), "{tree}");
    // the Root asked for nothing, and learnt what counts
    assert_eq!(world.counted(&last.root), MIN_STAKE);
    let state = world.root_state(&last.root);
    assert_eq!(state.counted.into_inner(), MIN_STAKE);
    assert!(state.flight.is_none() && state.last_reason.is_none());
    assert_eq!(world.weight(1, &last.key), Some(10_000));
    // another request changes nothing while nobody has joined, and makes no batch
    let (seqno, value) = (world.registry(1, 1).seqno, world.change_value(1));
    let tree = world.sync(&last.owner, &last.root, value);
    assert!(refusals(tree.transactions()).is_empty(), "{tree}");
    assert_eq!(world.registry(1, 1).seqno, seqno);
    assert_eq!(world.counted(&last.root), MIN_STAKE);
    world.check_at_rest();

    let nora = world.person(1, 0);
    world.join(&nora, 50_000 * COIN);
    let tree = world.sync(&last.owner, &last.root, value);
    assert!(refusals(tree.transactions()).is_empty());
    assert_eq!(world.counted(&last.root), 0);
    assert!(!world.in_set(1, &last.key));
    assert_eq!(world.registry(1, 1).eligible, 3);
    // what counted until now stays for its own period
    world.pass(90);
    let free = world.free(&last.owner);
    world.settle_position(&last.owner, &last.owner, &last.root);
    assert_eq!(unlocking(&world.position(&last.owner, &last.root)), 0);
    assert!(world.free(&last.owner) >= free + 99_999 * COIN);
    world.check_at_rest();
}

#[test]
fn of_two_that_leave_at_once_one_stays() {
    let stakes = vec![vec![100_000; 4]; 3];
    let mut world = World::new(&Shape::with_stakes(stakes));
    world.pass(25);
    let leavers = [world.validator(1, 0), world.validator(1, 1)];
    let value = world.change_value(1);
    for leaver in &leavers {
        let wallet = world.wallet(&leaver.owner);
        let out = wallet
            .unstake(leaver.root.address(), 100_000 * COIN, value, 1)
            .unwrap();
        world.send(&leaver.owner, &[out]);
    }
    world.settle();
    let counted = leavers.each_ref().map(|leaver| world.counted(&leaver.root));
    assert_eq!(counted.iter().sum::<u128>(), MIN_STAKE);
    assert_eq!(world.registry(1, 1).eligible, 3);
    world.check_at_rest();
}

#[test]
fn evidence_against_one_waits_until_another_has_joined() {
    let mut world = world();
    let (last, walter) = (world.validator(1, 0), world.person(2, 0));
    let evidence = world.double_vote(&last.key, 1, 5);
    let delector = world.delector(1).address().clone();
    let tree = world.accuse(&walter, 1, &evidence);
    assert_eq!(tree.exit_code_at(&delector), Some(0), "{tree}");
    assert_eq!(world.counted(&last.root), 100_000 * COIN);
    let held: Vec<_> = world
        .local(1)
        .rare()
        .unwrap()
        .removals
        .keys()
        .flatten()
        .collect();
    assert!(held.len() == 1 && held[0].is_held);
    assert_eq!(held[0].root, last.root.address().address);
    // once is enough
    let tree = world.accuse(&walter, 1, &evidence);
    assert_eq!(tree.exit_code_at(&delector), Some(466));
    // neither time nor another key voids it
    world.pass(200);
    let register = world.register_message(&last.root, &world.key("another"));
    world.must(&last.owner, &[register]);
    assert!(world.in_set(1, &world.key("another")));
    world.check_at_rest();

    let nora = world.person(1, 0);
    world.join(&nora, 50_000 * COIN);
    world.settle();
    assert_eq!(world.entry(&last.root), None);
    assert!(world.local(1).rare().unwrap().removals.is_empty());
    let state = world.root_state(&last.root);
    assert_eq!(state.owner_active.into_inner(), 50_000 * COIN);
    assert_eq!(world.registry(1, 1).eligible, 3);
    world.check_at_rest();
}

#[test]
fn an_accused_one_does_not_shrink_before_its_slash() {
    let mut world = world();
    let (last, walter) = (world.validator(1, 0), world.person(2, 0));
    world.pass(25);
    let evidence = world.double_vote(&last.key, 1, 5);
    world.accuse(&walter, 1, &evidence);
    let tree = world.unstake(&last.owner, &last.root, 100_000 * COIN);
    assert!(refusals(tree.transactions()).is_empty(), "{tree}");
    assert_eq!(world.counted(&last.root), 100_000 * COIN);
    world.pass(75);
    let tree = world.settle_position(&last.owner, &last.owner, &last.root);
    assert_eq!(refusals(tree.transactions()), [Reason::StillCounted.code()]);
    let nora = world.person(1, 0);
    world.join(&nora, 50_000 * COIN);
    world.settle();
    let state = world.root_state(&last.root);
    assert_eq!(state.owner_unlocking.into_inner(), 50_000 * COIN);
    world.check_at_rest();
}

#[test]
fn newcomers_place_goes_to_the_held_removal_not_to_a_leaver() {
    let mut world = world();
    let (last, walter) = (world.validator(1, 0), world.person(2, 0));
    let evidence = world.double_vote(&last.key, 1, 5);
    world.accuse(&walter, 1, &evidence);
    // one block brings a newcomer and another who would leave in its stead
    let (nora, other) = (world.person(1, 0), world.validator(1, 1));
    let (root, key) = (world.root_of(&nora, 100), world.key("Nora"));
    world.open_root(&nora, &root, &key);
    world.deposit(&nora, 50_000 * COIN);
    world.pass(25);
    let stake = world.stake_message(&nora, &root, 50_000 * COIN);
    world.send(&nora, &[stake]);
    let (value, wallet) = (world.change_value(1), world.wallet(&other.owner));
    let out = wallet.unstake(other.root.address(), 100_000 * COIN, value, 1);
    world.send(&other.owner, &[out.unwrap()]);
    world.settle();
    assert_eq!(world.entry(&last.root), None);
    assert_eq!(world.counted(&other.root), MIN_STAKE);
    assert_eq!(world.registry(1, 1).eligible, 3);
    world.check_at_rest();
}
