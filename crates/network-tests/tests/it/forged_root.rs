//! A stake that no authentic Root reports does not count, and no wallet stakes with an address that is no Root's.

use ddvs_contracts::ExitCode;
use ddvs_contracts::messages::{Stake, UpdateStake};
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{HashBytes, Lazy};
use tycho_types::models::StdAddr;
use tycho_types::num::Tokens;

const VALUE: u128 = 20 * COIN;

fn claim(world: &World, nonce: u64) -> UpdateStake {
    let mallory = world.person(1, 0);
    UpdateStake {
        seq: 1,
        total: Tokens::new(1_000_000 * COIN),
        key: world.key("Mallory").public(),
        code_hash: world.network.root_code_hash,
        terms: Lazy::new(&world.terms(&mallory, nonce)).unwrap(),
        proof: None,
    }
}

#[track_caller]
fn refused(world: &mut World, to: &StdAddr, body: &impl ddvs_contracts::Message, code: ExitCode) {
    let mallory = world.person(1, 0);
    let before = world.data_hash(to);
    let (purse, taken) = (world.balance(mallory.address()), world.balance(to));
    let tree = world.act(&mallory, &[World::message(to, body, VALUE)]);
    assert_eq!(tree.exit_code_at(to), Some(code.code()), "{tree}");
    assert_eq!(world.data_hash(to), before);
    // the value came back; the attacker paid the gas, and the target nothing
    assert!(purse - world.balance(mallory.address()) < COIN / 10);
    assert!(world.balance(to) + COIN / 1_000 >= taken);
}

#[test]
fn an_account_that_is_no_root_cannot_claim_a_stake() {
    let mut world = World::new(&Shape::default());
    let delector = world.delector(1).address().clone();
    let body = claim(&world, 666);
    refused(&mut world, &delector, &body, ExitCode::NotAuthenticRoot);
    // the terms of a real Root do not help another sender
    let real = UpdateStake {
        terms: Lazy::new(world.validator(1, 0).root.terms()).unwrap(),
        ..body.clone()
    };
    refused(&mut world, &delector, &real, ExitCode::NotAuthenticRoot);
    let other_code = UpdateStake {
        code_hash: HashBytes([0x66; 32]),
        ..body
    };
    refused(
        &mut world,
        &delector,
        &other_code,
        ExitCode::UnknownRootCode,
    );
    world.check_at_rest();
}

#[test]
fn root_of_another_network_cannot_claim_a_stake() {
    let mut world = World::new(&Shape::default());
    let mallory = world.person(1, 0);
    // the right code, with the static data of a network that Mallory made up
    let mut network = world.network.clone();
    network.genesis = HashBytes([9; 32]);
    let terms = world.terms(&mallory, 5);
    let root = ddvs_client::DePoolRoot::new(&network, 1, terms).unwrap();
    world.must(&mallory, &[root.deploy(COIN).unwrap()]);
    let body = claim(&world, 5);
    let delector = world.delector(1).address().clone();
    let before = world.data_hash(&delector);
    world.inject(root.address(), &delector, &body);
    world.settle();
    assert_eq!(world.data_hash(&delector), before);
}

#[test]
fn a_wallet_stakes_with_roots_only() {
    let mut world = World::new(&Shape::default());
    let mallory = world.person(1, 0);
    world.deposit(&mallory, 100 * COIN);
    let wallet = world.wallet(&mallory).address().clone();
    let real = world.validator(1, 0).root;
    let terms = Lazy::new(real.terms()).unwrap();
    let moved = StdAddr::new(2, real.address().address);
    for root in [mallory.address().clone(), moved] {
        let body = Stake {
            query_id: 1,
            amount: Tokens::new(20 * COIN),
            root,
            terms: terms.clone(),
        };
        refused(&mut world, &wallet, &body, ExitCode::NotAuthenticRoot);
    }
    assert!(world.free(&mallory) >= 100 * COIN);
    world.check_at_rest();
}
