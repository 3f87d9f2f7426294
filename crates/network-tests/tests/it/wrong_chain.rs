//! The right code and static data on another chain are not authentic there.

use ddvs_contracts::ExitCode;
use ddvs_contracts::messages::{ConfirmStake, UpdateStake};
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::Lazy;
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

#[test]
fn a_root_on_another_chain_than_its_delector() {
    let mut world = World::new(&Shape::default());
    let mallory = world.person(2, 0);
    let key = world.key("Mallory");
    let right = world.root_on(&mallory, 1, 100);
    let moved = StdAddr::new(2, right.address().address);
    let mut deploy = right.deploy(COIN).unwrap();
    deploy.to = moved.clone();
    world.act(&mallory, &[deploy]);
    let mut register = world.register_message(&right, &key);
    register.to = moved.clone();
    let tree = world.act(&mallory, &[register]);
    let wrong = Some(ExitCode::WrongChain.code());
    assert_eq!(tree.exit_code_at(&moved), wrong);

    // neither D'Elector takes an update from there
    let claim = UpdateStake {
        seq: 1,
        total: Tokens::new(50_000 * COIN),
        key: key.public(),
        code_hash: world.network.root_code_hash,
        terms: Lazy::new(right.terms()).unwrap(),
        proof: Some(Lazy::new(&key.prove(&world.network.genesis, right.address())).unwrap()),
    };
    for chain in [1, 2] {
        let delector = world.delector(chain).address().clone();
        let before = world.data_hash(&delector);
        let hash = world.inject(&moved, &delector, &claim);
        let tree = world.follow(hash);
        let code = if chain == 1 {
            ExitCode::WrongChain
        } else {
            ExitCode::NotAuthenticRoot
        };
        // one coin of value is enough to be refused for the right reason: who it is comes first
        assert_eq!(tree.exit_code_at(&delector), Some(code.code()), "{chain}");
        assert_eq!(world.data_hash(&delector), before);
    }
}

#[test]
fn a_wallet_on_another_chain_than_its_static_data_name() {
    let mut world = World::new(&Shape::default());
    let mallory = world.person(2, 0);
    let wallet = world.wallet_on(&mallory, 1);
    let moved = StdAddr::new(2, wallet.address().address);
    let mut deposit = wallet.deposit(50 * COIN).unwrap();
    deposit.to = moved.clone();
    world.act(&mallory, &[deposit]);
    let before = world.data_hash(&moved);
    let root = world.validator(2, 0).root;
    let mut stake = wallet
        .stake(&root, 40 * COIN, world.change_value(2), 1)
        .unwrap();
    stake.to = moved.clone();
    let tree = world.act(&mallory, &[stake]);
    assert_eq!(tree.exit_code_at(&moved), Some(405));
    assert_eq!(world.data_hash(&moved), before);
    // what was sent there by mistake can leave
    let mut withdraw = wallet.withdraw(None, COIN, 1).unwrap();
    withdraw.to = moved.clone();
    world.must(&mallory, &[withdraw]);
    assert_eq!(world.balance(&moved), 0);
    // and no Root takes a stake from it
    let root = world.validator(2, 0).root.address().clone();
    let confirm = ConfirmStake {
        query_id: 1,
        amount: Tokens::new(50 * COIN),
        owner: mallory.address().clone(),
    };
    let hash = world.inject(&moved, &root, &confirm);
    let tree = world.follow(hash);
    let code = ExitCode::NotAuthenticWallet.code();
    assert_eq!(tree.exit_code_at(&root), Some(code));
}

#[test]
fn a_wallet_for_a_chain_that_does_not_exist() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    let purse = world.balance(uma.address());
    let deploy = root.deploy_wallet(uma.address(), 7, 50 * COIN, 1).unwrap();
    let tree = world.act(&uma, &[deploy]);
    assert_eq!(tree.exit_code_at(root.address()), Some(405));
    assert!(purse - world.balance(uma.address()) < COIN / 10);
    world.check_at_rest();
}

#[test]
fn evidence_goes_to_the_chain_where_the_key_is_registered() {
    let mut world = World::new(&Shape::default());
    let (walter, culprit) = (world.person(2, 0), world.validator(0, 1));
    let evidence = world.double_vote(&culprit.key, 0, 3);
    for chain in [-1, 1, 2] {
        let tree = world.accuse(&walter, chain, &evidence);
        let delector = world.delector(chain).address().clone();
        assert_eq!(tree.exit_code_at(&delector), Some(465), "chain {chain}");
    }
    assert_eq!(world.counted(&culprit.root), 101_000 * COIN);
    world.check_at_rest();
}
