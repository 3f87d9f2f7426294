//! Following a chain by its headers, from a trusted one on.

use tycho_types::cell::{Cell, HashBytes};
use tycho_types::error::Error;

use crate::{Certificate, CertificateError, Header, Scope, ValidatorSet};

/// A chain as far as it was followed. It holds the newest header that was proven, and the set that signs the next one.
#[derive(Debug, Clone)]
pub struct Follower {
    header: Header,
    hash: HashBytes,
    next_set: ValidatorSet,
}

/// Reason why a header was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderRefusal {
    /// The cell is not a header.
    #[error("it is not a header: {0}")]
    Cell(#[from] Error),
    /// It is of another network, chain or incarnation.
    #[error("it is of chain {chain} of network {genesis}, incarnation {incarnation}", chain = .0.chain, genesis = .0.genesis, incarnation = .0.incarnation)]
    Scope(Scope),
    /// It is not later than what is known.
    #[error("its height {found} and time are not beyond the known height {known}")]
    NotLater {
        /// Height of the header.
        found: u64,
        /// Height that is known.
        known: u64,
    },
    /// It follows the known header by height but does not name it as its parent.
    #[error("its parent is {0}, which is not the known header")]
    Parent(HashBytes),
    /// It is signed by another set than the known one: headers in between are missing.
    #[error("it is signed by the set {found}, not by the known next set {known}")]
    Set {
        /// Hash of the set that the header names.
        found: HashBytes,
        /// Hash of the set that is known.
        known: HashBytes,
    },
    /// The set that signs the next block is another one, and its members were not given, or are not those.
    #[error("the members of the next set {0} are needed")]
    NextSet(HashBytes),
    /// The certificate proves nothing.
    #[error("its certificate proves nothing: {0}")]
    Certificate(#[from] CertificateError),
}

impl Follower {
    /// Starts from a header that is trusted, and the set that signs the next one.
    ///
    /// Fails only when the header names another set, or cannot be encoded.
    pub fn new(header: Header, next_set: ValidatorSet) -> Result<Self, HeaderRefusal> {
        if header.next_set != next_set.hash() {
            return Err(HeaderRefusal::NextSet(header.next_set));
        }
        let hash = header.hash()?;
        Ok(Self {
            header,
            hash,
            next_set,
        })
    }

    /// The newest header that was proven.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Hash of that header.
    pub fn hash(&self) -> HashBytes {
        self.hash
    }

    /// The set that signs the next block.
    pub fn next_set(&self) -> &ValidatorSet {
        &self.next_set
    }

    /// Accepts a later header. Headers may be left out as long as the set stays the same. `next_set` has the members of the
    /// set that signs the next block, needed only if it is another one.
    ///
    /// Fails only when the header is not proven; then nothing changes.
    pub fn accept(
        &mut self,
        cell: &Cell,
        certificate: &Certificate,
        next_set: Option<&ValidatorSet>,
    ) -> Result<(), HeaderRefusal> {
        let header = Header::from_cell(cell)?;
        let known = &self.header;
        if header.scope != known.scope {
            return Err(HeaderRefusal::Scope(header.scope));
        }
        if header.height <= known.height || header.time_ms <= known.time_ms {
            return Err(HeaderRefusal::NotLater {
                found: header.height,
                known: known.height,
            });
        }
        if header.height == known.height + 1 && header.parent != self.hash {
            return Err(HeaderRefusal::Parent(header.parent));
        }
        if header.set != self.next_set.hash() {
            return Err(HeaderRefusal::Set {
                found: header.set,
                known: self.next_set.hash(),
            });
        }
        let hash = *cell.repr_hash();
        certificate.verify(&header.scope, header.height, &hash, &self.next_set)?;
        if header.next_set != header.set {
            let next_set = next_set
                .filter(|set| set.hash() == header.next_set)
                .ok_or(HeaderRefusal::NextSet(header.next_set))?;
            self.next_set = next_set.clone();
        }
        self.header = header;
        self.hash = hash;
        Ok(())
    }
}
