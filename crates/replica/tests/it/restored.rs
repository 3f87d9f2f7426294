//! A replica is restored from plain data, and only from that of its header.

use ddvs_replica::{Replica, ReplicaState};
use ddvs_test_kit::Shape;

use crate::cluster::Cluster;

fn busy() -> Cluster {
    let mut cluster = Cluster::new(&Shape::default());
    let who = cluster.world.person(1, 0);
    let root = cluster.world.validator(1, 2).root;
    cluster.stake(&who, &root, 50_000);
    cluster
}

type Change = fn(&mut ReplicaState, &Cluster);

#[test]
fn restored_replica_is_the_same() {
    let mut cluster = busy();
    for chain in [-1, 0, 1, 2] {
        for replica in [&cluster.start[&chain], cluster.replica(chain)] {
            let encoded = replica.export().unwrap().encode().unwrap();
            assert!(ReplicaState::decode(&encoded[..encoded.len() / 2]).is_err());
            let state = ReplicaState::decode(&encoded).unwrap();
            let restored = Replica::restore(&cluster.start[&chain], state).unwrap();
            assert_eq!(restored.hash(), replica.hash());
            assert_eq!(restored.cursors(), replica.cursors());
            assert_eq!(restored.next_set(), replica.next_set());
        }
        let state = cluster.replica(chain).export().unwrap();
        let restored = Replica::restore(&cluster.start[&chain], state).unwrap();
        cluster.sites.get_mut(&chain).unwrap().replica = restored;
    }
    cluster.rounds(3);
}

#[test]
fn state_that_is_not_the_headers_is_refused() {
    let cluster = busy();
    let changes: [(&str, Change); 9] = [
        ("the next set lacks a member", |state, _| {
            state.next_set.truncate(3);
        }),
        ("a weight differs", |state, _| state.next_set[0].weight += 1),
        ("logical time differs", |state, _| state.chain.lt += 1),
        ("the last hash differs", |state, _| {
            state.chain.last_hash.0[0] ^= 1;
        }),
        ("it is another chain's header", |state, cluster| {
            state.header = cluster.replica(2).header().to_cell().unwrap();
        }),
        ("it is another chain's state", |state, cluster| {
            state.chain = cluster.replica(2).chain().export().unwrap();
        }),
        ("a cursor is missing", |state, _| drop(state.cursors.pop())),
        ("a cursor is older", |state, cluster| {
            state.cursors[2].0 = cluster.start[&2].header().to_cell().unwrap();
        }),
        ("a set is not agreed", |state, _| state.cursors[0].1 = None),
    ];
    let start = &cluster.start[&1];
    for (name, change) in changes {
        let mut state = cluster.replica(1).export().unwrap();
        assert!(Replica::restore(start, state.clone()).is_ok());
        change(&mut state, &cluster);
        assert!(Replica::restore(start, state).is_err(), "{name}");
    }
}
