//! A place in a registry is paid for once, by the change that brings a key.

use ddvs_contracts::Codes;
use ddvs_network_tests::mutants::codes;
use ddvs_network_tests::{COIN, Shape, World};

/// Returns the coins of all D'Electors.
fn funds(world: &World) -> i128 {
    let chains = world.chains().into_iter();
    let balances = chains.map(|chain| world.balance(world.delector(chain).address()));
    balances.map(|nano| nano as i128).sum()
}

/// Returns what D'Electors keep of a return with the same key beyond what they keep of a stake, and the price of a
/// place.
fn kept_of_a_return(codes: Codes) -> (i128, i128) {
    let mut world = World::new(&Shape {
        codes,
        ..Shape::default()
    });
    let validator = world.validator(1, 0);
    let place = i128::from(world.params(1).place_value_nano.get());
    world.deposit(&validator.owner, 200_000 * COIN);
    world.pass(25);
    world.unstake(&validator.owner, &validator.root, 100_000 * COIN);
    assert_eq!(world.counted(&validator.root), 0);
    let keys = |world: &World| world.registry(1, 1).keys.iter().count();
    let (held, before) = (keys(&world), funds(&world));
    world.stake(&validator.owner, &validator.root, 100_000 * COIN);
    assert_eq!(world.counted(&validator.root), 100_000 * COIN);
    assert_eq!(keys(&world), held);
    let back = funds(&world) - before;
    let before = funds(&world);
    world.stake(&validator.owner, &validator.root, 20_000 * COIN);
    (back - (funds(&world) - before), place)
}

#[test]
fn root_that_returns_with_its_key_pays_for_no_new_place() {
    let (kept, place) = kept_of_a_return(Codes::default());
    assert!(kept < place / 4, "{kept} of {place}");
    let (kept, place) = kept_of_a_return(codes("delector", "a-place-is-paid-again"));
    assert!(kept > place / 2, "{kept} of {place}");
}

/// Nine validators change their keys in one block, one alone and eight in a full batch, or are removed. Returns the
/// additional coins of the D'Electors afterwards, beyond ten years of storage of the places.
fn gained(workchains: usize, removes: bool) -> i128 {
    let mut world = World::new(&Shape::with_stakes(vec![vec![100_000; 16]; workchains]));
    let before = funds(&world);
    for index in 0..9 {
        let validator = world.validator(1, index);
        let message = if removes {
            let evidence = world.double_vote(&validator.key, 1, 5);
            let (value_nano, id) = (world.change_value(1), world.query_id());
            let delector = world.delector(1);
            delector.submit_evidence(&evidence, value_nano, id).unwrap()
        } else {
            let key = world.key(&format!("another of {}", validator.owner.name));
            world.register_message(&validator.root, &key)
        };
        world.send(&validator.owner, &[message]);
    }
    world.settle();
    let registry = world.registry(1, 1);
    let keys = registry.keys.iter().count();
    assert_eq!(
        (registry.removed, keys),
        if removes { (9, 16) } else { (0, 25) }
    );
    funds(&world) - before - 9 * workchains as i128 * 16_000_000
}

#[test]
fn keys_and_evidence_pay_for_their_gas() {
    for workchains in [2, 3, 8] {
        let (keys, removals) = (gained(workchains, false), gained(workchains, true));
        println!("{workchains} workchains: {keys} nano by nine keys, {removals} by nine removals");
        assert!(keys >= 0 && removals >= 0);
    }
}
