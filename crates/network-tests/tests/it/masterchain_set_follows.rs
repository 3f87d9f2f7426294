//! The masterchain's set is the largest validators of the whole network, wherever they are registered.

use std::collections::BTreeSet;

use ddvs_network_tests::{COIN, Shape, World};

fn shape() -> Shape {
    let mut shape = Shape::default();
    shape.limits.main_validators = 5;
    shape
}

/// Keys of the five largest by genesis stakes: 103,000 of chains 0 to 2, then 102,000 of chains 0 and 1.
fn genesis_five(world: &World) -> BTreeSet<[u8; 32]> {
    [(0, 3), (1, 3), (2, 3), (0, 2), (1, 2)]
        .map(|(chain, index)| world.validator(chain, index).key.public().0)
        .into()
}

fn members(world: &World) -> BTreeSet<[u8; 32]> {
    let set = world.check_set(-1);
    set.list.iter().map(|member| member.public_key.0).collect()
}

#[test]
fn enough_stake_brings_a_validator_in_and_another_out() {
    let mut world = World::new(&shape());
    assert_eq!(members(&world), genesis_five(&world));
    let (nora, uma) = (world.person(1, 0), world.person(0, 0));
    let nora = world.join(&nora, 60_000 * COIN);
    assert_eq!(members(&world), genesis_five(&world));
    // at equal stake the lower chain ranks higher: 102,000 on chain 1 is not less than 102,000 there
    world.deposit_and_stake(&uma, &nora.root, 41_999 * COIN);
    assert_eq!(world.counted(&nora.root), 101_999 * COIN);
    assert_eq!(members(&world), genesis_five(&world));
    world.deposit_and_stake(&uma, &nora.root, 101 * COIN);
    assert_eq!(world.weight(-1, &nora.key), Some(102_100));
    let displaced = world.validator(1, 2).key;
    assert!(!world.in_set(-1, &displaced));
    assert!(world.in_set(1, &displaced), "its own chain's set keeps it");
    assert_eq!(members(&world).len(), 5);

    // and out again when the stake leaves
    world.pass(25);
    world.unstake(&uma, &nora.root, 1_000 * COIN);
    assert_eq!(members(&world), genesis_five(&world));
    world.check_at_rest();
}

#[test]
fn the_lower_chain_wins_a_tie() {
    let mut world = World::new(&shape());
    // 102,000 on chain 2 was out at genesis: chains 0 and 1 hold as much
    assert!(!world.in_set(-1, &world.validator(2, 2).key));
    let root = world.validator(0, 1).root;
    let uma = world.person(0, 0);
    // 101,000 + 1,000 on chain 0 ties with 102,000 on chain 1, which has to go
    world.deposit_and_stake(&uma, &root, 1_000 * COIN);
    assert!(world.in_set(-1, &world.validator(0, 1).key));
    assert!(!world.in_set(-1, &world.validator(1, 2).key));
    world.check_at_rest();
}
