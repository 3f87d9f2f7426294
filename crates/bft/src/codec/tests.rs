//! Everything survives encoding, and nothing that a peer may send makes a decoder panic or take memory.

use std::fmt::Debug;

use ddvs_light::MAX_ROUND;
use malachitebft_app_channel::app::consensus::{LivenessMsg, ProposedValue, SignedConsensusMsg};
use malachitebft_app_channel::app::types::streaming::StreamMessage;
use malachitebft_core_types::{
    NilOrVal, PolkaCertificate, Round, SignedMessage, ValidatorProof, Validity, VoteType,
};
use malachitebft_sync::{Request, Response, Status, ValueResponse};
use proptest::prelude::*;
use tycho_types::cell::HashBytes;

use super::strategies::{
    bytes, consensus, liveness, part, polka, proof, proposed, request, response, status, stream,
};
use super::*;
use crate::context::{Context, Height, Key, Value};
use crate::message::{Part, Proposal, Vote};
use crate::signer::REFUSED;

const CODEC: WireCodec = WireCodec {
    max_block_bytes: 1_000,
};

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
