//! How far a chain has followed another one.

use ddvs_chain::hash::{Digest, chain_number};
use ddvs_light::{Header, ValidatorSet};
use ddvs_types::ChainId;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::error::Error;

use crate::sets::OwnPast;

/// How far a chain has followed another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The newest header that it has taken.
    pub header: Header,
    /// Hash of that header.
    pub hash: HashBytes,
    /// The set that signs the next block of that chain, once the own D'Elector's registries have confirmed it.
    pub next_set: Option<ValidatorSet>,
}

/// Returns the hash of these cursors, and of what is remembered of the own registry.
pub(crate) fn hash<'a>(
    cursors: impl Iterator<Item = (&'a ChainId, &'a Cursor)>,
    past: &OwnPast,
) -> Result<HashBytes, Error> {
    let mut digest = Digest::new();
    for (chain, cursor) in cursors {
        digest.numbers(&[chain_number(*chain), u128::from(cursor.next_set.is_some())])?;
        digest.hash(&cursor.hash)?;
    }
    let root = |root: &Option<Cell>| {
        root.as_ref()
            .map_or(HashBytes::ZERO, |root| *root.repr_hash())
    };
    for (seqno, registered) in past {
        digest.numbers(&[u128::from(*seqno)])?;
        digest.hash(&root(registered.roots.root()))?;
        digest.hash(&root(registered.keys.root()))?;
    }
    Ok(digest.finish())
}
