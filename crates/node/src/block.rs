//! A block as validators send and store it: the header, and the body that the header names.

use ddvs_light::Header;
use ddvs_replica::body::body_hash;
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes};

/// Most bytes of an encoded block.
pub const MAX_BLOCK_BYTES: u32 = 4 << 20;

/// Reason why bytes are not a block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// They are too few.
    #[error("it is cut off")]
    CutOff,
    /// The header cannot be decoded.
    #[error("its header cannot be decoded")]
    Header,
    /// The header names another body.
    #[error("its header names another body")]
    Body,
}

/// A block that was decoded. Whether it is valid is not known.
#[derive(Debug, Clone)]
pub struct DecodedBlock<'a> {
    /// The header's cell.
    pub cell: Cell,
    /// The header.
    pub header: Header,
    /// The encoded body, which the header names.
    pub body: &'a [u8],
}

impl DecodedBlock<'_> {
    /// Hash of the header.
    pub fn id(&self) -> HashBytes {
        *self.cell.repr_hash()
    }
}

/// Returns the encoded block.
pub fn encode(header: &Cell, body: &[u8]) -> Vec<u8> {
    let header = Boc::encode(header);
    let mut bytes = Vec::with_capacity(4 + header.len() + body.len());
    // a header is below a kilobyte for 24 chains
    bytes.extend_from_slice(&(header.len() as u32).to_be_bytes());
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(body);
    bytes
}

/// Decodes a block.
///
/// Fails only when the bytes are not a header with the body that it names.
pub fn decode(bytes: &[u8]) -> Result<DecodedBlock<'_>, Malformed> {
    let (length, rest) = bytes.split_first_chunk::<4>().ok_or(Malformed::CutOff)?;
    let length = u32::from_be_bytes(*length) as usize;
    let (header, body) = rest.split_at_checked(length).ok_or(Malformed::CutOff)?;
    let cell = Boc::decode(header).map_err(|_| Malformed::Header)?;
    if Boc::encode(&cell) != header {
        return Err(Malformed::Header);
    }
    let header = Header::from_cell(&cell).map_err(|_| Malformed::Header)?;
    if header.body != body_hash(body) {
        return Err(Malformed::Body);
    }
    Ok(DecodedBlock { cell, header, body })
}
