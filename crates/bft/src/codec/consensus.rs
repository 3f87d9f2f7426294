//! Votes, proposals and certificates of them.

use malachitebft_app_channel::app::consensus::{LivenessMsg, SignedConsensusMsg};
use malachitebft_core_types::{
    NilOrVal, PolkaCertificate, PolkaSignature, RoundCertificate, RoundCertificateType,
    RoundSignature, SignedMessage, VoteType,
};
use tycho_types::cell::HashBytes;

use super::{CodecError, MAX_SIGNATURES, Reader, Wire, Writer};
use crate::context::{Context, Value};
use crate::message::{Proposal, Vote};

/// Key and signature.
const SIGNATURE_BYTES: usize = 32 + 64;
/// Key, signature, type and value.
const ROUND_SIGNATURE_BYTES: usize = SIGNATURE_BYTES + 1 + 32;

impl Wire for VoteType {
    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Prevote => 1_u8,
            Self::Precommit => 2,
        }
        .write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        match u8::read(reader)? {
            1 => Ok(Self::Prevote),
            2 => Ok(Self::Precommit),
            tag => Err(CodecError::Tag(tag, "type of vote")),
        }
    }
}

/// Zero is nil, as in what is signed: no value is called zero.
impl Wire for NilOrVal<HashBytes> {
    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Nil => HashBytes::ZERO.write(writer),
            Self::Val(id) => id.write(writer),
        }
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        let id = HashBytes::read(reader)?;
        Ok(if id == HashBytes::ZERO {
            Self::Nil
        } else {
            Self::Val(id)
        })
    }
}

/// Reads the id of a value, which is not zero.
pub(super) fn read_id(reader: &mut Reader) -> Result<HashBytes, CodecError> {
    match NilOrVal::read(reader)? {
        NilOrVal::Val(id) => Ok(id),
        NilOrVal::Nil => Err(CodecError::Invalid("id of a value")),
    }
}

impl Wire for Vote {
    fn write(&self, writer: &mut Writer) {
        self.vote_type.write(writer);
        self.height.write(writer);
        self.round.write(writer);
        self.value.write(writer);
        self.validator.write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        Ok(Self {
            vote_type: Wire::read(reader)?,
            height: Wire::read(reader)?,
            round: Wire::read(reader)?,
            value: Wire::read(reader)?,
            validator: Wire::read(reader)?,
        })
    }
}

/// Holds the id of the value alone.
impl Wire for Proposal {
    fn write(&self, writer: &mut Writer) {
        self.height.write(writer);
        self.round.write(writer);
        self.value.id.write(writer);
        self.valid_round.write(writer);
        self.proposer.write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        Ok(Self {
            height: Wire::read(reader)?,
            round: Wire::read(reader)?,
            value: Value::of_id(read_id(reader)?),
            valid_round: Wire::read(reader)?,
            proposer: Wire::read(reader)?,
        })
    }
}

impl<T: Wire> Wire for SignedMessage<Context, T> {
    fn write(&self, writer: &mut Writer) {
        self.message.write(writer);
        self.signature.write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        Ok(Self::new(Wire::read(reader)?, Wire::read(reader)?))
    }
}

impl Wire for SignedConsensusMsg<Context> {
    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Vote(vote) => {
                1_u8.write(writer);
                vote.write(writer);
            }
            Self::Proposal(proposal) => {
                2_u8.write(writer);
                proposal.write(writer);
            }
        }
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        match u8::read(reader)? {
            1 => Wire::read(reader).map(Self::Vote),
            2 => Wire::read(reader).map(Self::Proposal),
            tag => Err(CodecError::Tag(tag, "message of the consensus")),
        }
    }
}

impl Wire for LivenessMsg<Context> {
    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Vote(vote) => {
                1_u8.write(writer);
                vote.write(writer);
            }
            Self::PolkaCertificate(certificate) => {
                2_u8.write(writer);
                certificate.write(writer);
            }
            Self::SkipRoundCertificate(certificate) => {
                3_u8.write(writer);
                certificate.write(writer);
            }
        }
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        match u8::read(reader)? {
            1 => Wire::read(reader).map(Self::Vote),
            2 => Wire::read(reader).map(Self::PolkaCertificate),
            3 => Wire::read(reader).map(Self::SkipRoundCertificate),
            tag => Err(CodecError::Tag(tag, "message for liveness")),
        }
    }
}

impl Wire for PolkaSignature<Context> {
    fn write(&self, writer: &mut Writer) {
        self.address.write(writer);
        self.signature.write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        Ok(Self::new(Wire::read(reader)?, Wire::read(reader)?))
    }
}

impl Wire for PolkaCertificate<Context> {
    fn write(&self, writer: &mut Writer) {
        self.height.write(writer);
        self.round.write(writer);
        self.value_id.write(writer);
        writer.put_list(&self.polka_signatures);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        Ok(Self {
            height: Wire::read(reader)?,
            round: Wire::read(reader)?,
            value_id: read_id(reader)?,
            polka_signatures: reader.take_list("prevotes", MAX_SIGNATURES, SIGNATURE_BYTES)?,
        })
    }
}

impl Wire for RoundSignature<Context> {
    fn write(&self, writer: &mut Writer) {
        self.vote_type.write(writer);
        self.value_id.write(writer);
        self.address.write(writer);
        self.signature.write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        Ok(Self {
            vote_type: Wire::read(reader)?,
            value_id: Wire::read(reader)?,
            address: Wire::read(reader)?,
            signature: Wire::read(reader)?,
        })
    }
}

impl Wire for RoundCertificate<Context> {
    fn write(&self, writer: &mut Writer) {
        self.height.write(writer);
        self.round.write(writer);
        match self.cert_type {
            RoundCertificateType::Skip => 1_u8,
            RoundCertificateType::Precommit => 2,
        }
        .write(writer);
        writer.put_list(&self.round_signatures);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        Ok(Self {
            height: Wire::read(reader)?,
            round: Wire::read(reader)?,
            cert_type: match u8::read(reader)? {
                1 => RoundCertificateType::Skip,
                2 => RoundCertificateType::Precommit,
                tag => return Err(CodecError::Tag(tag, "type of a certificate")),
            },
            round_signatures: reader.take_list("votes", MAX_SIGNATURES, ROUND_SIGNATURE_BYTES)?,
        })
    }
}
