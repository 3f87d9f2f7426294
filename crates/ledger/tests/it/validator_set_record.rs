//! A block's validator set is param 34 of its chain after the previous block.

use ddvs_test_kit::puppets::*;
use tycho_types::cell::{Cell, CellBuilder, CellFamily};

fn rewrite(plan: &ConfigPlan) -> Cell {
    puppet::set_data(delector_data(plan.build(0)))
}

#[test]
fn a_change_of_param_34_is_in_force_from_the_next_block() {
    let mut network = network();
    let old = ConfigPlan::default();
    let new = ConfigPlan {
        validators: vec![(1, 10), (3, 70)],
        ..Default::default()
    };
    tell(&mut network, &delector(0), rewrite(&new));

    let first = network.produce_block(0).unwrap();
    assert_eq!(first.transactions.len(), 1);
    assert_eq!(first.validator_set.set.list.len(), 2);
    assert_eq!(first.validator_set.set.total_weight, 30);
    assert_eq!(first.config_hash, *old.build(0).repr_hash());

    let second = network.produce_block(0).unwrap();
    assert_eq!(second.validator_set.set.total_weight, 80);
    assert_eq!(second.validator_set.set.list[1].public_key.0, [3; 32]);
    let cell = CellBuilder::build_from(validator_set(&new.validators)).unwrap();
    assert_eq!(second.validator_set.hash, *cell.repr_hash());
    assert_eq!(second.config_hash, *new.build(0).repr_hash());

    // the other chains have their own copies
    let other = network.produce_block(1).unwrap();
    assert_eq!(other.validator_set.hash, first.validator_set.hash);
}

#[test]
fn an_unchanged_set_is_not_parsed_again() {
    let mut network = network();
    let plan = ConfigPlan {
        block_gas_limit: 5_000_000,
        ..Default::default()
    };
    tell(&mut network, &delector(0), rewrite(&plan));
    let first = network.produce_block(0).unwrap();
    let second = network.produce_block(0).unwrap();
    assert_ne!(first.config_hash, second.config_hash);
    assert!(std::sync::Arc::ptr_eq(
        &first.validator_set,
        &second.validator_set
    ));
}

#[test]
fn a_broken_config_is_not_taken_over_and_the_chain_goes_on() {
    let mut network = network();
    let empty = ConfigPlan {
        validators: vec![],
        ..Default::default()
    };
    for (data, reason) in [
        (Cell::empty_cell(), "first reference"),
        (delector_data(empty.build(0)), "parameter 34"),
        (
            delector_data(
                ConfigPlan {
                    skip: Some(21),
                    ..Default::default()
                }
                .build(0),
            ),
            "21",
        ),
    ] {
        tell(&mut network, &delector(0), puppet::set_data(data));
        let block = network.produce_block(0).unwrap();
        let rejected = block.config_rejected.clone().unwrap();
        assert!(rejected.contains(reason), "{rejected}");
        let next = network.produce_block(0).unwrap();
        assert_eq!(next.validator_set.set.total_weight, 30);
    }
    let new = ConfigPlan {
        validators: vec![(9, 5)],
        ..Default::default()
    };
    tell(&mut network, &delector(0), rewrite(&new));
    assert_eq!(network.produce_block(0).unwrap().config_rejected, None);
    assert_eq!(
        network
            .produce_block(0)
            .unwrap()
            .validator_set
            .set
            .total_weight,
        5
    );
}
