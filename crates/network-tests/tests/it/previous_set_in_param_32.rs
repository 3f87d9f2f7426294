//! When param 34 is replaced, the previous set goes to param 32.

use ddvs_client::Live;
use ddvs_network_tests::{COIN, Shape, World};
use tycho_types::cell::{Cell, HashBytes};

/// The cell of a config parameter in force on a chain, if it is there.
fn param(world: &World, chain: i8, id: u32) -> Option<Cell> {
    let config = world.net.config(chain).unwrap();
    config.get_raw_cell(id).unwrap()
}

fn hash(cell: &Option<Cell>) -> Option<HashBytes> {
    cell.as_ref().map(|cell| *cell.repr_hash())
}

#[test]
fn previous_set_is_kept_on_its_chain_and_in_the_masterchain() {
    let mut world = World::new(&Shape::default());
    let uma = world.person(0, 0);
    let root = world.validator(1, 0).root;
    let elsewhere = hash(&param(&world, 2, 34));
    world.deposit(&uma, 3_000 * COIN);
    for _ in 0..3 {
        let before = [1, -1].map(|chain| param(&world, chain, 34));
        world.stake(&uma, &root, 1_000 * COIN);
        world.pass(2);
        for (chain, before) in [1, -1].into_iter().zip(&before) {
            let (previous, current) = (param(&world, chain, 32), param(&world, chain, 34));
            assert_eq!(hash(&previous), hash(before), "chain {chain}");
            assert_ne!(hash(&current), hash(before), "chain {chain}");
            let config = world.net.config(chain).unwrap();
            let previous = config.get_previous_validator_set().unwrap().unwrap();
            let current = config.get_current_validator_set().unwrap();
            assert!(previous.utime_since < current.utime_since);
            assert_eq!(previous.total_weight + 1_000, current.total_weight);
        }
    }
    // a chain whose set does not change keeps it
    assert_eq!(hash(&param(&world, 2, 34)), elsewhere);
    assert_eq!(hash(&param(&world, 2, 32)), None);
    world.check_at_rest();
}
