//! The masterchain halts throughout: the workchains agree without it, and it follows when it returns.

use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn masterchain_validator_is_removed_while_the_masterchain_is_silent() {
    let mut world = World::new(&Shape::default());
    let (walter, nora) = (world.person(2, 0), world.person(1, 0));
    let culprit = world.validator(0, 3);
    assert!(world.in_set(-1, &culprit.key));
    world.silence(-1);
    let halted = world.net.network().chain_status(-1).unwrap().seqno;

    let evidence = world.double_vote(&culprit.key, -1, 2_000);
    let (delector, value) = (world.delector(0), world.change_value(0));
    let message = delector.submit_evidence(&evidence, value, 1).unwrap();
    world.send(&walter, &[message]);
    world.pass(20);
    // nothing of it waits for the masterchain: removal, slash and a newcomer too
    let (root, key) = (world.root_of(&nora, 100), world.key("Nora"));
    world.open_root(&nora, &root, &key);
    world.deposit(&nora, 60_000 * COIN);
    let stake = world.stake_message(&nora, &root, 60_000 * COIN);
    world.send(&nora, &[stake]);
    world.pass(20);
    for copy in [0, 1, 2] {
        assert_eq!(world.registry(copy, 0).seqno, 1, "copy {copy}");
        assert_eq!(world.registry(copy, 1).seqno, 1, "copy {copy}");
    }
    assert!(!world.in_set(0, &culprit.key));
    assert!(world.in_set(1, &key));
    assert!(world.root_state(&culprit.root).is_removed());
    // it stands where it stood
    assert_eq!(world.net.network().chain_status(-1).unwrap().seqno, halted);
    assert!(world.in_set(-1, &culprit.key));
    assert!(!world.in_set(-1, &key));

    world.resume(-1);
    world.settle();
    assert!(!world.in_set(-1, &culprit.key));
    assert_eq!(world.weight(-1, &key), Some(60_000));
    world.check_at_rest();
}
