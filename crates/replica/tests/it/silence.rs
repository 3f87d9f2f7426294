//! Chains that stand still, and come back.

use ddvs_test_kit::Shape;
use ddvs_types::ChainId;

use crate::cluster::Cluster;

/// A chain is dead while the others change their sets many more times than copies remember; then it catches up.
fn chain_comes_back(silent: ChainId, busy: ChainId) {
    let mut cluster = Cluster::new(&Shape::default());
    cluster.rounds(2);
    cluster.sites.get_mut(&silent).expect("it exists").is_down = true;
    let before = cluster.replica(silent).header().height;
    let root = cluster.world.validator(busy, 1).root;
    let who = cluster.world.person(busy, 0);
    for _ in 0..12 {
        let set = cluster.replica(busy).next_set().clone();
        cluster.stake(&who, &root, 1_000);
        assert_ne!(cluster.replica(busy).next_set(), &set, "others go on");
    }
    assert_eq!(cluster.replica(silent).header().height, before);
    cluster.sites.get_mut(&silent).expect("it exists").is_down = false;
    cluster.rounds(30);
    for (id, site) in &cluster.sites {
        for (of, cursor) in site.replica.cursors() {
            let known = cursor.next_set.as_ref();
            let known = known.unwrap_or_else(|| panic!("{id} does not know the set of {of}"));
            assert_eq!(known, cluster.replica(*of).next_set());
        }
    }
    // and all of them agree on what happened
    let base = |chain| cluster.replica(chain).header().base.clone();
    assert_eq!(base(silent)[&busy], base(busy)[&busy]);
}

#[test]
fn workchain_comes_back() {
    chain_comes_back(2, 1);
}

#[test]
fn masterchain_comes_back() {
    chain_comes_back(-1, 1);
}
