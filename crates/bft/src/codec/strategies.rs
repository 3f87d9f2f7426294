//! Random values of everything that has an encoding.

use ddvs_light::MAX_ROUND;
use malachitebft_app_channel::app::consensus::{LivenessMsg, ProposedValue, SignedConsensusMsg};
use malachitebft_app_channel::app::engine::util::streaming::StreamContent;
use malachitebft_app_channel::app::types::streaming::{StreamId, StreamMessage};
use malachitebft_app_channel::app::types::{Keypair, PeerId};
use malachitebft_core_types::{
    ExtendedCommitCertificate, ExtendedCommitSignature, NilOrVal, PolkaCertificate, PolkaSignature,
    Round, RoundCertificate, RoundCertificateType, RoundSignature, SignedMessage, ValidatorProof,
    Validity, VoteType,
};
use malachitebft_sync::{RawDecidedValue, Request, Response, Status, ValueRequest, ValueResponse};
use proptest::collection::vec;
use proptest::prelude::*;
use tycho_types::cell::HashBytes;

use super::*;
use crate::context::{Context, Height, Key, Value};
use crate::message::{Part, Proposal, Vote};
use crate::signer::REFUSED;

pub(super) fn height() -> impl Strategy<Value = Height> {
    any::<u64>().prop_map(Height)
}

pub(super) fn round() -> impl Strategy<Value = Round> {
    prop_oneof![Just(Round::Nil), (0..=MAX_ROUND).prop_map(Round::new)]
}

/// Not zero.
pub(super) fn id() -> impl Strategy<Value = HashBytes> {
    any::<[u8; 31]>().prop_map(|tail| {
        let mut bytes = [1; 32];
        bytes[1..].copy_from_slice(&tail);
        HashBytes(bytes)
    })
}

pub(super) fn key() -> impl Strategy<Value = Key> {
    any::<[u8; 32]>().prop_map(|bytes| Key(HashBytes(bytes)))
}

pub(super) fn signature() -> impl Strategy<Value = [u8; 64]> {
    any::<[u8; 64]>().prop_filter("not refused", |bytes| *bytes != REFUSED)
}

pub(super) fn vote_type() -> impl Strategy<Value = VoteType> {
    prop_oneof![Just(VoteType::Prevote), Just(VoteType::Precommit)]
}

pub(super) fn nil_or_id() -> impl Strategy<Value = NilOrVal<HashBytes>> {
    prop_oneof![Just(NilOrVal::Nil), id().prop_map(NilOrVal::Val)]
}

pub(super) fn bytes(most: usize) -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..=most).prop_map(Bytes::from)
}

prop_compose! {
    pub(super) fn vote()(vote_type in vote_type(), height in height(), round in round(), value in nil_or_id(), validator in key(), signature in signature()) -> SignedMessage<Context, Vote> {
        SignedMessage::new(Vote { vote_type, height, round, value, validator }, signature)
    }
}

prop_compose! {
    pub(super) fn proposal()(height in height(), round in round(), id in id(), valid_round in round(), proposer in key(), signature in signature()) -> SignedMessage<Context, Proposal> {
        SignedMessage::new(Proposal { height, round, value: Value::of_id(id), valid_round, proposer }, signature)
    }
}

prop_compose! {
    pub(super) fn polka()(height in height(), round in round(), value_id in id(), signatures in vec((key(), signature()), 0..5)) -> PolkaCertificate<Context> {
        let polka_signatures = signatures.into_iter().map(|(key, signature)| PolkaSignature::new(key, signature)).collect();
        PolkaCertificate { height, round, value_id, polka_signatures }
    }
}

prop_compose! {
    pub(super) fn skip()(height in height(), round in round(), skip in any::<bool>(), votes in vec((vote_type(), nil_or_id(), key(), signature()), 0..5)) -> RoundCertificate<Context> {
        RoundCertificate {
            height,
            round,
            cert_type: if skip { RoundCertificateType::Skip } else { RoundCertificateType::Precommit },
            round_signatures: votes.into_iter().map(|(vote_type, value, key, signature)| RoundSignature::new(vote_type, value, key, signature)).collect(),
        }
    }
}

prop_compose! {
    pub(super) fn part()(height in height(), round in round(), valid_round in round(), proposer in key(), sender in key(), stream in any::<u64>(), count in 1_u32.., index in any::<u32>(), bytes in bytes(100), signature in signature()) -> Part {
        Part { height, round, valid_round, proposer, sender, stream, count, index: index % count, bytes, signature }
    }
}

pub(super) fn stream() -> impl Strategy<Value = StreamMessage<Part>> {
    let content = prop_oneof![
        Just(StreamContent::Fin),
        part().prop_map(StreamContent::Data)
    ];
    (bytes(MAX_NAME_BYTES), any::<u64>(), content).prop_map(|(id, sequence, content)| {
        StreamMessage::new(StreamId::new(id), sequence, content)
    })
}

pub(super) fn proof() -> impl Strategy<Value = ValidatorProof<Context>> {
    let name = || vec(any::<u8>(), 0..=MAX_NAME_BYTES);
    (name(), name(), signature())
        .prop_map(|(key, peer, signature)| ValidatorProof::new(key, peer, signature))
}

prop_compose! {
    pub(super) fn proposed()(height in height(), round in round(), valid_round in round(), proposer in key(), id in id(), bytes in bytes(1_000), is_valid in any::<bool>()) -> ProposedValue<Context> {
        ProposedValue { height, round, valid_round, proposer, value: Value { id, bytes }, validity: Validity::from_bool(is_valid) }
    }
}

pub(super) fn peer() -> impl Strategy<Value = PeerId> {
    any::<[u8; 32]>().prop_map(|seed| {
        let keypair = Keypair::ed25519_from_bytes(seed).unwrap();
        PeerId::from_bytes(&keypair.public().to_peer_id().to_bytes()).unwrap()
    })
}

prop_compose! {
    pub(super) fn status()(peer_id in peer(), tip_height in height(), history_min_height in height()) -> Status<Context> {
        Status { peer_id, tip_height, history_min_height }
    }
}

prop_compose! {
    pub(super) fn decided()(value_bytes in bytes(1_000), height in height(), round in round(), value_id in id(), signatures in vec((key(), signature()), 0..5)) -> RawDecidedValue<Context> {
        let commit_signatures = signatures.into_iter().map(|(key, signature)| ExtendedCommitSignature::new(key, signature, None)).collect();
        RawDecidedValue::new(value_bytes, ExtendedCommitCertificate { height, round, value_id, commit_signatures })
    }
}

pub(super) fn request() -> impl Strategy<Value = Request<Context>> {
    (height(), height())
        .prop_map(|(start, end)| Request::ValueRequest(ValueRequest::new(start..=end)))
}

pub(super) fn response() -> impl Strategy<Value = Response<Context>> {
    (height(), vec(decided(), 0..4))
        .prop_map(|(start, values)| Response::ValueResponse(ValueResponse::new(start, values)))
}

pub(super) fn consensus() -> impl Strategy<Value = SignedConsensusMsg<Context>> {
    prop_oneof![
        vote().prop_map(SignedConsensusMsg::Vote),
        proposal().prop_map(SignedConsensusMsg::Proposal),
    ]
}

pub(super) fn liveness() -> impl Strategy<Value = LivenessMsg<Context>> {
    prop_oneof![
        vote().prop_map(LivenessMsg::Vote),
        polka().prop_map(LivenessMsg::PolkaCertificate),
        skip().prop_map(LivenessMsg::SkipRoundCertificate),
    ]
}
