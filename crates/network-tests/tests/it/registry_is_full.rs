//! A chain registers as many Roots as its config allows; another one is refused with the reason, keeps its coins, and gets in
//! once one has left and its key is forgotten.

use ddvs_contracts::Reason;
use ddvs_network_tests::check::refusals;
use ddvs_network_tests::{COIN, Shape, World};

#[test]
fn root_is_refused_by_a_full_registry_until_there_is_room() {
    let mut shape = Shape::default();
    shape.limits.max_roots = 4;
    let mut world = World::new(&shape);
    assert_eq!(world.registry(1, 1).count, 4);

    let nora = world.person(1, 0);
    let (root, key) = (world.root_of(&nora, 100), world.key("Nora"));
    world.open_root(&nora, &root, &key);
    world.deposit(&nora, 60_000 * COIN);
    let tree = world.stake(&nora, &root, 60_000 * COIN);
    assert_eq!(refusals(tree.transactions()), [Reason::RegistryFull.code()]);
    let state = world.root_state(&root);
    assert_eq!(state.last_reason, Some(Reason::RegistryFull.code()));
    assert_eq!(state.counted.into_inner(), 0);
    // the stake is locked with the Root all the same, and nothing waits
    assert_eq!(state.owner_active.into_inner(), 60_000 * COIN);
    assert!(state.flight.is_none());
    assert_eq!(world.entry(&root), None);
    assert_eq!(world.registry(1, 1).count, 4);
    world.check_at_rest();

    // registered ones continue; there is room once one has left
    let ivan = world.person(1, 1);
    world.deposit_and_stake(&ivan, &world.validator(1, 1).root, 1_000 * COIN);
    world.pass(25);
    let leaver = world.validator(1, 0);
    let tree = world.close(&leaver.owner, &leaver.root);
    assert!(refusals(tree.transactions()).is_empty(), "{tree}");
    // it stays registered, without stake, for as long as its key can be blamed
    assert_eq!(world.counted(&leaver.root), 0);
    let value = world.change_value(1);
    let tree = world.sync(&nora, &root, value);
    assert_eq!(refusals(tree.transactions()), [Reason::RegistryFull.code()]);
    world.pass(world.params(1).evidence_window_s + 1);
    let (delector, id) = (world.delector(1), leaver.root.address().address);
    let purge = delector
        .purge_key(id, leaver.key.public(), value, 1)
        .unwrap();
    world.must(&ivan, &[purge]);
    assert_eq!(world.entry(&leaver.root), None);
    let value = world.change_value(1);
    let tree = world.sync(&nora, &root, value);
    assert!(refusals(tree.transactions()).is_empty());
    assert_eq!(world.counted(&root), 60_000 * COIN);
    assert!(world.in_set(1, &key));
    assert_eq!(world.registry(1, 1).count, 4);
    world.check_at_rest();
}
