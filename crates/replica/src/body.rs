//! What came into a block from outside, and its one encoding.

use std::collections::BTreeMap;

use ddvs_light::{Certificate, CommitSignature};
use ddvs_types::ChainId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes};

use crate::BlockRefusal;

/// Most headers of other chains in a block.
pub const MAX_HEADERS: usize = 64;
/// Most bytes of an encoded body.
pub const MAX_BODY_BYTES: usize = (4 << 20) - (64 << 10);
/// Most hashes of messages that a block leaves for a later one, of each chain.
pub const MAX_LATER: usize = 32_768;

/// A header of another chain, with the proof that it was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedHeader {
    /// The header.
    pub header: Cell,
    /// Signatures of the set that the header names.
    pub certificate: Certificate,
}

/// What came into a block from outside: all that is needed to make it again from the state before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// Time of the block, in ms since 1970.
    pub time_ms: u64,
    /// Messages that were processed: [`ddvs_chain::Work::steps`].
    pub steps: usize,
    /// Headers of other chains, those of one chain by ascending height.
    pub headers: Vec<CertifiedHeader>,
    /// Messages from other chains, in the order in which they were imported.
    pub imports: Vec<(ChainId, Cell)>,
    /// For each chain of which messages were imported: the hashes of those that follow them in the lane of its newest header.
    pub later: BTreeMap<ChainId, Vec<HashBytes>>,
    /// External messages, in the order in which they were tried.
    pub externals: Vec<Cell>,
}

/// The encoded form.
#[derive(Serialize, Deserialize)]
struct Encoded {
    time_ms: u64,
    steps: u32,
    headers: Vec<EncodedHeader>,
    imports: Vec<(ChainId, Bytes)>,
    later: Vec<(ChainId, Vec<[u8; 32]>)>,
    externals: Vec<Bytes>,
}

#[derive(Serialize, Deserialize)]
struct EncodedHeader {
    header: Bytes,
    round: u32,
    /// Keys and both halves of the signatures.
    signatures: Vec<([u8; 32], [u8; 32], [u8; 32])>,
}

/// A bag of cells.
type Bytes = Vec<u8>;

fn halves(signature: &[u8; 64]) -> ([u8; 32], [u8; 32]) {
    let (mut first, mut second) = ([0; 32], [0; 32]);
    first.copy_from_slice(&signature[..32]);
    second.copy_from_slice(&signature[32..]);
    (first, second)
}

fn whole(first: [u8; 32], second: [u8; 32]) -> [u8; 64] {
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&first);
    signature[32..].copy_from_slice(&second);
    signature
}

impl EncodedHeader {
    fn of(certified: &CertifiedHeader) -> Self {
        let signatures = certified.certificate.signatures.iter().map(|commit| {
            let (first, second) = halves(&commit.signature);
            (commit.key.0, first, second)
        });
        Self {
            header: Boc::encode(&certified.header),
            round: certified.certificate.round,
            signatures: signatures.collect(),
        }
    }

    fn read(self) -> Result<CertifiedHeader, BlockRefusal> {
        let signatures = self.signatures.into_iter();
        let signatures = signatures.map(|(key, first, second)| CommitSignature {
            key: HashBytes(key),
            signature: whole(first, second),
        });
        Ok(CertifiedHeader {
            header: cell(&self.header)?,
            certificate: Certificate {
                round: self.round,
                signatures: signatures.collect(),
            },
        })
    }
}

impl CertifiedHeader {
    /// Returns the encoded header and certificate.
    ///
    /// Fails only when there is no memory for it.
    pub fn encode(&self) -> Result<Vec<u8>, BlockRefusal> {
        postcard::to_stdvec(&EncodedHeader::of(self)).map_err(encoding)
    }

    /// Decodes a header with its certificate.
    ///
    /// Fails only when the bytes are not that. Nothing is verified.
    pub fn decode(bytes: &[u8]) -> Result<Self, BlockRefusal> {
        postcard::from_bytes::<EncodedHeader>(bytes)
            .map_err(encoding)?
            .read()
    }
}

fn encoding(error: postcard::Error) -> BlockRefusal {
    BlockRefusal::Encoding(error.to_string())
}

fn cell(bytes: &[u8]) -> Result<Cell, BlockRefusal> {
    Boc::decode(bytes).map_err(|error| BlockRefusal::Encoding(error.to_string()))
}

impl Body {
    /// Returns the encoded body.
    ///
    /// Fails only when it has more steps than any block can.
    pub fn encode(&self) -> Result<Vec<u8>, BlockRefusal> {
        let encoded = Encoded {
            time_ms: self.time_ms,
            steps: u32::try_from(self.steps).map_err(|_| BlockRefusal::TooMany("steps"))?,
            headers: self.headers.iter().map(EncodedHeader::of).collect(),
            imports: (self.imports.iter())
                .map(|(chain, cell)| (*chain, Boc::encode(cell)))
                .collect(),
            later: (self.later.iter())
                .map(|(chain, hashes)| (*chain, hashes.iter().map(|hash| hash.0).collect()))
                .collect(),
            externals: self.externals.iter().map(Boc::encode).collect(),
        };
        postcard::to_stdvec(&encoded).map_err(encoding)
    }

    /// Decodes a body.
    ///
    /// Fails only when it is not exactly what [`Self::encode`] gives: one body has one encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, BlockRefusal> {
        if bytes.len() > MAX_BODY_BYTES {
            return Err(BlockRefusal::TooLarge(bytes.len()));
        }
        let encoded: Encoded = postcard::from_bytes(bytes).map_err(encoding)?;
        if encoded.headers.len() > MAX_HEADERS {
            return Err(BlockRefusal::TooMany("headers"));
        }
        if encoded
            .later
            .iter()
            .any(|(_, later)| later.len() > MAX_LATER)
        {
            return Err(BlockRefusal::TooMany("hashes of later messages"));
        }
        let headers = encoded.headers.into_iter().map(EncodedHeader::read);
        let imports = encoded.imports.into_iter();
        let externals = encoded.externals.iter();
        let later = encoded.later.into_iter();
        let body = Self {
            time_ms: encoded.time_ms,
            steps: encoded.steps as usize,
            headers: headers.collect::<Result<_, _>>()?,
            imports: imports
                .map(|(chain, bytes)| Ok((chain, cell(&bytes)?)))
                .collect::<Result<_, BlockRefusal>>()?,
            later: later
                .map(|(chain, hashes)| (chain, hashes.into_iter().map(HashBytes).collect()))
                .collect(),
            externals: externals
                .map(|bytes| cell(bytes))
                .collect::<Result<_, _>>()?,
        };
        if body.encode()? == bytes {
            Ok(body)
        } else {
            Err(BlockRefusal::Encoding(
                "it is not the encoding of what it contains".to_owned(),
            ))
        }
    }
}

/// Returns the hash of an encoded body, as a header names it.
pub fn body_hash(encoded: &[u8]) -> HashBytes {
    HashBytes(Sha256::digest(encoded).into())
}
