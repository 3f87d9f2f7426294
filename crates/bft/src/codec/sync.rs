//! What engines tell each other about decided blocks.

use malachitebft_app_channel::app::types::PeerId;
use malachitebft_core_types::{ExtendedCommitCertificate, ExtendedCommitSignature};
use malachitebft_sync::{RawDecidedValue, Request, Response, Status, ValueRequest, ValueResponse};

use super::consensus::read_id;
use super::{CodecError, MAX_NAME_BYTES, MAX_SIGNATURES, MAX_SYNCED_BLOCKS, Reader, Wire, Writer};
use crate::context::{Context, Height};

/// Key and signature.
const SIGNATURE_BYTES: usize = 32 + 64;
/// Length of a block, height, round, id, and number of signatures.
const DECIDED_BYTES: usize = 4 + 8 + 4 + 32 + 4;

impl Wire for PeerId {
    fn write(&self, writer: &mut Writer) {
        writer.put_bytes(&self.to_bytes());
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        let bytes = reader.take_bytes(MAX_NAME_BYTES)?;
        Self::from_bytes(&bytes).map_err(|_| CodecError::Invalid("identity of a peer"))
    }
}

impl Wire for Status<Context> {
    fn write(&self, writer: &mut Writer) {
        self.peer_id.write(writer);
        self.tip_height.write(writer);
        self.history_min_height.write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        Ok(Self {
            peer_id: Wire::read(reader)?,
            tip_height: Wire::read(reader)?,
            history_min_height: Wire::read(reader)?,
        })
    }
}

impl Wire for Request<Context> {
    fn write(&self, writer: &mut Writer) {
        let Self::ValueRequest(request) = self;
        request.range.start().write(writer);
        request.range.end().write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        let (start, end) = (Height::read(reader)?, Height::read(reader)?);
        Ok(Self::ValueRequest(ValueRequest::new(start..=end)))
    }
}

impl Wire for Response<Context> {
    fn write(&self, writer: &mut Writer) {
        let Self::ValueResponse(response) = self;
        response.start_height.write(writer);
        writer.put_list(&response.values);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        let start = Height::read(reader)?;
        let values = reader.take_list("blocks", MAX_SYNCED_BLOCKS, DECIDED_BYTES)?;
        Ok(Self::ValueResponse(ValueResponse::new(start, values)))
    }
}

impl Wire for RawDecidedValue<Context> {
    fn write(&self, writer: &mut Writer) {
        writer.put_bytes(&self.value_bytes);
        self.certificate.write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        let bytes = reader.take_bytes(reader.max_block_bytes())?;
        Ok(Self::new(bytes, Wire::read(reader)?))
    }
}

/// Holds no extensions, since votes have none.
impl Wire for ExtendedCommitCertificate<Context> {
    fn write(&self, writer: &mut Writer) {
        self.height.write(writer);
        self.round.write(writer);
        self.value_id.write(writer);
        writer.put_list(&self.commit_signatures);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        Ok(Self {
            height: Wire::read(reader)?,
            round: Wire::read(reader)?,
            value_id: read_id(reader)?,
            commit_signatures: reader.take_list("precommits", MAX_SIGNATURES, SIGNATURE_BYTES)?,
        })
    }
}

impl Wire for ExtendedCommitSignature<Context> {
    fn write(&self, writer: &mut Writer) {
        self.address.write(writer);
        self.signature.write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        let address = Wire::read(reader)?;
        Ok(Self::new(address, Wire::read(reader)?, None))
    }
}
