//! A message that fails on its path is reverted where it came from.

use ddvs_contracts::Reason;
use ddvs_network_tests::check::refusals;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::models::StdAddr;

/// Whether the wallet got a bounce in this tree.
fn bounced(tree: &ddvs_client::MessageTree, wallet: &StdAddr) -> bool {
    tree.transactions_of(wallet)
        .any(|transaction| transaction.in_message.is_bounced)
}

#[test]
fn a_stake_with_a_root_that_does_not_exist() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let nobody = world.root_on(&uma, 1, 4_711);
    world.deposit(&uma, 1_000 * COIN);
    let (free, purse) = (world.free(&uma), world.balance(uma.address()));
    let tree = world.stake(&uma, &nobody, 1_000 * COIN);
    let wallet = world.wallet(&uma).address().clone();
    assert!(bounced(&tree, &wallet), "{tree}");
    assert_eq!(world.position(&uma, &nobody), Default::default());
    assert!(world.free(&uma) + COIN / 100 >= free);
    assert!(purse - world.balance(uma.address()) < COIN / 10);
    world.check_at_rest();
}

#[test]
fn bounced_stake_succeeds_once_its_root_is_deployed() {
    let mut world = World::new(&Shape::default());
    let (uma, nora) = (world.person(0, 0), world.person(1, 0));
    let root = world.root_of(&nora, 100);
    world.deposit(&uma, 20_000 * COIN);
    world.stake(&uma, &root, 15_000 * COIN);
    assert_eq!(world.position(&uma, &root), Default::default());
    world.open_root(&nora, &root, &world.key("Nora"));
    let tree = world.stake(&uma, &root, 15_000 * COIN);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.counted(&root), 15_000 * COIN);
    world.check_at_rest();
}

#[test]
fn rejected_stakes_are_free_again() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    world.deposit(&uma, 1_000 * COIN);
    let free = world.free(&uma);
    let tree = world.stake(&uma, &root, 9 * COIN);
    assert_eq!(
        refusals(tree.transactions()),
        [Reason::BelowMinStake.code()]
    );
    assert_eq!(world.position(&uma, &root), Default::default());
    assert!(world.free(&uma) + COIN / 100 >= free);
    assert_eq!(world.root_state(&root).users_active.into_inner(), 0);
    world.check_at_rest();
}

#[test]
fn bounced_update_is_booked_and_sync_sends_it_again() {
    // the D'Elector of chain 1 has less than its reserve: it refuses work, by a bounce
    let mut world = World::edited(&Shape::default(), |zerostate| {
        let copy = &mut zerostate.chains[2].accounts[0];
        assert_eq!(copy.address.workchain, 1);
        copy.balance_nano = 99 * COIN;
    });
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    world.deposit(&uma, 1_000 * COIN);
    let purse = world.balance(uma.address());
    world.stake(&uma, &root, 1_000 * COIN);
    let state = world.root_state(&root);
    assert_eq!(state.last_reason, Some(Reason::Bounced.code()));
    assert!(state.flight.is_none());
    assert_eq!(state.users_active.into_inner(), 1_000 * COIN);
    assert_eq!(world.counted(&root), 100_000 * COIN);
    assert!(purse - world.balance(uma.address()) < COIN / 10);
    // the stake is locked with the Root, which counts less, until someone requests it again
    assert_eq!(world.position(&uma, &root).staked_nano(), 1_000 * COIN);
    let refill = ddvs_client::Outgoing::transfer(world.delector(1).address().clone(), 1_000 * COIN);
    world.must(&uma, &[refill]);
    let value = world.change_value(1);
    let tree = world.sync(&uma, &root, value);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.counted(&root), 101_000 * COIN);
    world.check_at_rest();
}
