//! More than a block can take: messages that pile up, large ones, and headers of many chains.

use std::collections::BTreeMap;

use ddvs_client::Outgoing;
use ddvs_light::Certificate;
use ddvs_replica::body::MAX_BODY_BYTES;
use ddvs_replica::{Body, CertifiedHeader, ImportRefusal, LaneOffer};
use ddvs_test_kit::Shape;
use ddvs_types::COIN;
use tycho_types::cell::{Cell, CellBuilder};

use crate::cluster::Cluster;

/// Chain 0 is away while three users of chain 1 send it at least so many messages.
fn flooded(count: usize) -> Cluster {
    let mut cluster = Cluster::new(&Shape::default());
    cluster.rounds(2);
    let people: Vec<_> = (0..3).map(|index| cluster.world.person(1, index)).collect();
    let to = cluster.world.person(0, 0).address().clone();
    let mut value = 1;
    while cluster.sites[&1].sent.get(&0).map_or(0, Vec::len) < count {
        for who in &people {
            let messages: Vec<_> = (0..255)
                .map(|_| {
                    value += 1;
                    Outgoing::new(to.clone(), value, Cell::default())
                })
                .collect();
            cluster.send(who, &messages);
        }
        cluster.now_ms += 500;
        cluster.block_of(1, Vec::new(), BTreeMap::new());
    }
    cluster.now_ms += 500;
    cluster
}

/// The newest header proves only what a block can finish: earlier ones come first.
#[test]
fn backlog_of_any_length_is_imported() {
    let mut cluster = flooded(40_000);
    let all = cluster.sites[&1].sent[&0].len() as u64;
    let newest = cluster.sites[&1].blocks.last().unwrap().certified.clone();
    let refused = cluster.propose(0, vec![newest], BTreeMap::new()).refused;
    assert!(
        matches!(refused[..], [ImportRefusal::TooFar { chain: 1, .. }]),
        "{refused:?}"
    );
    let received = |cluster: &Cluster| {
        let received = cluster.replica(0).chain().received();
        received.get(1).unwrap().count
    };
    let mut blocks = 0;
    while received(&cluster) < all {
        cluster.now_ms += 500;
        // every block is executed again
        cluster.block(0);
        blocks += 1;
        assert!(
            blocks < 60,
            "{} of {all} after {blocks} blocks",
            received(&cluster)
        );
    }
}

/// A tree of so many cells with as many bits as they may have.
fn large(seed: u64, cells: usize) -> Cell {
    let mut cell = CellBuilder::build_from(seed).expect("it fits");
    for index in 0..cells as u64 {
        let mut builder = CellBuilder::new();
        for word in 0..15 {
            builder
                .store_u64(seed << 32 | index << 8 | word)
                .expect("it fits");
        }
        builder.store_reference(cell).expect("it fits");
        cell = builder.build().expect("it fits");
    }
    cell
}

#[test]
fn body_is_never_larger_than_a_block_may_be() {
    let mut cluster = Cluster::new(&Shape::default());
    cluster.rounds(1);
    let who = cluster.world.person(1, 0);
    let to = cluster.world.person(1, 1).address().clone();
    for piece in 0..75 {
        let message = Outgoing::new(to.clone(), COIN, large(piece, 440));
        cluster.send(&who, &[message]);
    }
    let mut sizes = Vec::new();
    while !cluster.sites[&1].mempool.is_empty() {
        cluster.now_ms += 500;
        let proposed = cluster.propose(1, Vec::new(), BTreeMap::new());
        sizes.push(proposed.executed.body.len());
        let body = Body::decode(&proposed.executed.body).unwrap();
        cluster.replica(1).execute(&body).unwrap();
        assert!(sizes.len() < 10, "{sizes:?}");
    }
    assert!(sizes[0] > 3 << 20, "{sizes:?}");
    let too_large = vec![0; MAX_BODY_BYTES + 1];
    assert!(Body::decode(&too_large).is_err());
}

/// Headers that are refused, however many, keep nothing of another chain out.
#[test]
fn refused_headers_take_no_places() {
    let mut cluster = Cluster::new(&Shape::default());
    cluster.rounds(2);
    cluster.now_ms += 500;
    let (good, lane) = cluster.known(0, 2);
    let junk = cluster.sites[&1].blocks[1].certified.clone();
    let junk = CertifiedHeader {
        certificate: Certificate {
            signatures: Vec::new(),
            ..junk.certificate
        },
        ..junk
    };
    let mut headers = vec![junk; 200];
    headers.extend(good.clone());
    let lanes: BTreeMap<_, LaneOffer> = [(2, lane)].into();
    let proposed = cluster.propose(0, headers, lanes);
    let body = Body::decode(&proposed.executed.body).unwrap();
    assert_eq!(body.headers, good);
    assert_eq!(proposed.refused.len(), 200);
}
