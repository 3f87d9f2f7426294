//! Each chain has validators of its own, which its own D'Elector names, and chains believe each other.

use std::collections::BTreeMap;

use ddvs_light::Header;
use ddvs_types::{COIN, ChainId};

use crate::net::Net;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_chain_is_signed_by_the_set_that_its_own_delector_names() {
    let mut net = Net::new(0);
    net.start_all().await;
    for chain in [-1, 0, 1] {
        net.reach(chain, 5).await;
    }
    // a stake on chain 1 changes its set and the masterchain's
    let set = |net: &Net, index: usize, chain: ChainId| {
        let replica = net.node(index).chains.replica(chain).unwrap();
        replica.next_set().clone()
    };
    let before: Vec<_> = [-1, 0, 1].map(|chain| set(&net, 0, chain)).into();
    let who = net.members[4].owner.clone();
    let wallet = net.wallet(&who);
    let deposit = wallet.deposit(50_001 * COIN).unwrap();
    net.act(4, &who, &[deposit]).await;
    let balance = |net: &Net| {
        let replica = net.node(4).chains.replica(1).unwrap();
        let account = replica.chain().account(wallet.address()).unwrap();
        account.balance_nano
    };
    net.until("the deposit", |net| balance(net) > 150_000 * COIN)
        .await;
    let storage = net.node(4).chains.replica(1).unwrap().delector().unwrap();
    let value = storage.unwrap().params().unwrap().change_value_nano();
    let stake = wallet
        .stake(&net.root(4), 50_000 * COIN, value.into(), 1)
        .unwrap();
    net.send(4, &who, &[stake]);
    let changed = |chain: usize| {
        let before = before[chain].clone();
        move |net: &Net| set(net, 0, chain as ChainId - 1) != before
    };
    let own = net.until("the set of chain 1", changed(2)).await;
    let main = net.until("the masterchain's set", changed(0)).await;
    println!("chain 1 after {own:?}, the masterchain {main:?} later");
    assert_eq!(set(&net, 0, 0), before[1], "chain 0 keeps its own set");
    let tops: BTreeMap<ChainId, u64> = [-1, 0, 1].map(|id| (id, net.height(0, id) + 3)).into();
    for (chain, height) in &tops {
        net.reach(*chain, *height).await;
    }
    // every block is signed by the set that the one before named, on every node the same
    for (&chain, &top) in &tops {
        let start = net.node(0).chains.start_of(chain).unwrap();
        let mut next = start.next_set().hash();
        for height in 1..=top {
            let stored = |index: usize| {
                let header = net.node(index).chains.store().header(chain, height);
                header.unwrap().expect("it is stored")
            };
            let certified = stored(0);
            let header = Header::from_cell(&certified.header).unwrap();
            assert_eq!(header.set, next, "chain {chain}, block {height}");
            next = header.next_set;
            for index in 1..net.nodes.len() {
                assert_eq!(stored(index).header, certified.header);
            }
        }
    }
    net.stop_all().await;
}
