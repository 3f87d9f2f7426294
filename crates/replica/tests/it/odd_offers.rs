//! Random offers: what is proposed is what others execute.

use std::collections::BTreeMap;

use ddvs_replica::{LaneOffer, Offer, Replica, ReplicaState};
use ddvs_test_kit::Shape;
use ddvs_types::COIN;
use tycho_types::cell::HashBytes;

use crate::cluster::Cluster;

struct Random(u64);
impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }
}

/// What is proposed from odd offers is what others execute, whatever a clock says.
#[test]
fn proposals_from_odd_offers_are_valid() {
    let mut random = Random(424_242);
    let mut imported = 0;
    let mut reasons = BTreeMap::<String, usize>::new();
    for seed in 0..2 {
        let mut cluster = Cluster::new(&Shape {
            seed: 100 + seed,
            ..Shape::default()
        });
        cluster.rounds(2);
        for round in 0..50 {
            cluster.now_ms += 300;
            for chain in [-1, 0, 1, 2] {
                for other in 0..3 {
                    let who = cluster.world.person(chain, other);
                    let to = random.below(4) as i8 - 1;
                    let to = cluster.world.person(to, random.below(3)).address().clone();
                    let value = COIN + random.below(1_000) as u128;
                    let mut message = ddvs_client::Outgoing::new(to, value, Default::default());
                    message.bounce = random.below(2) == 0;
                    if random.below(3) == 0 {
                        cluster.send(&who, &[message]);
                    }
                }
                if chain == 1 && round % 7 == 0 {
                    let who = cluster.world.person(1, 0);
                    let wallet = cluster.world.wallet(&who);
                    cluster.send(&who, &[wallet.deposit(5_000 * COIN).unwrap()]);
                }
                if chain == 1 && round % 7 == 3 {
                    let who = cluster.world.person(1, 0);
                    let root = cluster.world.validator(1, random.below(4)).root;
                    let stake = cluster.world.stake_message(&who, &root, 1_000 * COIN);
                    cluster.send(&who, &[stake]);
                }
                let mut headers = Vec::new();
                let mut lanes = BTreeMap::new();
                for source in [-1, 0, 1, 2].into_iter().filter(|id| *id != chain) {
                    if random.below(4) == 0 {
                        continue;
                    }
                    let site = &cluster.sites[&source];
                    let cursor = cluster.replica(chain).cursors()[&source].header.height;
                    let mut new: Vec<_> = site
                        .blocks
                        .iter()
                        .filter(|block| block.header.height + 2 > cursor)
                        .filter(|block| {
                            block.header.next_set != block.header.set || random.below(3) == 0
                        })
                        .map(|block| block.certified.clone())
                        .collect();
                    if let Some(last) = site.blocks.last()
                        && random.below(3) > 0
                    {
                        new.push(last.certified.clone());
                    }
                    if random.below(8) == 0
                        && let Some(last) = site.blocks.last()
                    {
                        // coins from nowhere
                        let mut forged = last.header.clone();
                        forged.height += 1 + random.below(3) as u64;
                        forged.time_ms += 1;
                        let lane = forged.lanes.get_mut(&chain).unwrap();
                        lane.push(&HashBytes([3; 32]), 1 << 100).unwrap();
                        let set = cluster.replica(source).next_set().clone();
                        new.push(cluster.certify(&forged, &set));
                    }
                    if new.len() > 1 && random.below(4) == 0 {
                        let at = random.below(new.len());
                        new.swap(0, at);
                    }
                    headers.extend(new);
                    let received = cluster
                        .replica(chain)
                        .chain()
                        .received()
                        .get(source)
                        .unwrap()
                        .count as usize;
                    let sent = site
                        .sent
                        .get(&chain)
                        .map_or(&[][..], |sent| &sent[received..]);
                    let cut = random
                        .below(sent.len() + 1)
                        .max(random.below(sent.len() + 1));
                    let (now, later) = sent.split_at(cut);
                    lanes.insert(
                        source,
                        LaneOffer {
                            messages: now.to_vec(),
                            later: later.iter().map(|cell| *cell.repr_hash()).collect(),
                        },
                    );
                }
                let stop = random.below(12);
                let now_ms = cluster.now_ms;
                let site = cluster.sites.get_mut(&chain).unwrap();
                let mempool = &mut site.mempool;
                let proposed = site
                    .replica
                    .propose(Offer {
                        time_ms: now_ms,
                        headers,
                        lanes,
                        externals: &mut || mempool.pop_front(),
                        goes_on: &mut |work| work.steps < stop,
                    })
                    .unwrap();
                for refusal in &proposed.refused {
                    let words: String = refusal
                        .to_string()
                        .chars()
                        .filter(|c| !c.is_ascii_digit())
                        .take(40)
                        .collect();
                    *reasons.entry(words).or_default() += 1;
                }
                imported += proposed.executed.made.body.imports.len();
                // compares with what others execute
                cluster.commit(chain, proposed);
            }
        }
        for site in cluster.sites.values() {
            let supply = site.replica.chain().recount_supply().unwrap();
            assert_eq!(&supply, site.replica.chain().supply());
            let encoded = site.replica.export().unwrap().encode().unwrap();
            let state = ReplicaState::decode(&encoded).unwrap();
            let start = &cluster.start[&site.replica.chain().id()];
            assert_eq!(
                Replica::restore(start, state).unwrap().hash(),
                site.replica.hash()
            );
        }
    }
    assert!(imported > 100, "{imported} messages imported");
    assert!(reasons.len() > 3, "{reasons:#?}");
}
