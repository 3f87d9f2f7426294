//! A Root in the masterchain refuses everything, and the masterchain's D'Elector accepts no Roots.

use ddvs_contracts::ExitCode;
use ddvs_contracts::messages::UpdateStake;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::Lazy;
use tycho_types::num::Tokens;

#[test]
fn masterchain_root_refuses_every_message() {
    let mut world = World::new(&Shape::default());
    let mallory = world.person(-1, 0);
    let (root, key) = (world.root_of(&mallory, 100), world.key("Mallory"));
    let refused = Some(ExitCode::RootInMasterchain.code());
    world.act(&mallory, &[root.deploy(COIN).unwrap()]);
    let register = world.register_message(&root, &key);
    let tree = world.act(&mallory, &[register]);
    assert_eq!(tree.exit_code_at(root.address()), refused, "{tree}");
    let tree = world.close(&mallory, &root);
    assert_eq!(tree.exit_code_at(root.address()), refused);
    let value = world.change_value(-1);
    let tree = world.sync(&mallory, &root, value);
    assert_eq!(tree.exit_code_at(root.address()), refused);
    let deploy = root
        .deploy_wallet(mallory.address(), -1, 20 * COIN, 1)
        .unwrap();
    let tree = world.act(&mallory, &[deploy]);
    assert_eq!(tree.exit_code_at(root.address()), refused);
    let wallet = world.wallet(&mallory).address().clone();
    assert_eq!(world.data_hash(&wallet), None);
}

#[test]
fn masterchain_root_is_refused_by_delector_and_wallets() {
    let mut world = World::new(&Shape::default());
    let mallory = world.person(-1, 0);
    let root = world.root_of(&mallory, 100);
    let delector = world.delector(-1).address().clone();
    let before = world.data_hash(&delector);
    let claim = UpdateStake {
        seq: 1,
        total: Tokens::new(1_000_000 * COIN),
        key: world.key("Mallory").public(),
        code_hash: world.network.root_code_hash,
        terms: Lazy::new(root.terms()).unwrap(),
        proof: None,
    };
    let tree = world.act(&mallory, &[World::message(&delector, &claim, 100 * COIN)]);
    let refused = Some(ExitCode::RootInMasterchain.code());
    assert_eq!(tree.exit_code_at(&delector), refused);
    // not even from the address that the Root has
    world.inject(root.address(), &delector, &claim);
    world.settle();
    assert_eq!(world.data_hash(&delector), before);
    assert_eq!(world.registry(-1, -1).count, 0);

    let uma = world.person(0, 0);
    world.deposit(&uma, 1_000 * COIN);
    let wallet = world.wallet(&uma).address().clone();
    let tree = world.stake(&uma, &root, 100 * COIN);
    let code = Some(ExitCode::NotAuthenticRoot.code());
    assert_eq!(tree.exit_code_at(&wallet), code);
}
