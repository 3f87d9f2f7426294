//! One offence causes one slash, however often and in whatever form the evidence arrives.

use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn second_evidence_is_refused_during_and_after_the_removal() {
    let mut world = World::new(&Shape::default());
    let (walter, other) = (world.person(2, 0), world.person(2, 1));
    let culprit = world.validator(0, 0);
    let evidence = world.double_vote(&culprit.key, -1, 1_000);
    let again = world.double_vote(&culprit.key, 0, 2_000);
    let (delector, value) = (world.delector(0), world.change_value(0));
    // two in one block of chain 0, and different ones at that
    let first = delector.submit_evidence(&evidence, value, 1).unwrap();
    let second = delector.submit_evidence(&again, value, 2).unwrap();
    let first = world.send(&walter, &[first]);
    let second = world.send(&other, &[second]);
    let first = world.follow(first);
    let second = world.follow(second);
    let codes = [
        first.exit_code_at(delector.address()),
        second.exit_code_at(delector.address()),
    ];
    assert!(codes == [Some(0), Some(466)] || codes == [Some(466), Some(0)]);

    let state = world.root_state(&culprit.root);
    assert_eq!(state.owner_active.into_inner(), 50_000 * COIN);
    for evidence in [&evidence, &again] {
        let tree = world.accuse(&walter, 0, evidence);
        assert_eq!(tree.exit_code_at(delector.address()), Some(466));
    }
    assert_eq!(world.root_state(&culprit.root), state);
    assert!(world.local(0).rare().unwrap().removals.is_empty());
    world.check_at_rest();
}

#[test]
fn two_keys_of_one_root_are_one_slash() {
    // the Root changed its key, and both keys voted twice: one removal, one slash
    let mut world = World::new(&Shape::default());
    let (walter, other) = (world.person(2, 0), world.person(2, 1));
    let culprit = world.validator(0, 0);
    let new_key = world.key("second key");
    let register = world.register_message(&culprit.root, &new_key);
    world.must(&culprit.owner, &[register]);
    assert!(world.in_set(0, &new_key) && !world.in_set(0, &culprit.key));
    let old = world.double_vote(&culprit.key, 0, 1);
    let new = world.double_vote(&new_key, 0, 2);
    let (delector, value) = (world.delector(0), world.change_value(0));
    let first = delector.submit_evidence(&old, value, 1).unwrap();
    let second = delector.submit_evidence(&new, value, 2).unwrap();
    let first = world.send(&walter, &[first]);
    let second = world.send(&other, &[second]);
    world.follow(first);
    world.follow(second);
    world.settle();
    let state = world.root_state(&culprit.root);
    assert_eq!(state.owner_active.into_inner(), 50_000 * COIN);
    assert_eq!(world.entry(&culprit.root), None);
    for key in [&culprit.key, &new_key] {
        let entry = world.registry(0, 0).keys.get(key.public()).unwrap();
        assert!(entry.unwrap().is_removed());
    }
    let local = world.local(0);
    assert!(
        local.rare().unwrap().removals.is_empty() && local.waiting.is_empty() && !local.in_flight
    );
    world.check_at_rest();
}
