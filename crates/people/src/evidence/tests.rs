//! Verifying evidence without a network.

use super::*;
use tycho_crypto::ed25519::{KeyPair, SecretKey};

fn evidence() -> Evidence {
    let pair = KeyPair::from(&SecretKey::from_bytes([5; 32]));
    let mut found = Evidence {
        network: HashBytes([1; 32]),
        key: signing::public_key(&pair),
        chain: 0,
        height: 7,
        round: 1,
        vote_type: 2,
        votes: [[1; 32], [2; 32]].map(|value| Vote {
            value_hash: HashBytes(value),
            signature: [0; 64],
        }),
    };
    for index in 0..2 {
        let vote = found.vote(found.votes[index].value_hash);
        found.votes[index].signature = signing::sign_vote(&pair, &found.network, &vote).0;
    }
    found
}

#[test]
fn evidence_round_trips_through_json() {
    let evidence = evidence();
    assert_eq!(evidence.verify(), Ok(()));
    let text = serde_json::to_string(&evidence).unwrap();
    assert_eq!(serde_json::from_str::<Evidence>(&text).unwrap(), evidence);
}

fn signed(evidence: &Evidence, index: usize) -> SignedVote {
    SignedVote {
        network: evidence.network,
        key: evidence.key,
        chain: evidence.chain,
        height: evidence.height,
        round: evidence.round,
        vote_type: evidence.vote_type,
        value_hash: evidence.votes[index].value_hash,
        signature: evidence.votes[index].signature,
    }
}

type Change = fn(&mut SignedVote);

#[test]
fn two_votes_make_evidence_only_if_they_differ_in_value_alone() {
    let whole = evidence();
    let [first, second] = [0, 1].map(|index| signed(&whole, index));
    assert_eq!(Evidence::of(&first, &second), Ok(whole));
    let text = serde_json::to_string(&first).unwrap();
    assert_eq!(serde_json::from_str::<SignedVote>(&text).unwrap(), first);
    let changes: [(&str, Change); 6] = [
        ("network", |vote| vote.network = HashBytes([3; 32])),
        ("key", |vote| vote.key = HashBytes([3; 32])),
        ("chain", |vote| vote.chain = 1),
        ("height", |vote| vote.height = 8),
        ("round", |vote| vote.round = 2),
        ("type", |vote| vote.vote_type = 1),
    ];
    for (what, change) in changes {
        let mut other = second.clone();
        change(&mut other);
        assert_eq!(Evidence::of(&first, &other), Err(Flaw::Apart(what)));
    }
}

#[test]
fn invalid_evidence_is_refused_with_its_flaw() {
    let mut same = evidence();
    same.votes[1] = same.votes[0].clone();
    assert_eq!(same.verify(), Err(Flaw::SameValue));
    let mut forged = evidence();
    forged.votes[1].signature[9] ^= 1;
    assert_eq!(forged.verify(), Err(Flaw::Signature(2)));
    let mut weak = evidence();
    weak.key = HashBytes::ZERO;
    assert_eq!(weak.verify(), Err(Flaw::WeakKey));
    let mut elsewhere = evidence();
    elsewhere.network = HashBytes([9; 32]);
    assert_eq!(elsewhere.verify(), Err(Flaw::Signature(1)));
    let mut other = evidence();
    other.height += 1;
    assert_eq!(other.verify(), Err(Flaw::Signature(1)));
}
