//! The last validators cannot leave: their coins stay counted and locked until others have joined.

use ddvs_contracts::Reason;
use ddvs_network_tests::check::refusals;
use ddvs_network_tests::world::unlocking;
use ddvs_network_tests::{COIN, Shape, World};

fn world() -> World {
    World::new(&Shape::with_stakes(vec![
        vec![100_000; 4],
        vec![100_000; 3],
        vec![100_000; 4],
    ]))
}

#[test]
fn refused_still_counted_and_possible_after_another_has_joined() {
    let mut world = world();
    let last = world.validator(1, 0);
    world.pass(25);
    let tree = world.unstake(&last.owner, &last.root, 100_000 * COIN);
    assert_eq!(refusals(tree.transactions()), [Reason::SetTooSmall.code()]);
    let state = world.root_state(&last.root);
    assert_eq!(state.last_reason, Reason::SetTooSmall.code());
    assert_eq!(state.counted.into_inner(), 100_000 * COIN);
    assert_eq!(world.counted(&last.root), 100_000 * COIN);
    assert!(world.in_set(1, &last.key));
    // the pool lets them unlock, but not go
    assert_eq!(state.owner_unlocking.into_inner(), 100_000 * COIN);
    world.pass(75);
    let free = world.free(&last.owner);
    let tree = world.settle_position(&last.owner, &last.owner, &last.root);
    assert_eq!(refusals(tree.transactions()), [Reason::StillCounted.code()]);
    let position = world.position(&last.owner, &last.root);
    assert_eq!(unlocking(&position), 100_000 * COIN);
    assert!(world.free(&last.owner) < free + COIN);
    // asking again changes nothing while nobody has joined
    let value = world.change_value(1);
    let tree = world.sync(&last.owner, &last.root, value);
    assert_eq!(refusals(tree.transactions()), [Reason::SetTooSmall.code()]);
    world.check_at_rest();

    let nora = world.person(1, 0);
    world.join(&nora, 50_000 * COIN);
    let tree = world.sync(&last.owner, &last.root, value);
    assert!(refusals(tree.transactions()).is_empty());
    assert_eq!(world.counted(&last.root), 0);
    assert!(!world.in_set(1, &last.key));
    world.settle_position(&last.owner, &last.owner, &last.root);
    assert!(world.free(&last.owner) >= free + 99_999 * COIN);
    assert_eq!(world.registry(1, 1).eligible, 3);
    world.check_at_rest();
}

#[test]
fn they_may_move_stake_that_leaves_them_eligible() {
    let mut world = world();
    let last = world.validator(1, 0);
    world.pass(25);
    world.unstake(&last.owner, &last.root, 90_000 * COIN);
    assert_eq!(world.counted(&last.root), 10_000 * COIN);
    assert!(world.in_set(1, &last.key));
    let tree = world.unstake(&last.owner, &last.root, COIN);
    assert_eq!(refusals(tree.transactions()), [Reason::SetTooSmall.code()]);
    assert_eq!(world.counted(&last.root), 10_000 * COIN);
    world.check_at_rest();
}

#[test]
fn they_cannot_be_removed_either_until_others_have_joined() {
    let mut world = world();
    let (last, walter) = (world.validator(1, 0), world.person(2, 0));
    let evidence = world.double_vote(&last.key, 1, 5);
    let delector = world.delector(1).address().clone();
    let tree = world.accuse(&walter, 1, &evidence);
    assert_eq!(tree.exit_code_at(&delector), Some(467));
    assert_eq!(world.counted(&last.root), 100_000 * COIN);
    assert!(world.local(1).blamed.is_empty());
    let nora = world.person(1, 0);
    world.join(&nora, 50_000 * COIN);
    let tree = world.accuse(&walter, 1, &evidence);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.entry(&last.root), None);
    let state = world.root_state(&last.root);
    assert_eq!(state.owner_active.into_inner(), 50_000 * COIN);
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
    assert_eq!(counted.iter().sum::<u128>(), 100_000 * COIN);
    assert_eq!(world.registry(1, 1).eligible, 3);
    world.check_at_rest();
}
