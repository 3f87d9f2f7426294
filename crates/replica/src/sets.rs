//! Which set another chain has: what the majority agreed on, as this chain's own D'Elector has applied it.

use std::collections::BTreeMap;

use ddvs_contracts::storage::DElectorStorage;
use ddvs_light::{Member, SetError, ValidatorSet};
use ddvs_types::ChainId;
use tycho_types::error::Error;

/// Returns the set that `chain` has at a base, as far as these registries tell it: those of a copy that has applied all of these
/// batches, but no more than eight of an origin since.
pub(crate) fn set_at(
    storage: Option<&DElectorStorage>,
    chain: ChainId,
    base: &BTreeMap<ChainId, u32>,
) -> Result<Option<ValidatorSet>, Error> {
    let Some(storage) = storage else {
        return Ok(None);
    };
    let params = storage.params()?;
    let Some(members) = storage.set_at(chain, base, &params)? else {
        return Ok(None);
    };
    let members = members
        .into_iter()
        .map(|(key, weight)| Member { key, weight });
    match ValidatorSet::new(members) {
        Ok(set) => Ok(Some(set)),
        Err(SetError::Cell(error)) => Err(error),
        // no chain has such a set
        Err(
            SetError::Empty | SetError::Twice(_) | SetError::Weightless(_) | SetError::TooHeavy,
        ) => Ok(None),
    }
}
