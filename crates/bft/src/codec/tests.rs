//! Everything survives encoding, and nothing that a peer may send makes a decoder panic or take memory.

use std::fmt::Debug;

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

const CODEC: WireCodec = WireCodec {
    max_block_bytes: 1_000,
};

fn height() -> impl Strategy<Value = Height> {
    any::<u64>().prop_map(Height)
}

fn round() -> impl Strategy<Value = Round> {
    prop_oneof![Just(Round::Nil), (0..=MAX_ROUND).prop_map(Round::new)]
}

/// Not zero.
fn id() -> impl Strategy<Value = HashBytes> {
    any::<[u8; 31]>().prop_map(|tail| {
        let mut bytes = [1; 32];
        bytes[1..].copy_from_slice(&tail);
        HashBytes(bytes)
    })
}

fn key() -> impl Strategy<Value = Key> {
    any::<[u8; 32]>().prop_map(|bytes| Key(HashBytes(bytes)))
}

fn signature() -> impl Strategy<Value = [u8; 64]> {
    any::<[u8; 64]>().prop_filter("not refused", |bytes| *bytes != REFUSED)
}

fn vote_type() -> impl Strategy<Value = VoteType> {
    prop_oneof![Just(VoteType::Prevote), Just(VoteType::Precommit)]
}

fn nil_or_id() -> impl Strategy<Value = NilOrVal<HashBytes>> {
    prop_oneof![Just(NilOrVal::Nil), id().prop_map(NilOrVal::Val)]
}

fn bytes(most: usize) -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..=most).prop_map(Bytes::from)
}

prop_compose! {
    fn vote()(vote_type in vote_type(), height in height(), round in round(), value in nil_or_id(), validator in key(), signature in signature()) -> SignedMessage<Context, Vote> {
        SignedMessage::new(Vote { vote_type, height, round, value, validator }, signature)
    }
}

prop_compose! {
    fn proposal()(height in height(), round in round(), id in id(), valid_round in round(), proposer in key(), signature in signature()) -> SignedMessage<Context, Proposal> {
        SignedMessage::new(Proposal { height, round, value: Value::of_id(id), valid_round, proposer }, signature)
    }
}

prop_compose! {
    fn polka()(height in height(), round in round(), value_id in id(), signatures in vec((key(), signature()), 0..5)) -> PolkaCertificate<Context> {
        let polka_signatures = signatures.into_iter().map(|(key, signature)| PolkaSignature::new(key, signature)).collect();
        PolkaCertificate { height, round, value_id, polka_signatures }
    }
}

prop_compose! {
    fn skip()(height in height(), round in round(), skip in any::<bool>(), votes in vec((vote_type(), nil_or_id(), key(), signature()), 0..5)) -> RoundCertificate<Context> {
        RoundCertificate {
            height,
            round,
            cert_type: if skip { RoundCertificateType::Skip } else { RoundCertificateType::Precommit },
            round_signatures: votes.into_iter().map(|(vote_type, value, key, signature)| RoundSignature::new(vote_type, value, key, signature)).collect(),
        }
    }
}

prop_compose! {
    fn part()(height in height(), round in round(), valid_round in round(), proposer in key(), sender in key(), stream in any::<u64>(), count in 1_u32.., index in any::<u32>(), bytes in bytes(100), signature in signature()) -> Part {
        Part { height, round, valid_round, proposer, sender, stream, count, index: index % count, bytes, signature }
    }
}

fn stream() -> impl Strategy<Value = StreamMessage<Part>> {
    let content = prop_oneof![
        Just(StreamContent::Fin),
        part().prop_map(StreamContent::Data)
    ];
    (bytes(MAX_NAME_BYTES), any::<u64>(), content).prop_map(|(id, sequence, content)| {
        StreamMessage::new(StreamId::new(id), sequence, content)
    })
}

fn proof() -> impl Strategy<Value = ValidatorProof<Context>> {
    let name = || vec(any::<u8>(), 0..=MAX_NAME_BYTES);
    (name(), name(), signature())
        .prop_map(|(key, peer, signature)| ValidatorProof::new(key, peer, signature))
}

prop_compose! {
    fn proposed()(height in height(), round in round(), valid_round in round(), proposer in key(), id in id(), bytes in bytes(1_000), is_valid in any::<bool>()) -> ProposedValue<Context> {
        ProposedValue { height, round, valid_round, proposer, value: Value { id, bytes }, validity: Validity::from_bool(is_valid) }
    }
}

fn peer() -> impl Strategy<Value = PeerId> {
    any::<[u8; 32]>().prop_map(|seed| {
        let keypair = Keypair::ed25519_from_bytes(seed).unwrap();
        PeerId::from_bytes(&keypair.public().to_peer_id().to_bytes()).unwrap()
    })
}

prop_compose! {
    fn status()(peer_id in peer(), tip_height in height(), history_min_height in height()) -> Status<Context> {
        Status { peer_id, tip_height, history_min_height }
    }
}

prop_compose! {
    fn decided()(value_bytes in bytes(1_000), height in height(), round in round(), value_id in id(), signatures in vec((key(), signature()), 0..5)) -> RawDecidedValue<Context> {
        let commit_signatures = signatures.into_iter().map(|(key, signature)| ExtendedCommitSignature::new(key, signature, None)).collect();
        RawDecidedValue::new(value_bytes, ExtendedCommitCertificate { height, round, value_id, commit_signatures })
    }
}

fn request() -> impl Strategy<Value = Request<Context>> {
    (height(), height())
        .prop_map(|(start, end)| Request::ValueRequest(ValueRequest::new(start..=end)))
}

fn response() -> impl Strategy<Value = Response<Context>> {
    (height(), vec(decided(), 0..4))
        .prop_map(|(start, values)| Response::ValueResponse(ValueResponse::new(start, values)))
}

fn consensus() -> impl Strategy<Value = SignedConsensusMsg<Context>> {
    prop_oneof![
        vote().prop_map(SignedConsensusMsg::Vote),
        proposal().prop_map(SignedConsensusMsg::Proposal),
    ]
}

fn liveness() -> impl Strategy<Value = LivenessMsg<Context>> {
    prop_oneof![
        vote().prop_map(LivenessMsg::Vote),
        polka().prop_map(LivenessMsg::PolkaCertificate),
        skip().prop_map(LivenessMsg::SkipRoundCertificate),
    ]
}

fn decode<T: Wire>(bytes: Bytes) -> Result<T, CodecError> {
    Codec::<T>::decode(&CODEC, bytes)
}

/// Checks the encoding of a value, all its truncations, and one more byte.
fn check<T: Wire + Debug + PartialEq>(value: &T) {
    let bytes = CODEC.encode(value).unwrap();
    assert_eq!(CODEC.encoded_len(value), Ok(bytes.len()));
    assert_eq!(decode::<T>(bytes.clone()).as_ref(), Ok(value));
    for length in 0..bytes.len() {
        decode::<T>(bytes.slice(..length)).unwrap_err();
    }
    let longer: Bytes = [&bytes[..], &[0]].concat().into();
    assert_eq!(decode::<T>(longer), Err(CodecError::Trailing(1)));
}

/// Decodes bytes as everything; whether that succeeds does not matter.
fn decode_all(bytes: &Bytes) {
    let _ = decode::<SignedConsensusMsg<Context>>(bytes.clone());
    let _ = decode::<LivenessMsg<Context>>(bytes.clone());
    let _ = decode::<StreamMessage<Part>>(bytes.clone());
    let _ = decode::<Part>(bytes.clone());
    let _ = decode::<ValidatorProof<Context>>(bytes.clone());
    let _ = decode::<ProposedValue<Context>>(bytes.clone());
    let _ = decode::<PolkaCertificate<Context>>(bytes.clone());
    let _ = decode::<Status<Context>>(bytes.clone());
    let _ = decode::<Request<Context>>(bytes.clone());
    let _ = decode::<Response<Context>>(bytes.clone());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn messages_of_the_consensus_survive(message in consensus()) { check(&message); }

    #[test]
    fn messages_for_liveness_survive(message in liveness()) { check(&message); }

    #[test]
    fn parts_survive(part in part(), message in stream()) { check(&part); check(&message); }

    #[test]
    fn proofs_survive(proof in proof()) { check(&proof); }

    #[test]
    fn values_of_the_log_survive(value in proposed(), polka in polka()) {
        check(&value);
        check(&polka);
        // values are equal when their ids are
        let decoded: ProposedValue<Context> = decode(CODEC.encode(&value).unwrap()).unwrap();
        prop_assert_eq!(decoded.value.bytes, value.value.bytes);
    }

    #[test]
    fn messages_of_sync_survive(status in status(), request in request(), response in response()) {
        check(&status);
        check(&request);
        check(&response);
    }

    #[test]
    fn any_bytes_are_decoded_without_a_panic(bytes in bytes(600)) { decode_all(&bytes); }

    #[test]
    fn a_flipped_byte_is_decoded_without_a_panic(
        response in response(), liveness in liveness(), at in any::<prop::sample::Index>(), flip in 1_u8..,
    ) {
        for bytes in [CODEC.encode(&response).unwrap(), CODEC.encode(&liveness).unwrap()] {
            let mut bytes = bytes.to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            decode_all(&bytes.into());
        }
    }
}

/// Puts the largest length where a message has one.
fn with_length(message: &Bytes, at: usize, length: u32) -> Bytes {
    let mut bytes = message.to_vec();
    bytes[at..at + 4].copy_from_slice(&length.to_be_bytes());
    bytes.into()
}

#[test]
fn a_claimed_length_is_refused_before_anything_is_allocated() {
    let response: Response<Context> =
        Response::ValueResponse(ValueResponse::new(Height(1), vec![]));
    let bytes = CODEC.encode(&response).unwrap();
    for (length, limit) in [(u32::MAX, MAX_SYNCED_BLOCKS), (65, MAX_SYNCED_BLOCKS)] {
        let error = decode::<Response<Context>>(with_length(&bytes, 8, length)).unwrap_err();
        let length = length as usize;
        let expected = CodecError::TooMany {
            what: "blocks",
            length,
            limit,
        };
        assert_eq!(error, expected);
    }
    // within the limit, but more than there are bytes for
    let error = decode::<Response<Context>>(with_length(&bytes, 8, 64)).unwrap_err();
    assert_eq!(error, CodecError::Truncated { missing: 64 * 52 });

    let polka: PolkaCertificate<Context> = PolkaCertificate {
        height: Height(1),
        round: Round::new(0),
        value_id: HashBytes([1; 32]),
        polka_signatures: vec![],
    };
    let bytes = CODEC.encode(&polka).unwrap();
    let at = bytes.len() - 4;
    for length in [u32::MAX, 65_536, 65_535, 1] {
        decode::<PolkaCertificate<Context>>(with_length(&bytes, at, length)).unwrap_err();
    }
}

#[test]
fn a_block_above_the_limit_is_refused() {
    let value = |length| ProposedValue::<Context> {
        height: Height(1),
        round: Round::new(0),
        valid_round: Round::Nil,
        proposer: Key(HashBytes([1; 32])),
        value: Value {
            id: HashBytes([1; 32]),
            bytes: vec![0; length].into(),
        },
        validity: Validity::Valid,
    };
    let decode_length =
        |length| decode::<ProposedValue<Context>>(CODEC.encode(&value(length)).unwrap());
    decode_length(1_000).unwrap();
    let expected = CodecError::TooMany {
        what: "bytes",
        length: 1_001,
        limit: 1_000,
    };
    assert_eq!(decode_length(1_001).unwrap_err(), expected);
}

#[test]
fn rounds_that_cannot_be_signed_and_values_called_zero_do_not_exist() {
    for round in [MAX_ROUND + 1, u32::MAX - 1] {
        let bytes = Bytes::copy_from_slice(&round.to_be_bytes());
        assert_eq!(decode::<Round>(bytes), Err(CodecError::Round(round)));
    }
    let proposal = Proposal {
        height: Height(1),
        round: Round::new(0),
        value: Value::of_id(HashBytes::ZERO),
        valid_round: Round::Nil,
        proposer: Key(HashBytes([1; 32])),
    };
    decode::<Proposal>(CODEC.encode(&proposal).unwrap()).unwrap_err();
}

#[test]
fn what_the_sign_guard_refused_is_not_sent() {
    let vote = Vote {
        vote_type: VoteType::Prevote,
        height: Height(1),
        round: Round::new(0),
        value: NilOrVal::Nil,
        validator: Key(HashBytes([1; 32])),
    };
    let signed = SignedMessage::new(vote, REFUSED);
    let messages = [
        CODEC.encode(&SignedConsensusMsg::<Context>::Vote(signed.clone())),
        CODEC.encode(&LivenessMsg::<Context>::Vote(signed)),
    ];
    assert_eq!(
        messages,
        [Err(CodecError::Refused), Err(CodecError::Refused)]
    );
}
