//! All validators of a chain sign a block that is not valid: nobody else believes it, and the other chains go on.

use std::time::Duration;

use ddvs_bft::Verdict;
use ddvs_light::{Certificate, CommitSignature, Header, VoteKind};
use ddvs_node::block;
use ddvs_node::chains::{Chains, TakeError};
use ddvs_node::store::Store;
use ddvs_replica::{CertifiedHeader, NetworkStart};
use ddvs_types::{ChainId, Lane};
use tycho_types::cell::{Cell, HashBytes};

use crate::net::Net;

struct Chain<'n> {
    net: &'n Net,
    chains: Chains,
    id: ChainId,
}

impl Chain<'_> {
    fn sign(&self, header: &Cell) -> Certificate {
        let decoded = Header::from_cell(header).expect("it is a header");
        let bytes = decoded
            .scope
            .vote_bytes(VoteKind::Precommit, decoded.height, 0, *header.repr_hash())
            .expect("the round can be signed");
        let replica = self.chains.replica(self.id).expect("it exists");
        let members = replica.next_set().members().iter();
        let signatures = members.map(|member| {
            let mut all = self.net.members.iter();
            let signer = all.find(|other| other.key.public() == member.key);
            CommitSignature {
                key: member.key,
                signature: signer
                    .expect("it is a validator")
                    .key
                    .pair()
                    .sign_raw(&bytes),
            }
        });
        Certificate {
            round: 0,
            signatures: signatures.collect(),
        }
    }
}

fn chains(net: &Net, home: usize) -> Chains {
    let zerostate = &net.zerostate;
    let start = NetworkStart {
        genesis: zerostate.network.genesis,
        chains: zerostate.chain_genesis(),
        start_time_ms: zerostate.start_time_ms(),
        max_block_transactions: 1_000,
    };
    let path = net.home(home).join("chains.redb");
    let store = Store::open(&path, &zerostate.network.genesis).expect("the disk is fine");
    Chains::load(store, start.replicas().expect("they can start")).expect("they can be loaded")
}

/// A block that says that chain 0 has sent 1,000 coins more to chain 1 than it has, signed by all its validators.
#[test]
fn certified_block_that_is_not_valid_captures_its_chain_only() {
    let net = Net::new(0);
    let mut chain = Chain {
        chains: chains(&net, 0),
        net: &net,
        id: 0,
    };
    let (_, bytes) = chain.chains.build(0, 1, Duration::from_secs(1)).unwrap();
    let decoded = block::decode(&bytes).unwrap();
    let mut header = decoded.header.clone();
    header.lanes.insert(
        1,
        Lane {
            count: 1,
            hash: HashBytes([7; 32]),
            value_nano: 1_000,
        },
    );
    let forged = header.to_cell().unwrap();
    let bytes = block::encode(&forged, decoded.body);
    let verdict = chain.chains.check(0, 1, &bytes, false).unwrap();
    assert_eq!(
        verdict,
        Verdict::Invalid(*forged.repr_hash()),
        "no honest validator votes for it"
    );
    let certificate = chain.sign(&forged);
    let taken = chain.chains.take(0, &bytes, certificate.clone());
    assert!(
        matches!(
            taken,
            Err(TakeError::Captured {
                chain: 0,
                height: 1,
                ..
            })
        ),
        "{taken:?}"
    );
    assert!(chain.chains.site(0).unwrap().captured.is_some());
    // without the certificate it is nothing but bytes
    let unsigned = Certificate {
        round: 0,
        signatures: Vec::new(),
    };
    let taken = chain.chains.take(0, &bytes, unsigned);
    assert!(matches!(taken, Err(TakeError::Certificate(_))), "{taken:?}");

    // a node that believes the header without executing the block would import from it: others vote against that
    std::thread::sleep(Duration::from_millis(5));
    let replica = chain.chains.replica(1).unwrap();
    let mut externals = || None;
    let proposed = replica
        .propose(ddvs_replica::Offer {
            time_ms: header.time_ms + 5,
            headers: vec![CertifiedHeader {
                header: forged.clone(),
                certificate,
            }],
            lanes: Default::default(),
            externals: &mut externals,
            goes_on: &mut |_| true,
        })
        .unwrap();
    assert_eq!(proposed.refused, []);
    let block = proposed.executed;
    let id = *block.header.repr_hash();
    let bytes = block::encode(&block.header, &block.body);
    let verdict = chain.chains.check(1, 1, &bytes, false).unwrap();
    assert_eq!(verdict, Verdict::Invalid(id));
    // and chain 1 goes on
    chain.id = 1;
    let (_, bytes) = chain.chains.build(1, 1, Duration::from_secs(1)).unwrap();
    let certificate = chain.sign(&block::decode(&bytes).unwrap().cell);
    assert_eq!(chain.chains.take(1, &bytes, certificate).unwrap(), 1);
}

#[test]
fn store_of_another_network_is_refused() {
    let net = Net::new(0);
    drop(chains(&net, 0));
    let path = net.home(0).join("chains.redb");
    let other = Store::open(&path, &HashBytes([9; 32])).unwrap_err();
    assert!(
        other.to_string().contains("take another directory"),
        "{other}"
    );
    let _first = Store::open(&path, &net.zerostate.network.genesis).unwrap();
    let second = Store::open(&path, &net.zerostate.network.genesis).unwrap_err();
    assert!(
        second.to_string().contains("used by another process"),
        "{second}"
    );
}

/// The follower may take a block after the engine was told its height: then the engine must still be able to decide it.
#[test]
fn block_that_was_taken_is_valid_at_its_height_and_nothing_else_is() {
    let net = Net::new(0);
    let chain = Chain {
        chains: chains(&net, 0),
        net: &net,
        id: 0,
    };
    let (id, bytes) = chain.chains.build(0, 1, Duration::from_secs(1)).unwrap();
    std::thread::sleep(Duration::from_millis(5));
    let (_, other) = chain.chains.build(0, 1, Duration::from_secs(1)).unwrap();
    let certificate = chain.sign(&block::decode(&bytes).unwrap().cell);
    chain.chains.take(0, &bytes, certificate).unwrap();
    let check = |bytes: &[u8]| chain.chains.check(0, 1, bytes, true).unwrap();
    assert_eq!(check(&bytes), Verdict::Valid(id));
    assert_eq!(check(&other), Verdict::Unknown);
    let again = chain.chains.build(0, 1, Duration::from_secs(1));
    assert!(
        matches!(
            again,
            Err(TakeError::NotNext {
                found: 1,
                known: 1,
                ..
            })
        ),
        "{again:?}"
    );
}

/// A chain whose blocks have an earlier time than the newest header can take the one before.
#[test]
fn header_before_the_newest_is_offered_too() {
    let net = Net::new(0);
    let chain = Chain {
        chains: chains(&net, 0),
        net: &net,
        id: 0,
    };
    for height in 1..=4 {
        let (_, bytes) = chain
            .chains
            .build(0, height, Duration::from_secs(1))
            .unwrap();
        let certificate = chain.sign(&block::decode(&bytes).unwrap().cell);
        chain.chains.take(0, &bytes, certificate).unwrap();
    }
    let heights = |cursor| {
        let site = chain.chains.site(0).unwrap();
        let (headers, _) = site.offer(1, cursor, 0);
        let headers = headers
            .iter()
            .map(|certified| Header::from_cell(&certified.header));
        let heights = headers.map(|header| header.unwrap().height);
        heights.collect::<Vec<_>>()
    };
    assert_eq!(heights(0), [3, 4]);
    assert_eq!(heights(3), [4]);
    assert!(heights(4).is_empty());
}
