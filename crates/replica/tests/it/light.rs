//! A light client follows a chain through changes of its set, and proves accounts and messages.

use ddvs_light::{
    AccountProof, Certificate, Follower, Header, HeaderRefusal, MessageProof, ProofRefusal,
};
use ddvs_replica::Replica;
use ddvs_test_kit::Shape;
use ddvs_types::{ChainId, Lane};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, UsageTree, UsageTreeMode};
use tycho_types::dict::Dict;
use tycho_types::merkle::MerkleProof;
use tycho_types::models::{DepthBalanceInfo, ShardAccount, StdAddr};

use crate::cluster::{Cluster, Committed};

fn prove(replica: &Replica, address: &StdAddr) -> AccountProof {
    let chain = replica.chain();
    let root = chain
        .accounts()
        .dict()
        .root()
        .clone()
        .expect("there are accounts");
    let usage = UsageTree::new(UsageTreeMode::OnDataAccess);
    let accounts =
        Dict::<HashBytes, (DepthBalanceInfo, ShardAccount)>::from(Some(usage.track(&root)));
    if let Some((_, state)) = accounts.get(address.address).expect("it is there") {
        let account = state.account.into_inner();
        touch(&account);
    }
    let proof = MerkleProof::create(root.as_ref(), usage)
        .build()
        .expect("it is there");
    AccountProof {
        rest: chain.state_root().expect("it is there").rest,
        accounts: CellBuilder::build_from(proof).expect("it is there"),
    }
}

/// Reads the data of a cell and of all below it, so that the proof contains them.
fn touch(cell: &Cell) {
    assert!(cell.data().len() <= 128);
    for index in 0..cell.reference_count() {
        touch(&cell.reference_cloned(index).expect("it is there"));
    }
}

/// A network with changes of the sets of chains 1 and -1.
fn changed() -> Cluster {
    let mut cluster = Cluster::new(&Shape::default());
    let who = cluster.world.person(1, 0);
    for index in 0..3 {
        let root = cluster.world.validator(1, index).root;
        cluster.stake(&who, &root, 10_000 + 1_000 * index as u128);
    }
    cluster
}

fn follow(
    follower: &mut Follower,
    cluster: &Cluster,
    block: &Committed,
) -> Result<(), HeaderRefusal> {
    let chain = block.header.scope.chain;
    let next = cluster.sites[&chain]
        .blocks
        .get(block.header.height as usize);
    let next = next.map_or(cluster.replica(chain).next_set(), |next| &next.set);
    follower.accept(
        &block.certified.header,
        &block.certified.certificate,
        Some(next),
    )
}

fn start(cluster: &Cluster, chain: ChainId) -> Follower {
    let start = &cluster.start[&chain];
    Follower::new(start.header().clone(), start.next_set().clone()).expect("it is there")
}

#[test]
fn light_client_needs_only_headers_that_change_the_set() {
    let cluster = changed();
    for chain in [-1, 1] {
        let mut follower = start(&cluster, chain);
        let blocks = &cluster.sites[&chain].blocks;
        let last = blocks.len() - 1;
        let mut accepted = 0;
        for (index, block) in blocks.iter().enumerate() {
            if block.header.next_set != block.header.set || index == last {
                follow(&mut follower, &cluster, block).unwrap();
                accepted += 1;
            }
        }
        assert_eq!(follower.hash(), cluster.replica(chain).hash());
        assert!(
            (3..10).contains(&accepted),
            "{accepted} of {}",
            blocks.len()
        );
        // one that changes the set cannot be left out
        let mut follower = start(&cluster, chain);
        let skipped = follow(&mut follower, &cluster, &blocks[last]);
        assert!(
            matches!(skipped, Err(HeaderRefusal::Set { .. })),
            "{skipped:?}"
        );
    }
}

#[test]
fn accounts_are_proven_and_nothing_else() {
    let cluster = changed();
    let replica = cluster.replica(1);
    let header = replica.header();
    let who = cluster.world.person(1, 0).address().clone();
    let proof = prove(replica, &who);
    let account = proof.verify(header, &who).unwrap().expect("it exists");
    let own = replica.chain().account(&who).unwrap();
    assert_eq!(account.balance.tokens.into_inner(), own.balance_nano);
    let nobody = StdAddr::new(1, HashBytes([9; 32]));
    assert_eq!(
        prove(replica, &nobody).verify(header, &nobody).unwrap(),
        None
    );
    // the proof of one says nothing of another
    let root = cluster.world.validator(1, 0).root.address().clone();
    assert!(matches!(
        proof.verify(header, &root),
        Err(ProofRefusal::Cell(_))
    ));
    let elsewhere = StdAddr::new(2, who.address);
    assert_eq!(
        proof.verify(header, &elsewhere),
        Err(ProofRefusal::Chain(1))
    );
    let before = &cluster.sites[&1].blocks[3].header;
    assert_eq!(proof.verify(before, &who), Err(ProofRefusal::State));
    let mut forged = proof.clone();
    forged.rest.0[0] ^= 1;
    assert_eq!(forged.verify(header, &who), Err(ProofRefusal::State));
    let plain = AccountProof {
        accounts: replica.chain().accounts().dict().root().clone().unwrap(),
        ..proof
    };
    assert!(matches!(
        plain.verify(header, &who),
        Err(ProofRefusal::Cell(_))
    ));
}

#[test]
fn messages_are_proven_in_their_places() {
    let cluster = changed();
    let header = cluster.replica(1).header();
    let sent = &cluster.sites[&1].sent[&0];
    let hashes: Vec<_> = sent.iter().map(|cell| *cell.repr_hash()).collect();
    assert!(hashes.len() > 2);
    let mut lane = Lane::default();
    for (number, hash) in hashes.iter().enumerate() {
        let proof = MessageProof {
            number: number as u64,
            before: lane.hash,
            later: hashes[number + 1..].to_vec(),
        };
        proof.verify(header, 0, hash).unwrap();
        let refused = Err(ProofRefusal::Lane(0));
        assert_eq!(proof.verify(header, 0, &HashBytes([1; 32])), refused);
        for wrong in [
            MessageProof {
                number: number as u64 + 1,
                ..proof.clone()
            },
            MessageProof {
                before: HashBytes([1; 32]),
                ..proof.clone()
            },
            MessageProof {
                later: vec![*hash; proof.later.len() + 1],
                ..proof.clone()
            },
        ] {
            assert_eq!(wrong.verify(header, 0, hash), refused);
        }
        assert_eq!(proof.verify(header, 9, hash), Err(ProofRefusal::Lane(9)));
        lane.push(hash, 0).unwrap();
    }
}

/// Every kind of forged header is told apart.
#[test]
fn forged_headers_are_refused() {
    let cluster = changed();
    let block = &cluster.sites[&1].blocks[0];
    let set = &block.set;
    let accept = |header: &Header, certificate: &Certificate| {
        let cell = header.to_cell().unwrap();
        start(&cluster, 1)
            .accept(&cell, certificate, None)
            .unwrap_err()
    };
    let forge = |change: &dyn Fn(&mut Header)| {
        let mut header = block.header.clone();
        change(&mut header);
        let certified = cluster.certify(&header, set);
        accept(&header, &certified.certificate)
    };
    let good = &block.certified.certificate;
    assert!(matches!(
        forge(&|h| h.scope.chain = 2),
        HeaderRefusal::Scope(_)
    ));
    assert!(matches!(
        forge(&|h| h.scope.incarnation = 2),
        HeaderRefusal::Scope(_)
    ));
    assert!(matches!(
        forge(&|h| h.scope.genesis.0[0] ^= 1),
        HeaderRefusal::Scope(_)
    ));
    assert!(matches!(
        forge(&|h| h.height = 0),
        HeaderRefusal::NotLater { .. }
    ));
    assert!(matches!(
        forge(&|h| h.time_ms = 0),
        HeaderRefusal::NotLater { .. }
    ));
    assert!(matches!(
        forge(&|h| h.parent.0[0] ^= 1),
        HeaderRefusal::Parent(_)
    ));
    assert!(matches!(
        forge(&|h| h.set.0[0] ^= 1),
        HeaderRefusal::Set { .. }
    ));
    assert!(matches!(
        forge(&|h| h.next_set.0[0] ^= 1),
        HeaderRefusal::NextSet(_)
    ));
    let mut changed = block.header.clone();
    changed.state.0[0] ^= 1;
    assert!(matches!(
        accept(&changed, good),
        HeaderRefusal::Certificate(_)
    ));
    let certificate = |change: &dyn Fn(&mut Certificate)| {
        let mut certificate = good.clone();
        change(&mut certificate);
        accept(&block.header, &certificate)
    };
    let refused = |error| matches!(error, HeaderRefusal::Certificate(_));
    assert!(refused(certificate(&|c| c.round += 1)));
    assert!(refused(certificate(&|c| c.round = u32::MAX)));
    assert!(refused(certificate(&|c| c.signatures.reverse())));
    assert!(refused(certificate(&|c| c.signatures.truncate(2))));
    assert!(refused(certificate(&|c| c.signatures[0].signature[5] ^= 1)));
    assert!(refused(certificate(&|c| c.signatures[0].key.0[5] ^= 1)));
    assert!(refused(certificate(&|c| c.signatures[1] = c.signatures[0])));
}
