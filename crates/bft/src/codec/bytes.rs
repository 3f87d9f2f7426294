//! Numbers, bytes, lists and the small types that messages consist of.

use ::bytes::Bytes;
use ddvs_light::MAX_ROUND;
use malachitebft_core_types::Round;
use tycho_types::cell::HashBytes;

use super::{CodecError, Wire};
use crate::context::{Height, Key};
use crate::signer::REFUSED;

/// What a nil round is on the wire.
const NIL_ROUND: u32 = u32::MAX;

/// Collects an encoding.
#[derive(Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
    error: Option<CodecError>,
}

impl Writer {
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes preceded by their length. Those that four bytes cannot hold are an error of [`Self::finish`].
    pub(super) fn put_bytes(&mut self, bytes: &[u8]) {
        self.put_length(bytes.len());
        self.put(bytes);
    }

    pub(super) fn put_list<T: Wire>(&mut self, list: &[T]) {
        self.put_length(list.len());
        for element in list {
            element.write(self);
        }
    }

    fn put_length(&mut self, length: usize) {
        match u32::try_from(length) {
            Ok(length) => length.write(self),
            Err(_) => {
                self.error = Some(CodecError::TooMany {
                    what: "bytes",
                    length,
                    limit: u32::MAX as usize,
                });
            }
        }
    }

    /// Fails only when the value has a refused signature or is too long.
    pub(super) fn finish(self) -> Result<Bytes, CodecError> {
        match self.error {
            None => Ok(self.bytes.into()),
            Some(error) => Err(error),
        }
    }
}

/// Takes an encoding apart.
pub(crate) struct Reader {
    bytes: Bytes,
    max_block_bytes: usize,
}

impl Reader {
    pub(super) fn new(bytes: Bytes, max_block_bytes: usize) -> Self {
        Self {
            bytes,
            max_block_bytes,
        }
    }

    /// Number of bytes that are left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn max_block_bytes(&self) -> usize {
        self.max_block_bytes
    }

    /// The next bytes, which are shared and not copied.
    pub(super) fn take(&mut self, length: usize) -> Result<Bytes, CodecError> {
        match length.checked_sub(self.bytes.len()) {
            None | Some(0) => Ok(self.bytes.split_to(length)),
            Some(missing) => Err(CodecError::Truncated { missing }),
        }
    }

    pub(super) fn take_array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let bytes = self.take(N)?;
        // the length is right, so that the default is never seen
        Ok(bytes.as_ref().try_into().unwrap_or([0; N]))
    }

    /// Bytes preceded by their length.
    pub(super) fn take_bytes(&mut self, limit: usize) -> Result<Bytes, CodecError> {
        let length = self.take_length("bytes", limit)?;
        self.take(length)
    }

    /// A list of values of at least `least_bytes` each, so that their number is bounded by the bytes that are left.
    pub(super) fn take_list<T: Wire>(
        &mut self,
        what: &'static str,
        limit: usize,
        least_bytes: usize,
    ) -> Result<Vec<T>, CodecError> {
        let length = self.take_length(what, limit)?;
        let least = length.saturating_mul(least_bytes);
        if let Some(missing @ 1..) = least.checked_sub(self.left()) {
            return Err(CodecError::Truncated { missing });
        }
        let mut list = Vec::with_capacity(length);
        for _ in 0..length {
            list.push(T::read(self)?);
        }
        Ok(list)
    }

    fn take_length(&mut self, what: &'static str, limit: usize) -> Result<usize, CodecError> {
        let length = u32::read(self)? as usize;
        if length <= limit {
            Ok(length)
        } else {
            Err(CodecError::TooMany {
                what,
                length,
                limit,
            })
        }
    }
}

impl Wire for u8 {
    fn write(&self, writer: &mut Writer) {
        writer.put(&[*self]);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        reader.take_array().map(|[byte]| byte)
    }
}

impl Wire for u32 {
    fn write(&self, writer: &mut Writer) {
        writer.put(&self.to_be_bytes());
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        reader.take_array().map(Self::from_be_bytes)
    }
}

impl Wire for u64 {
    fn write(&self, writer: &mut Writer) {
        writer.put(&self.to_be_bytes());
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        reader.take_array().map(Self::from_be_bytes)
    }
}

impl Wire for Height {
    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        u64::read(reader).map(Self)
    }
}

/// Only rounds that can be signed exist.
impl Wire for Round {
    fn write(&self, writer: &mut Writer) {
        self.as_u32().unwrap_or(NIL_ROUND).write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        match u32::read(reader)? {
            NIL_ROUND => Ok(Self::Nil),
            round if round <= MAX_ROUND => Ok(Self::new(round)),
            round => Err(CodecError::Round(round)),
        }
    }
}

impl Wire for HashBytes {
    fn write(&self, writer: &mut Writer) {
        writer.put(self.as_slice());
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        reader.take_array().map(Self)
    }
}

impl Wire for Key {
    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        HashBytes::read(reader).map(Self)
    }
}

/// A signature.
impl Wire for [u8; 64] {
    fn write(&self, writer: &mut Writer) {
        if *self == REFUSED {
            writer.error = Some(CodecError::Refused);
        }
        writer.put(self);
    }

    fn read(reader: &mut Reader) -> Result<Self, CodecError> {
        reader.take_array()
    }
}
