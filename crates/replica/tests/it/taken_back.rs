//! A captured chain with an eighth of all stake has copies apply batches and take them back: honest chains go on believing each
//! other.

use std::collections::BTreeMap;

use ddvs_contracts::messages::{Batch, BatchEntry, Propose};
use ddvs_light::{Header, ValidatorSet};
use ddvs_replica::LaneOffer;
use ddvs_test_kit::{Shape, world::internal};
use ddvs_types::{COIN, ChainId, MASTERCHAIN};
use tycho_types::cell::{Cell, CellBuilder, Lazy};
use tycho_types::dict::Dict;
use tycho_types::num::Tokens;

use crate::cluster::Cluster;

const CAPTURED: ChainId = 0;

struct Captured {
    header: Header,
    set: ValidatorSet,
    sent: BTreeMap<ChainId, Vec<Cell>>,
}

impl Captured {
    /// Its validators sign a header with another message, and `to` imports it.
    fn say(&mut self, cluster: &mut Cluster, to: ChainId, batch: &Lazy<Batch>) {
        let from = cluster.world.delector(CAPTURED).address().clone();
        let receiver = cluster.world.delector(to).address().clone();
        let body = Propose {
            batch: batch.clone(),
        };
        let message = internal(&from, &receiver, &body, 10 * COIN);
        self.header.parent = self.header.hash().expect("it is sound");
        self.header.height += 1;
        self.header.time_ms = cluster.now_ms + 1;
        let lane = self.header.lanes.get_mut(&to).expect("it is sound");
        lane.push(message.repr_hash(), 10 * COIN)
            .expect("it is sound");
        self.sent.entry(to).or_default().push(message);
        let certified = cluster.certify(&self.header, &self.set);
        let received = cluster
            .replica(to)
            .chain()
            .received()
            .get(CAPTURED)
            .expect("it is sound")
            .count as usize;
        let messages = self.sent[&to][received..].to_vec();
        cluster.now_ms += 20;
        let lane = LaneOffer {
            messages,
            later: Vec::new(),
        };
        cluster.block_of(to, vec![certified], [(CAPTURED, lane)].into());
    }
}

fn batches(cluster: &Cluster, stake_nano: u128) -> [Lazy<Batch>; 2] {
    let storage = cluster
        .replica(1)
        .delector()
        .expect("it is sound")
        .expect("it is sound");
    let registry = storage
        .registries
        .get(CAPTURED)
        .expect("it is sound")
        .expect("it is sound");
    let validator = cluster.world.validator(CAPTURED, 0);
    let id = validator.root.address().address;
    let old = registry
        .roots
        .get(id)
        .expect("it is sound")
        .expect("it is sound");
    let mut base = CellBuilder::new();
    for chain in cluster.sites.keys() {
        base.store_u8(chain.cast_unsigned()).expect("it is sound");
        base.store_u32(0).expect("it is sound");
    }
    let base = base.build().expect("it is sound");
    let batch = |seqno, previous, stake_nano| {
        let mut entries = Dict::new();
        let entry = BatchEntry::SetStake {
            stake: Tokens::new(stake_nano),
            key: validator.key.public(),
            since: old.since,
            proof: None,
        };
        entries.set(id, entry).expect("it is sound");
        Lazy::new(&Batch {
            origin: CAPTURED,
            seqno,
            previous,
            base: base.clone(),
            entries,
        })
        .expect("it is sound")
    };
    let first = batch(1, registry.last_hash, stake_nano);
    let second = batch(2, *first.inner().repr_hash(), stake_nano + COIN);
    [first, second]
}

#[test]
fn chain_that_takes_batches_back_is_believed_again() {
    let mut stakes = vec![vec![20_000; 4]; 8];
    stakes[7] = vec![10_000; 4];
    let mut cluster = Cluster::new(&Shape::with_stakes(stakes));
    cluster.rounds(2);
    let mut captured = Captured {
        header: cluster.replica(CAPTURED).header().clone(),
        set: cluster.replica(CAPTURED).next_set().clone(),
        sent: BTreeMap::new(),
    };
    // from now on only its forged headers exist
    cluster.sites.get_mut(&CAPTURED).unwrap().is_down = true;
    cluster.round();
    let first = batches(&cluster, 20_001 * COIN);
    let second = batches(&cluster, 20_101 * COIN);
    let applied = |cluster: &Cluster, chain| {
        let storage = cluster.replica(chain).delector().unwrap().unwrap();
        storage.base().unwrap()[&CAPTURED]
    };
    for to in [1, 2, 3, MASTERCHAIN] {
        for batch in &first {
            captured.say(&mut cluster, to, batch);
        }
    }
    cluster.rounds(6);
    assert!(
        applied(&cluster, MASTERCHAIN) > 0,
        "the masterchain has applied some"
    );
    for to in [4, 5, 6] {
        for batch in &second {
            captured.say(&mut cluster, to, batch);
        }
    }
    cluster.rounds(30);
    assert_eq!(applied(&cluster, MASTERCHAIN), 0, "and taken them back");
    let newest = cluster.replica(MASTERCHAIN).header().height;
    for chain in 1..8 {
        let cursor = &cluster.replica(chain).cursors()[&MASTERCHAIN];
        assert!(
            cursor.header.height + 2 > newest,
            "chain {chain} is at {}",
            cursor.header.height
        );
    }
}
