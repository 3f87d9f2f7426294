//! Encoding of everything that engines send to each other and keep in the write-ahead log.
//!
//! Numbers are big-endian, lists and bytes are preceded by their length in four bytes, and a value must fill its encoding
//! entirely. A length is checked against its limit and against the bytes that are left before anything is allocated, so
//! a decoder never takes more memory than a small multiple of what it was given.

mod blocks;
mod bytes;
mod consensus;
mod sync;

use ::bytes::Bytes;
use malachitebft_app_channel::app::types::codec::{Codec, HasEncodedLen};

pub(crate) use self::bytes::{Reader, Writer};

/// Most signatures in a certificate: a set has no more members, since `max_validators` has 16 bits.
pub(crate) const MAX_SIGNATURES: usize = u16::MAX as usize;

/// Most blocks in an answer to a request for decided blocks.
pub(crate) const MAX_SYNCED_BLOCKS: usize = 64;

/// Most bytes of a name that a peer chooses: its identity, or that of a stream.
pub(crate) const MAX_NAME_BYTES: usize = 64;

/// Most bytes of a block in a part.
pub(crate) const PART_BYTES: usize = 64 * 1024;

/// Reason why something cannot be encoded or decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CodecError {
    #[error("{missing} bytes are missing")]
    Truncated { missing: usize },
    #[error("{0} bytes too many")]
    Trailing(usize),
    #[error("{length} {what}, which is more than {limit}")]
    TooMany {
        what: &'static str,
        length: usize,
        limit: usize,
    },
    #[error("{0} is no {1}")]
    Tag(u8, &'static str),
    #[error("round {0} does not exist")]
    Round(u32),
    #[error("bytes that are no {0}")]
    Invalid(&'static str),
    #[error("a message that the sign guard refused is not sent")]
    Refused,
}

/// A value with an encoding.
pub(crate) trait Wire: Sized {
    /// Appends the encoding.
    fn write(&self, writer: &mut Writer);

    /// Takes the encoding off the front. Fails only when it is none.
    fn read(reader: &mut Reader) -> Result<Self, CodecError>;
}

/// Encodes and decodes for the engine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WireCodec {
    /// Most bytes of a block.
    pub(crate) max_block_bytes: usize,
}

impl<T: Wire> Codec<T> for WireCodec {
    type Error = CodecError;

    fn decode(&self, bytes: Bytes) -> Result<T, CodecError> {
        let mut reader = Reader::new(bytes, self.max_block_bytes);
        let value = T::read(&mut reader)?;
        match reader.left() {
            0 => Ok(value),
            left => Err(CodecError::Trailing(left)),
        }
    }

    fn encode(&self, message: &T) -> Result<Bytes, CodecError> {
        let mut writer = Writer::default();
        message.write(&mut writer);
        writer.finish()
    }
}

impl<T: Wire> HasEncodedLen<T> for WireCodec {
    fn encoded_len(&self, message: &T) -> Result<usize, CodecError> {
        self.encode(message).map(|bytes| bytes.len())
    }
}

#[cfg(test)]
mod strategies;
#[cfg(test)]
mod tests;
