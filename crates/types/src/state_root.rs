//! The hash of a chain's state, in two parts, so that an account can be proven without the rest.

use tycho_types::cell::{CellBuilder, HashBytes};
use tycho_types::error::Error;

/// Hashes of the parts of a chain's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateRoot {
    /// Root hash of the accounts dictionary, zero if it is empty.
    pub accounts: HashBytes,
    /// Hash of everything else.
    pub rest: HashBytes,
}

impl StateRoot {
    /// Returns the hash of the state.
    ///
    /// Fails only when a cell cannot be built, which its size rules out.
    pub fn hash(&self) -> Result<HashBytes, Error> {
        let mut builder = CellBuilder::new();
        builder.store_u256(&self.accounts)?;
        builder.store_u256(&self.rest)?;
        Ok(*builder.build()?.repr_hash())
    }
}
