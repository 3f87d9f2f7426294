//! A node that starts with nothing but the network file and one address becomes a validator, and proposes.

use ddvs_client::{DePoolRoot, Outgoing};
use ddvs_light::VoteKind;
use ddvs_types::{COIN, ChainId};

use crate::net::{Net, PER_CHAIN};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn newcomer_follows_validates_and_signs() {
    let mut net = Net::new(1);
    net.start_all().await;
    for chain in [-1, 0, 1] {
        net.reach(chain, 4).await;
    }
    let newcomer = usize::from(2 * PER_CHAIN);
    net.configs[newcomer].nodes.truncate(1);
    net.start(newcomer).await;
    for chain in [-1, 0, 1] {
        net.reach(chain, net.height(0, chain)).await;
    }
    let member = net.members[newcomer].clone();
    let (chain, owner) = (member.chain, member.owner.clone());
    let root = DePoolRoot::new(
        &net.zerostate.network,
        chain,
        ddvs_contracts::RootTerms {
            nonce: 7,
            ..net.root(newcomer).terms().clone()
        },
    )
    .unwrap();
    let wallet = net.wallet(&owner);
    let replica = net.node(newcomer).chains.replica(chain).unwrap();
    let params = replica.delector().unwrap().unwrap().params().unwrap();
    let value: u128 = params.change_value_nano().into();
    let proof = member
        .key
        .prove(&net.zerostate.network.genesis, root.address());
    let register = root
        .register_key(member.key.public(), &proof, value, 1)
        .unwrap();
    let steps: [Vec<Outgoing>; 4] = [
        vec![root.deploy(2 * COIN).unwrap()],
        vec![register],
        vec![wallet.deposit(200_001 * COIN).unwrap()],
        vec![wallet.stake(&root, 200_000 * COIN, value, 2).unwrap()],
    ];
    for messages in steps {
        net.act(newcomer, &owner, &messages).await;
        let now = net.height(newcomer, chain);
        net.reach(chain, now + 3).await;
    }
    // with the largest stake it is in both sets
    let key = member.key.public();
    for id in [chain, -1] {
        net.until("it is in the set", |net| {
            let replica = net.node(0).chains.replica(id).unwrap();
            replica.next_set().get(&key).is_some()
        })
        .await;
        let from = net.height(0, id);
        net.until("its signature is in a certificate", |net| {
            signs(net, id, from, &key)
        })
        .await;
    }
    let signed = net
        .home(newcomer)
        .join("signed")
        .join(format!("{chain}.json"));
    net.until("it proposes", |_| {
        let text = std::fs::read_to_string(&signed).unwrap_or_default();
        text.contains(&format!("\"{}\":", VoteKind::Proposal.number()))
    })
    .await;
    net.stop_all().await;
}

fn signs(net: &Net, chain: ChainId, from: u64, key: &tycho_types::cell::HashBytes) -> bool {
    let store = net.node(0).chains.store();
    let heights = from..=net.height(0, chain);
    let mut certified =
        heights.filter_map(|height| store.header(chain, height).expect("it is read"));
    certified.any(|certified| {
        let mut signatures = certified.certificate.signatures.iter();
        signatures.any(|commit| commit.key == *key)
    })
}
