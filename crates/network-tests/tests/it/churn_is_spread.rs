//! A change larger than the churn limit is spread over several batches, as long as someone pays for them.

use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::HashBytes;

/// Registered stake of chain 1 after each of its batches, by the history, the genesis first.
fn totals(world: &World) -> Vec<u128> {
    let registry = world.registry(1, 1);
    let record = |seqno| registry.total_after(seqno).unwrap().unwrap();
    (0..=registry.seqno).map(record).collect()
}

/// No batch moved more than a third.
fn check_steps(totals: &[u128]) {
    for step in totals.windows(2) {
        let budget = step[0] * 3_333 / 10_000;
        assert!(step[0].abs_diff(step[1]) <= budget, "{step:?}");
    }
}

#[test]
fn large_stake_is_spread_while_its_value_lasts() {
    let mut world = World::new(&Shape::default());
    let nora = world.person(1, 0);
    let (root, key) = (world.root_of(&nora, 100), world.key("Nora"));
    world.open_root(&nora, &root, &key);
    world.deposit(&nora, 400_000 * COIN);
    let (wallet, value) = (world.wallet(&nora), 10 * world.change_value(1));
    let purse = world.balance(nora.address());
    let stake = wallet.stake(&root, 400_000 * COIN, value, 1).unwrap();
    world.must(&nora, &[stake]);
    assert_eq!(world.counted(&root), 400_000 * COIN);
    let all = totals(&world);
    // 406,000 may move by 135,319.8, 541,319.8 by 180,421.9, and the rest is less than a third
    let first = 406_000 * COIN + 406_000 * COIN * 3_333 / 10_000;
    let second = first + first * 3_333 / 10_000;
    assert_eq!(all, [406_000 * COIN, first, second, 806_000 * COIN]);
    check_steps(&all);
    // three batches were charged, the rest came back
    let params = world.params(1);
    let batch = u128::from(params.batch_value_nano + params.item_value_nano);
    let cost = purse - world.balance(nora.address());
    assert!(cost > 3 * batch && cost < 3 * batch + COIN, "{cost}");
    assert_eq!(world.weight(1, &key), Some(400_000));
    world.check_at_rest();
}

#[test]
fn sync_continues_the_spread_when_the_value_has_run_out() {
    let mut world = World::new(&Shape::default());
    let (nora, walter) = (world.person(1, 0), world.person(1, 1));
    let (root, key) = (world.root_of(&nora, 100), world.key("Nora"));
    world.open_root(&nora, &root, &key);
    world.deposit(&nora, 400_000 * COIN);
    world.stake(&nora, &root, 400_000 * COIN);
    let part = 406_000 * COIN * 3_333 / 10_000;
    let state = world.root_state(&root);
    assert_eq!(world.counted(&root), part);
    assert_eq!(state.counted.into_inner(), part);
    assert_eq!(state.owner_active.into_inner(), 400_000 * COIN);
    assert!(state.flight.is_none());
    assert_eq!(world.registry(1, 1).seqno, 1);
    let local = world.local(1);
    assert!(!local.in_flight && !local.partial && local.waiting.is_empty());
    world.check_at_rest();

    // anyone continues it, one batch for each payment
    let value = world.change_value(1);
    for (batches, counted) in [(2, 315_741 * COIN), (3, 400_000 * COIN)] {
        let tree = world.sync(&walter, &root, value);
        assert!(tree.succeeded(), "{tree}");
        assert_eq!(world.registry(1, 1).seqno, batches);
        assert_eq!(world.counted(&root) / COIN, counted / COIN);
    }
    let tree = world.sync(&walter, &root, value);
    assert_eq!(tree.exit_code_at(root.address()), Some(443));
    check_steps(&totals(&world));
    world.check_at_rest();
}

#[test]
fn a_validator_heavier_than_the_limit_can_leave() {
    let stakes = vec![
        vec![100_000; 3],
        vec![500_000, 100_000, 100_000, 100_000],
        vec![100_000; 3],
    ];
    let mut world = World::new(&Shape::with_stakes(stakes));
    let heavy = world.validator(1, 0);
    world.pass(25);
    let (wallet, value) = (world.wallet(&heavy.owner), 10 * world.change_value(1));
    let all = wallet
        .unstake(heavy.root.address(), 500_000 * COIN, value, 1)
        .unwrap();
    world.must(&heavy.owner, &[all]);
    assert_eq!(world.counted(&heavy.root), 0);
    assert!(!world.in_set(1, &heavy.key));
    let steps = totals(&world);
    assert!(steps.len() > 3, "{steps:?}");
    assert_eq!(steps.last(), Some(&(300_000 * COIN)));
    check_steps(&steps);
    // and its coins come out
    world.pass(75);
    world.settle_position(&heavy.owner, &heavy.owner, &heavy.root);
    assert!(world.free(&heavy.owner) >= 500_000 * COIN);
    world.check_at_rest();
}

#[test]
fn small_changes_are_counted_along_with_a_spread_one() {
    let mut world = World::new(&Shape::default());
    let (nora, uma, ivan) = (world.person(1, 0), world.person(1, 1), world.person(1, 2));
    let (root, key) = (world.root_of(&nora, 100), world.key("Nora"));
    world.open_root(&nora, &root, &key);
    world.deposit(&nora, 400_000 * COIN);
    world.deposit(&uma, 1_000 * COIN);
    world.deposit(&ivan, 1_000 * COIN);
    let (one, other) = (world.validator(1, 0).root, world.validator(1, 1).root);
    let (wallet, value) = (world.wallet(&nora), 10 * world.change_value(1));
    let big = wallet.stake(&root, 400_000 * COIN, value, 1).unwrap();
    let small = world.stake_message(&uma, &one, 1_000 * COIN);
    let last = world.stake_message(&ivan, &other, 1_000 * COIN);
    let hashes: Vec<HashBytes> = [(&nora, big), (&uma, small), (&ivan, last)]
        .map(|(who, message)| world.send(who, &[message]))
        .into();
    for hash in hashes {
        let tree = world.follow(hash);
        assert!(tree.succeeded(), "{tree}");
    }
    world.settle();
    assert_eq!(world.counted(&root), 400_000 * COIN);
    assert_eq!(world.counted(&one), 101_000 * COIN);
    assert_eq!(world.counted(&other), 102_000 * COIN);
    // three parts of the big one; the small ones had room beside one of them
    let seqno = world.registry(1, 1).seqno;
    assert!((3..=5).contains(&seqno), "{seqno} batches");
    check_steps(&totals(&world));
    world.check_at_rest();
}

#[test]
fn two_large_ones_go_one_after_the_other() {
    let mut world = World::new(&Shape::default());
    let people = [world.person(1, 0), world.person(1, 1)];
    let mut messages = Vec::new();
    for who in &people {
        let (root, key) = (world.root_of(who, 100), world.key(&who.name));
        world.open_root(who, &root, &key);
        world.deposit(who, 300_000 * COIN);
        let (wallet, value) = (world.wallet(who), 10 * world.change_value(1));
        messages.push(wallet.stake(&root, 300_000 * COIN, value, 1).unwrap());
    }
    for (who, message) in people.iter().zip(messages) {
        world.send(who, &[message]);
    }
    world.settle();
    for who in &people {
        assert_eq!(world.counted(&world.root_of(who, 100)), 300_000 * COIN);
    }
    check_steps(&totals(&world));
    world.check_at_rest();
}
