//! Proof of double signing, as the D'Elector takes it.

use ddvs_contracts::messages::Evidence;
use ddvs_contracts::primitives::Signature;
use ddvs_contracts::signing;
use ddvs_light::{Scope, VoteKind};
use malachitebft_app_channel::app::types::MisbehaviorEvidence;
use malachitebft_core_types::SignedMessage;
use tycho_types::cell::HashBytes;

use crate::context::{Context, Height, Key};
use crate::message::{Proposal, Vote};
use crate::signer;
use malachitebft_core_types::Round;

/// What the two halves of a double signature have in common, and each half's value and signature.
struct Double {
    kind: VoteKind,
    key: Key,
    height: Height,
    round: Round,
    halves: [(HashBytes, [u8; 64]); 2],
}

/// Returns all that the contract can judge. Two signatures over the same bytes are no evidence.
pub(crate) fn from_engine(scope: &Scope, found: &MisbehaviorEvidence<Context>) -> Vec<Evidence> {
    let votes = (&found.votes).into_iter().flat_map(|(_, pairs)| pairs);
    let proposals = (&found.proposals).into_iter().flat_map(|(_, pairs)| pairs);
    votes
        .map(double_vote)
        .chain(proposals.filter_map(double_proposal))
        .filter_map(|double| evidence(scope, &double))
        .collect()
}

fn double_vote((first, second): &(SignedVote, SignedVote)) -> Double {
    Double {
        kind: first.message.kind(),
        key: first.message.validator,
        height: first.message.height,
        round: first.message.round,
        halves: [first, second].map(|vote| (vote.message.signed_value(), vote.signature)),
    }
}

fn double_proposal((first, second): &(SignedProposal, SignedProposal)) -> Option<Double> {
    let half = |proposal: &SignedProposal| {
        let value = signer::signed_value(&proposal.message).ok()?;
        Some((value, proposal.signature))
    };
    Some(Double {
        kind: VoteKind::Proposal,
        key: first.message.proposer,
        height: first.message.height,
        round: first.message.round,
        halves: [half(first)?, half(second)?],
    })
}

type SignedVote = SignedMessage<Context, Vote>;
type SignedProposal = SignedMessage<Context, Proposal>;

fn evidence(scope: &Scope, double: &Double) -> Option<Evidence> {
    let [(first_value, first), (second_value, second)] = double.halves;
    if first_value == second_value {
        return None;
    }
    let round = double.round.as_u32()?;
    let vote = scope.vote(double.kind, double.height.0, round, first_value)?;
    let (first, second) = (Signature(first), Signature(second));
    // a cell that cannot be built is ruled out by its size
    signing::evidence(double.key.0, &vote, first, second_value, second).ok()
}
