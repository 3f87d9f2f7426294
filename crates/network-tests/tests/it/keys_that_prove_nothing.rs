//! Keys of small order and keys with two encodings: their signatures prove nothing, so they are refused everywhere.

use ddvs_contracts::messages::PossessionProof;
use ddvs_contracts::primitives::Signature;
use ddvs_contracts::signing::{is_provable_key, possession_bytes};
use ddvs_network_tests::forge::{ZERO_KEY, forge, keys_that_prove_nothing};
use ddvs_network_tests::{COIN, Shape, World};
use ddvs_zerostate::SpecError;
use tycho_types::cell::HashBytes;

#[test]
fn root_refuses_every_key_of_small_order_or_two_encodings() {
    let mut world = World::new(&Shape::default());
    let (owner, root) = (world.person(1, 0), world.root_of(&world.person(1, 0), 100));
    world.must(&owner, &[root.deploy(10 * COIN).unwrap()]);
    let before = world.data_hash(root.address());
    let keys = keys_that_prove_nothing();
    // seven y of libsodium's list, the other numbers from p on, each with both signs of x
    assert_eq!(keys.len(), 2 * (5 + 19));
    let value = world.change_value(1);
    let genesis = world.network.genesis;
    for key in keys {
        let proof = PossessionProof {
            signature: forge(&key, &possession_bytes(&genesis, root.address()))
                .unwrap_or(Signature([0; 64])),
        };
        let register = root.register_key(key, &proof, value, 1).unwrap();
        let tree = world.act(&owner, &[register]);
        assert_eq!(tree.exit_code_at(root.address()), Some(449), "{key}");
        assert_eq!(world.data_hash(root.address()), before);
        assert!(!is_provable_key(&key), "{key}");
    }
}

#[test]
fn keys_one_bit_away_are_refused_only_for_a_bad_proof() {
    // one bit away from each, and the largest y that is none of them: the check depends on nothing else
    let mut world = World::new(&Shape::default());
    let (owner, root) = (world.person(1, 0), world.root_of(&world.person(1, 0), 100));
    world.must(&owner, &[root.deploy(10 * COIN).unwrap()]);
    let bad = keys_that_prove_nothing();
    let mut neighbours: Vec<HashBytes> = Vec::new();
    for key in &bad {
        for (place, bit) in [(0, 0x10), (1, 1), (30, 0x80), (31, 0x40)] {
            let mut near = *key;
            near.0[place] ^= bit;
            neighbours.push(near);
        }
    }
    let mut largest = HashBytes([0xff; 32]);
    (largest.0[0], largest.0[31]) = (0xeb, 0x7f);
    neighbours.push(largest);
    neighbours.retain(|near| !bad.contains(near));
    assert!(neighbours.len() > 150);
    let (value, proof) = (
        world.change_value(1),
        PossessionProof {
            signature: Signature([0; 64]),
        },
    );
    for near in neighbours {
        assert!(is_provable_key(&near), "{near}");
        let register = root.register_key(near, &proof, value, 1).unwrap();
        let tree = world.act(&owner, &[register]);
        assert_eq!(tree.exit_code_at(root.address()), Some(440), "{near}");
    }
}

#[test]
fn genesis_refuses_keys_that_prove_nothing() {
    let world = World::new(&Shape::default());
    for key in keys_that_prove_nothing() {
        let mut spec = world.spec.clone();
        spec.validators[3].key = key;
        let refused = ddvs_zerostate::build_with(&spec, &world.codes);
        assert!(matches!(refused, Err(SpecError::Key(3))), "{key}");
    }
}

/// An earlier fault: a validator changed its key to zero, which meant "not registered", left, withdrew its coins, and
/// still counted.
#[test]
fn root_that_asked_for_key_zero_leaves_like_any_other() {
    let mut world = World::new(&Shape::default());
    let (validator, value) = (world.validator(1, 0), world.change_value(1));
    let message = possession_bytes(&world.network.genesis, validator.root.address());
    for _ in 0..2 {
        let signature = forge(&ZERO_KEY, &message).unwrap_or(Signature([0; 64]));
        let register = (validator.root)
            .register_key(ZERO_KEY, &PossessionProof { signature }, value, 1)
            .unwrap();
        let tree = world.act(&validator.owner, &[register]);
        assert_eq!(tree.exit_code_at(validator.root.address()), Some(449));
    }
    world.pass(25);
    world.unstake(&validator.owner, &validator.root, 100_000 * COIN);
    assert_eq!(world.counted(&validator.root), 0);
    assert!(!world.in_set(1, &validator.key) && !world.in_set(-1, &validator.key));
    assert_eq!(world.registry(1, 1).total.into_inner(), 306_000 * COIN);
    world.check_at_rest();
}
