//! What a captured chain may try: headers that nobody signed, other sets, coins from nowhere, lanes that were changed.

use ddvs_light::{Header, Member, ValidatorSet};
use ddvs_replica::{BlockRefusal, Body, CertifiedHeader, ExecuteError, ImportRefusal, LaneOffer};
use ddvs_test_kit::Shape;
use ddvs_test_kit::puppets::{injected, puppet};
use ddvs_types::{COIN, ChainId};
use tycho_types::cell::{Cell, HashBytes};

use crate::cluster::Cluster;

/// A network after a payment from chain 1 to chain 0, which chain 0 has not imported, with chain 1's newest header.
fn with_payment() -> (Cluster, Header) {
    let mut cluster = Cluster::new(&Shape::default());
    let staker = cluster.world.person(1, 1);
    let root = cluster.world.validator(1, 0).root;
    cluster.stake(&staker, &root, 20_000);
    // chain 0 knows chain 1's newest block, so that the next one is its child
    cluster.now_ms += 500;
    cluster.block(0);
    let who = cluster.world.person(1, 0);
    let to = cluster.world.person(0, 0);
    let payment = ddvs_client::Outgoing::new(to.address().clone(), 7 * COIN, Cell::default());
    cluster.send(&who, &[payment]);
    cluster.now_ms += 500;
    let header = cluster.block(1).header.clone();
    cluster.now_ms += 500;
    assert_eq!(header.lanes[&0].count - before(&cluster), 1);
    (cluster, header)
}

/// Messages of chain 1 that chain 0 has imported.
fn before(cluster: &Cluster) -> u64 {
    let received = cluster.replica(0).chain().received();
    received.get(1).expect("it is valid").count
}

/// Offers a header of chain 1 to chain 0, and returns why a body with it is refused. A proposer must leave it out for the same
/// reason.
fn offer(
    cluster: &mut Cluster,
    certified: CertifiedHeader,
    messages: Vec<Cell>,
) -> Option<ImportRefusal> {
    let count = messages.len();
    let offered = LaneOffer {
        messages: messages.clone(),
        later: Vec::new(),
    };
    let offered = cluster.propose(0, vec![certified.clone()], [(1, offered)].into());
    let body = Body {
        time_ms: cluster.now_ms,
        steps: messages.len(),
        headers: vec![certified],
        later: (messages.iter().take(1).map(|_| (1, Vec::new()))).collect(),
        imports: messages.into_iter().map(|cell| (1, cell)).collect(),
        externals: Vec::new(),
    };
    let refusal = match cluster.replica(0).execute(&body) {
        Ok(_) => None,
        Err(ExecuteError::Refused(BlockRefusal::Import(refusal))) => Some(refusal),
        Err(error) => panic!("{error}"),
    };
    // a proposer leaves out what is beyond the lane
    if count <= lane(cluster).len() {
        assert_eq!(offered.refused.first(), refusal.as_ref());
    }
    // whatever was refused, the block is one that others accept
    let again = Body::decode(&offered.executed.body).expect("it is valid");
    let again = cluster.replica(0).execute(&again).expect("it is valid");
    assert_eq!(
        again.header.repr_hash(),
        offered.executed.header.repr_hash()
    );
    refusal
}

fn lane(cluster: &Cluster) -> Vec<Cell> {
    cluster.sites[&1].sent[&0][before(cluster) as usize..].to_vec()
}

type Change = fn(&mut Header);

#[test]
fn header_and_messages_as_they_are_are_taken() {
    let (mut cluster, header) = with_payment();
    let set = cluster.replica(1).next_set().clone();
    let certified = cluster.certify(&header, &set);
    let messages = lane(&cluster);
    assert_eq!(offer(&mut cluster, certified, messages), None);
}

#[test]
fn forged_headers_are_refused() {
    let (mut cluster, header) = with_payment();
    let set = cluster.replica(1).next_set().clone();
    let messages = lane(&cluster);
    let other_set = ValidatorSet::new(set.members().iter().take(2).copied()).unwrap();
    let changes: [(&str, Change); 14] = [
        ("another network", |header| {
            header.scope.genesis = HashBytes([1; 32]);
        }),
        ("another chain", |header| header.scope.chain = 2),
        ("the chain itself", |header| header.scope.chain = 0),
        ("no chain", |header| header.scope.chain = 9),
        ("another incarnation", |header| header.scope.incarnation = 1),
        ("an old height", |header| header.height = 1),
        ("an old time", |header| header.time_ms -= 10_000),
        ("a time to come", |header| header.time_ms += 500),
        ("another parent", |header| {
            header.parent = HashBytes([1; 32]);
        }),
        ("a shorter lane", |header| {
            header.lanes.get_mut(&2).unwrap().count -= 1;
        }),
        ("a lane with another hash", |header| {
            header.lanes.get_mut(&2).unwrap().hash = HashBytes([1; 32]);
        }),
        ("a lane with more coins", |header| {
            header.lanes.get_mut(&2).unwrap().value_nano += 1;
        }),
        ("no lane", |header| header.lanes.retain(|to, _| *to != 2)),
        ("another set", |header| header.set = HashBytes([1; 32])),
    ];
    for (name, change) in changes {
        let mut forged = header.clone();
        // the lane to chain 2 is not empty
        change(&mut forged);
        // signed by all keys of the chain's true set, which is captured
        let certified = cluster.certify_at(&forged.scope, &forged, &set, 0);
        let refused = offer(&mut cluster, certified, messages.clone());
        assert!(refused.is_some(), "{name}");
    }
    // a set that nobody agreed to
    let mut forged = header.clone();
    forged.set = other_set.hash();
    let certified = cluster.certify(&forged, &other_set);
    let refused = offer(&mut cluster, certified, messages.clone());
    assert_eq!(refused, Some(ImportRefusal::NotAgreed(1)));
    // two of four keys are not enough
    let certified = cluster.certify(&header, &other_set);
    let refused = offer(&mut cluster, certified, messages.clone());
    assert!(
        matches!(refused, Some(ImportRefusal::Certificate { chain: 1, .. })),
        "{refused:?}"
    );
}

#[test]
fn lane_is_imported_as_it_was_sent() {
    let (mut cluster, header) = with_payment();
    let set = cluster.replica(1).next_set().clone();
    let certified = cluster.certify(&header, &set);
    let messages = lane(&cluster);
    let who = cluster.world.person(1, 0).address().clone();
    let to = cluster.world.person(0, 0).address().clone();
    let forged = injected(&who, &to, 7 * COIN, 5, puppet::nothing());
    let twice = [&messages[..], &messages[..]].concat();
    for wrong in [vec![forged], twice] {
        let refused = offer(&mut cluster, certified.clone(), wrong);
        assert_eq!(refused, Some(ImportRefusal::Lane(1)));
    }
}

/// The header says so, all validators of the chain have signed it, and the message is there.
#[test]
fn coins_that_never_went_into_a_chain_do_not_come_out() {
    let (mut cluster, header) = with_payment();
    let set = cluster.replica(1).next_set().clone();
    let issued = cluster.replica(1).chain().supply().issued_nano;
    let who = cluster.world.person(1, 0).address().clone();
    let to = cluster.world.person(0, 0).address().clone();
    let messages = lane(&cluster);
    let mut forge = |value_nano: u128, said_nano: u128| {
        let minted = injected(&who, &to, value_nano, 5, puppet::nothing());
        let mut forged = header.clone();
        let lane = forged.lanes.get_mut(&0).unwrap();
        lane.push(minted.repr_hash(), said_nano).unwrap();
        let certified = cluster.certify(&forged, &set);
        let all = [&messages[..], &[minted]].concat();
        offer(&mut cluster, certified, all)
    };
    let coins = |refused| matches!(refused, Some(ImportRefusal::Coins { chain: 1, .. }));
    assert!(coins(forge(issued, issued)));
    assert!(coins(forge(u128::MAX >> 8, u128::MAX >> 8)));
    assert!(coins(forge(COIN, u128::MAX - (1 << 100))));
    // a lane that says less than its messages carry
    assert_eq!(forge(issued, COIN), Some(ImportRefusal::Lane(1)));
    // what the chain has, it may spend: its validators can do that
    assert_eq!(forge(issued / 2, issued / 2), None);
}

#[test]
fn header_without_an_agreed_set_is_the_last_one_taken() {
    let (mut cluster, header) = with_payment();
    let set = cluster.replica(1).next_set().clone();
    let own_keys = set.members().iter().take(1);
    let own = ValidatorSet::new(own_keys.map(|member| Member {
        key: member.key,
        weight: 1_000_000,
    }))
    .unwrap();
    // its validators hand the chain over to one of them, and say that a batch did it
    let mut forged = header.clone();
    forged.next_set = own.hash();
    forged.base.insert(1, 1);
    let certified = cluster.certify(&forged, &set);
    let messages = lane(&cluster);
    let lanes = |messages: Vec<Cell>| -> std::collections::BTreeMap<ChainId, LaneOffer> {
        let lane = LaneOffer {
            messages,
            later: Vec::new(),
        };
        [(1, lane)].into()
    };
    cluster.block_of(0, vec![certified], lanes(messages));
    let mut next = forged.clone();
    next.height += 1;
    next.parent = forged.hash().unwrap();
    next.time_ms += 250;
    next.set = own.hash();
    cluster.now_ms += 500;
    let certified = cluster.certify(&next, &own);
    let refused = cluster
        .propose(0, vec![certified], lanes(Vec::new()))
        .refused;
    assert_eq!(refused, [ImportRefusal::NotAgreed(1)]);
}
