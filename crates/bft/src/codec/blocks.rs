//! Proposed blocks, whole and in parts, and proofs of who sends them.

use malachitebft_app_channel::app::consensus::ProposedValue;
use malachitebft_app_channel::app::engine::util::streaming::StreamContent;
use malachitebft_app_channel::app::types::streaming::{StreamId, StreamMessage};
use malachitebft_core_types::{ValidatorProof, Validity};

use super::consensus::read_id;
use super::{CodecError, MAX_NAME_BYTES, PART_BYTES, Reader, Wire, Writer};
use crate::context::{Context, Value};
use crate::message::Part;

impl Wire for ValidatorProof<Context> {
    fn write(&self, writer: &mut Writer) {
        writer.put_bytes(&self.public_key);
        writer.put_bytes(&self.peer_id);
        self.signature.write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        let public_key = reader.take_bytes(MAX_NAME_BYTES)?.to_vec();
        let peer_id = reader.take_bytes(MAX_NAME_BYTES)?.to_vec();
        Ok(Self::new(public_key, peer_id, Wire::read(reader)?))
    }
}

impl Wire for Part {
    fn write(&self, writer: &mut Writer) {
        self.height.write(writer);
        self.round.write(writer);
        self.valid_round.write(writer);
        self.proposer.write(writer);
        self.sender.write(writer);
        self.stream.write(writer);
        self.count.write(writer);
        self.index.write(writer);
        writer.put_bytes(&self.bytes);
        self.signature.write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        let part = Self {
            height: Wire::read(reader)?,
            round: Wire::read(reader)?,
            valid_round: Wire::read(reader)?,
            proposer: Wire::read(reader)?,
            sender: Wire::read(reader)?,
            stream: Wire::read(reader)?,
            count: Wire::read(reader)?,
            index: Wire::read(reader)?,
            bytes: reader.take_bytes(PART_BYTES)?,
            signature: Wire::read(reader)?,
        };
        if part.index < part.count {
            Ok(part)
        } else {
            Err(CodecError::Invalid("part"))
        }
    }
}

impl Wire for StreamMessage<Part> {
    fn write(&self, writer: &mut Writer) {
        writer.put_bytes(&self.stream_id.to_bytes());
        self.sequence.write(writer);
        match &self.content {
            StreamContent::Fin => 0_u8.write(writer),
            StreamContent::Data(part) => {
                1_u8.write(writer);
                part.write(writer);
            }
        }
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        let stream_id = StreamId::new(reader.take_bytes(MAX_NAME_BYTES)?);
        let sequence = Wire::read(reader)?;
        let content = match u8::read(reader)? {
            0 => StreamContent::Fin,
            1 => StreamContent::Data(Wire::read(reader)?),
            tag => return Err(CodecError::Tag(tag, "content of a stream")),
        };
        Ok(Self::new(stream_id, sequence, content))
    }
}

/// Holds the block, for the write-ahead log.
impl Wire for ProposedValue<Context> {
    fn write(&self, writer: &mut Writer) {
        self.height.write(writer);
        self.round.write(writer);
        self.valid_round.write(writer);
        self.proposer.write(writer);
        self.value.id.write(writer);
        writer.put_bytes(&self.value.bytes);
        u8::from(self.validity.is_valid()).write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        Ok(Self {
            height: Wire::read(reader)?,
            round: Wire::read(reader)?,
            valid_round: Wire::read(reader)?,
            proposer: Wire::read(reader)?,
            value: Value {
                id: read_id(reader)?,
                bytes: reader.take_bytes(reader.max_block_bytes())?,
            },
            validity: match u8::read(reader)? {
                0 => Validity::Invalid,
                1 => Validity::Valid,
                tag => return Err(CodecError::Tag(tag, "validity")),
            },
        })
    }
}
