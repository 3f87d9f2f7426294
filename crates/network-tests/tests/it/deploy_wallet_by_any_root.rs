//! Any Root deploys the DePool Wallet of any owner on any workchain, for any payer.

use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn any_root_deploys_a_wallet_on_any_workchain() {
    let mut world = World::new(&Shape::default());
    let (payer, uma) = (world.person(2, 0), world.person(0, 0));
    let other = world.validator(2, 0).root;
    for (chain, root) in [(0, 1), (1, 2), (2, 0)] {
        let root = world.validator(root, 1).root;
        let wallet = world.wallet_on(&uma, chain);
        assert_eq!(world.data_hash(wallet.address()), None);
        let deploy = root
            .deploy_wallet(uma.address(), chain, 50 * COIN, 1)
            .unwrap();
        let tree = world.must(&payer, &[deploy]);
        // the address follows from the owner alone, whoever deployed it
        assert_eq!(tree.transactions_of(wallet.address()).count(), 1);
        let storage = wallet.storage(&world.net).unwrap().unwrap();
        assert_eq!(&storage.owner, uma.address());
        assert_eq!(storage.chain, chain);
        assert_eq!(storage.held.into_inner(), 0);
        // all of the value, less gas and fees, is free
        let balance = world.balance(wallet.address());
        assert!(balance > 49 * COIN && balance <= 50 * COIN, "{balance}");
        let free = wallet.free_nano(&world.net).unwrap();
        assert_eq!(free, balance, "without a position nothing has to stay");
        let stakable = wallet.stakable_nano(&world.net).unwrap();
        assert!(stakable < balance && stakable > balance - COIN);
        // again, from another Root: more coins, no other change
        let again = other
            .deploy_wallet(uma.address(), chain, 20 * COIN, 2)
            .unwrap();
        let before = world.data_hash(wallet.address());
        world.must(&payer, &[again]);
        assert_eq!(world.data_hash(wallet.address()), before);
        assert!(world.balance(wallet.address()) > balance + 19 * COIN);
    }
    world.check_at_rest();
}

#[test]
fn a_deployed_wallet_stakes_and_a_transfer_is_a_deposit() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let (root, wallet) = (world.validator(1, 0).root, world.wallet(&uma));
    let deploy = root.deploy_wallet(uma.address(), 0, 50 * COIN, 1).unwrap();
    world.must(&uma, &[deploy]);
    let free = world.free(&uma);
    let walter = world.person(2, 0);
    let plain = ddvs_client::Outgoing::transfer(wallet.address().clone(), 30 * COIN);
    world.must(&walter, &[plain]);
    assert!(world.free(&uma) > free + 29 * COIN);
    let tree = world.stake(&uma, &root, 70 * COIN);
    assert!(tree.succeeded(), "{tree}");
    assert_eq!(world.position(&uma, &root).staked_nano(), 70 * COIN);
    world.check_at_rest();
}
