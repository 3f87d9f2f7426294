//! A validator that signs twice is removed from every set, without a person's hand.

use ddvs_bft::Misbehavior;

use crate::net::Net;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validator_that_signs_twice_is_out_of_all_sets() {
    let mut net = Net::new(0);
    // the largest of chain 0, which is in the masterchain's set too
    let guilty = 3;
    net.configs[guilty].misbehavior = Some(Misbehavior {
        double_votes: 0.3,
        double_proposals: 0.0,
        seed: 1,
    });
    net.start_all().await;
    let key = net.members[guilty].key.public();
    for chain in [0, -1] {
        let time = net
            .until("it is removed", |net| {
                let replica = net.node(0).chains.replica(chain).unwrap();
                replica.header().height > 3 && replica.next_set().get(&key).is_none()
            })
            .await;
        println!("out of the set of chain {chain} after {time:?}");
    }
    for chain in [-1, 0, 1] {
        let now = net.height(0, chain);
        net.reach(chain, now + 3).await;
    }
    net.stop_all().await;
}
