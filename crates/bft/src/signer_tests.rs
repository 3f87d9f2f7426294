use ddvs_contracts::signing::{self, ConsensusVote};
use ddvs_light::MAX_ROUND;
use malachitebft_core_types::{NilOrVal, VoteType};

use super::*;
use crate::context::Value;
use crate::guard::MemoryGuard;

const SCOPE: Scope = Scope {
    genesis: HashBytes([7; 32]),
    chain: -1,
    incarnation: 2,
};

fn signer() -> VoteSigner {
    let key = SecretKey::from_bytes([3; 32]);
    VoteSigner::new(SCOPE, &key, Arc::new(MemoryGuard::default()))
}

fn vote(vote_type: VoteType, round: u32, value: NilOrVal<HashBytes>) -> Vote {
    Vote {
        vote_type,
        height: Height(9),
        round: Round::new(round),
        value,
        validator: signer().public_key(),
    }
}

fn proposal(round: u32, valid_round: Round) -> Proposal {
    Proposal {
        height: Height(9),
        round: Round::new(round),
        value: Value::of_id(HashBytes([5; 32])),
        valid_round,
        proposer: signer().public_key(),
    }
}

async fn is_valid(vote: &Vote, signature: &[u8; 64]) -> bool {
    let key = signer().public_key();
    let verifier = signer().verifier();
    let result = verifier.verify_signed_vote(vote, signature, &key).await;
    result.unwrap().is_valid()
}

#[tokio::test]
async fn votes_are_signed_over_the_bytes_of_the_contracts() {
    for (vote_type, number) in [(VoteType::Prevote, 1), (VoteType::Precommit, 2)] {
        for value in [NilOrVal::Nil, NilOrVal::Val(HashBytes([5; 32]))] {
            let round = 4 + u32::from(value.is_nil());
            let signed = signer()
                .sign_vote(vote(vote_type, round, value))
                .await
                .unwrap();
            let bytes = signing::vote_bytes(
                &SCOPE.genesis,
                &ConsensusVote {
                    chain: -1,
                    height: 9,
                    round: 2 << 24 | round,
                    vote_type: number,
                    value_hash: signed.message.signed_value(),
                },
            );
            assert_eq!(bytes.len(), 82);
            assert!(is_signed(
                &signer().public_key().0,
                &bytes,
                &signed.signature
            ));
            assert!(is_valid(&signed.message, &signed.signature).await);
        }
    }
}

#[tokio::test]
async fn a_signature_holds_for_nothing_else() {
    let signed = signer()
        .sign_vote(vote(VoteType::Prevote, 4, NilOrVal::Nil))
        .await
        .unwrap();
    let others = [
        vote(VoteType::Precommit, 4, NilOrVal::Nil),
        vote(VoteType::Prevote, 5, NilOrVal::Nil),
        vote(VoteType::Prevote, 4, NilOrVal::Val(HashBytes([5; 32]))),
        Vote {
            height: Height(10),
            ..signed.message.clone()
        },
    ];
    for other in others {
        assert!(!is_valid(&other, &signed.signature).await, "{other:?}");
    }
    for scope in [
        Scope {
            incarnation: 3,
            ..SCOPE
        },
        Scope { chain: 0, ..SCOPE },
        Scope {
            genesis: HashBytes([8; 32]),
            ..SCOPE
        },
    ] {
        let key = signer().public_key();
        let verifier = VoteVerifier { scope };
        let result = verifier
            .verify_signed_vote(&signed.message, &signed.signature, &key)
            .await;
        assert!(result.unwrap().is_invalid(), "{scope:?}");
    }
}

#[tokio::test]
async fn a_proposal_binds_its_valid_round() {
    let signed = signer()
        .sign_proposal(proposal(4, Round::Nil))
        .await
        .unwrap();
    let value = proposal_value(&HashBytes([5; 32]), -1).unwrap();
    let bytes = SCOPE.vote_bytes(VoteKind::Proposal, 9, 4, value).unwrap();
    let key = signer().public_key();
    assert!(is_signed(&key.0, &bytes, &signed.signature));
    for (valid_round, expected) in [(Round::Nil, true), (Round::new(0), false)] {
        let proposal = proposal(4, valid_round);
        let verifier = signer().verifier();
        let result = verifier
            .verify_signed_proposal(&proposal, &signed.signature, &key)
            .await;
        assert_eq!(result.unwrap().is_valid(), expected);
    }
}

#[test]
fn a_round_that_is_too_high_is_an_error() {
    let sign = |round| signer().sign(VoteKind::Prevote, Height(9), round, HashBytes::ZERO);
    sign(Round::new(MAX_ROUND)).unwrap();
    assert_eq!(
        sign(Round::new(MAX_ROUND + 1)),
        Err(SignError::Round(1 << 24))
    );
    assert_eq!(sign(Round::Nil), Err(SignError::Round(-1)));
}

#[tokio::test]
async fn what_the_guard_refuses_is_a_vote_that_does_not_verify() {
    let signer = signer();
    let first = vote(VoteType::Prevote, 4, NilOrVal::Nil);
    let second = vote(VoteType::Prevote, 4, NilOrVal::Val(HashBytes([5; 32])));
    let signed = signer.sign_vote(first.clone()).await.unwrap();
    let refused = signer.sign_vote(second.clone()).await.unwrap();
    assert_eq!(refused.signature, REFUSED);
    assert!(!is_valid(&second, &refused.signature).await);
    let again = signer.sign_vote(first).await.unwrap();
    assert_eq!(again, signed);
}
