//! Which set another chain has: what the majority agreed on, as this chain's own D'Elector has applied it.

use std::collections::BTreeMap;

use ddvs_contracts::agreed::Registered;
use ddvs_contracts::storage::{DElectorStorage, UNDO_DEPTH};
use ddvs_light::{Member, SetError, ValidatorSet};
use ddvs_types::ChainId;
use tycho_types::error::Error;

/// The own registry after the last own batches before the newest one, by number. The contract keeps none of them, since a copy never
/// takes an own batch back.
pub(crate) type OwnPast = BTreeMap<u32, Registered>;

/// Most earlier own batches.
const MAX_PAST: usize = UNDO_DEPTH as usize;

/// The registries of the own D'Elector.
#[derive(Clone, Copy)]
pub(crate) struct Registries<'a> {
    /// Its storage, if it can be read.
    pub storage: Option<&'a DElectorStorage>,
    /// The own registry at earlier batches.
    pub past: &'a OwnPast,
}

/// Adds the own registry as it was before a block, if the block has applied an own batch.
pub(crate) fn remember(
    past: &mut OwnPast,
    before: Option<&DElectorStorage>,
    after: Option<&DElectorStorage>,
) -> Result<(), Error> {
    let own = |storage: Option<&DElectorStorage>| {
        let registry = storage.map(|storage| storage.registries.get(storage.chain));
        registry.transpose().map(Option::flatten)
    };
    let (Some(before), Some(after)) = (own(before)?, own(after)?) else {
        return Ok(());
    };
    if after.seqno > before.seqno {
        let registered = Registered {
            roots: before.roots,
            keys: before.keys,
        };
        past.insert(before.seqno, registered);
        while past.len() > MAX_PAST {
            past.pop_first();
        }
    }
    Ok(())
}

/// Returns the set that `chain` has at a base, as far as these registries tell it: those of a copy that has applied all of these
/// batches, but no more than eight of an origin since.
pub(crate) fn set_at(
    registries: Registries<'_>,
    chain: ChainId,
    base: &BTreeMap<ChainId, u32>,
) -> Result<Option<ValidatorSet>, Error> {
    let Some(storage) = registries.storage else {
        return Ok(None);
    };
    let params = storage.params()?;
    let Some(members) = storage.set_at_with(chain, base, &params, registries.past)? else {
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
