//! A Root whose removal is in flight does not return with another key, and counts nothing after its slash.

use ddvs_network_tests::{Shape, World};

#[test]
fn an_update_that_waits_behind_the_removal_is_refused() {
    let mut world = World::new(&Shape::default());
    let (accuser, guilty) = (world.person(0, 0), world.validator(0, 3));
    let evidence = world.double_vote(&guilty.key, -1, 7);
    for chain in [1, 2] {
        world.silence(chain);
    }
    // the removal is in flight: it has no majority yet
    let delector = world.delector(0);
    let value = world.change_value(0);
    let accuse = delector
        .submit_evidence(&evidence, 2 * value, 1)
        .expect("it can be encoded");
    world.send(&accuser, &[accuse]);
    world.pass(4);
    assert!(world.local(0).in_flight);
    // an honest update of the same Root, with an unaccused key, waits behind it
    let register = world.register_message(&guilty.root, &world.key("another"));
    world.send(&guilty.owner, &[register]);
    world.pass(4);
    for chain in [1, 2] {
        world.resume(chain);
    }
    world.settle();
    assert_eq!(world.entry(&guilty.root), None, "it is back");
    assert!(!world.in_set(0, &world.key("another")));
    assert!(world.root_state(&guilty.root).is_removed());
    assert!(world.replicas_equal());
}
