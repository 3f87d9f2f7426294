use std::collections::BTreeSet;

use ddvs_bft::Misbehavior;
use ddvs_contracts::messages::Evidence;
use ddvs_contracts::signing::{ConsensusVote, vote_bytes};
use ddvs_light::ValidatorSet;
use ddvs_light::set::is_signed;

use crate::world::{SCOPE, all_reach, key, nodes, set};

fn set_of(_: u64) -> ValidatorSet {
    set(&[10, 10, 10, 10])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn double_signing_becomes_evidence_that_the_contract_takes() {
    let mut nodes = nodes(4, set_of);
    nodes[1].misbehavior = Some(Misbehavior {
        double_votes: 1.0,
        double_proposals: 1.0,
        seed: 1,
    });
    for node in &mut nodes {
        node.start().await;
    }
    // prevotes, precommits and proposals
    let mut found = BTreeSet::new();
    let mut height = 0;
    while found.len() < 3 {
        height += 1;
        assert!(height < 100, "no evidence of all kinds: {found:?}");
        all_reach(&nodes, height).await;
        for index in [0, 2, 3] {
            let disk = nodes[index].disk.lock().unwrap();
            for evidence in &disk.evidence {
                check(evidence);
                found.insert(evidence.vote_type);
            }
        }
    }
    for node in &mut nodes {
        node.stop().await;
    }
}

/// Checks what the contract checks: two values, both signed by the key at one height, round and type.
fn check(evidence: &Evidence) {
    assert_eq!(evidence.key, key(1));
    let halves = [&evidence.first, &evidence.second].map(|half| half.load().unwrap());
    assert_ne!(halves[0].value_hash, halves[1].value_hash);
    assert_eq!(evidence.round >> 24, u32::from(SCOPE.incarnation));
    for half in halves {
        let bytes = vote_bytes(
            &SCOPE.genesis,
            &ConsensusVote {
                chain: evidence.chain,
                height: evidence.height,
                round: evidence.round,
                vote_type: evidence.vote_type,
                value_hash: half.value_hash,
            },
        );
        assert!(is_signed(&evidence.key, &bytes, &half.signature.0));
    }
}
