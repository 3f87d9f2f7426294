//! A user of one chain stakes with a Root on another; Lock comes back.

use ddvs_contracts::messages::Lock;
use ddvs_network_tests::check::received;
use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn a_lock_comes_back_and_the_stake_counts() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let root = world.validator(1, 2).root;
    let before = world.counted(&root);
    world.deposit(&uma, 7_000 * COIN);
    let tree = world.stake(&uma, &root, 7_000 * COIN);
    assert!(tree.succeeded(), "{tree}");

    let wallet = world.wallet(&uma);
    assert_eq!(wallet.address().workchain, 0);
    assert_eq!(root.address().workchain, 1);
    let locks: Vec<Lock> = received(tree.transactions_of(wallet.address()));
    assert_eq!(locks.len(), 1);
    assert_eq!(locks[0].amount.into_inner(), 7_000 * COIN);
    let position = world.position(&uma, &root);
    assert_eq!(position.staked_nano(), 7_000 * COIN);
    assert_eq!(position.pending.into_inner(), 0);
    assert_eq!(
        position.locked_until(7_000 * COIN),
        Some(locks[0].lock_until)
    );

    let state = world.root_state(&root);
    assert_eq!(state.users_active.into_inner(), 7_000 * COIN);
    assert_eq!(state.owner_active.into_inner(), before);
    assert_eq!(world.counted(&root), before + 7_000 * COIN);
    assert_eq!(state.counted.into_inner(), before + 7_000 * COIN);
    // every copy has the same number, on chains that neither the user nor the Root lives on too
    for copy in world.chains() {
        let entry = world.delector(copy).root_entry(&world.net, root.address());
        let entry = entry.unwrap().unwrap();
        assert_eq!(entry.stake.into_inner(), before + 7_000 * COIN, "{copy}");
    }
    world.check_at_rest();
}

#[test]
fn the_validators_own_stake_is_known_from_any_chain() {
    let mut world = World::new(&Shape::default());
    let nora = world.person(0, 0);
    // an owner on chain 0 runs a Root on chain 2
    let (root, key) = (world.root_on(&nora, 2, 100), world.key("Nora"));
    world.open_root(&nora, &root, &key);
    world.deposit_and_stake(&nora, &root, 12_000 * COIN);
    let state = world.root_state(&root);
    assert_eq!(state.owner_active.into_inner(), 12_000 * COIN);
    assert_eq!(state.users_active.into_inner(), 0);
    assert_eq!(world.weight(2, &key), Some(12_000));
    assert!(!world.in_set(0, &key));
    world.check_at_rest();
}
