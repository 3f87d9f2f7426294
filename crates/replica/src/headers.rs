//! Headers of other chains: what must hold before one is taken.

use std::collections::BTreeMap;

use ddvs_contracts::storage::DElectorStorage;

use ddvs_light::{Header, ValidatorSet};
use ddvs_types::{ChainId, MASTERCHAIN};
use tycho_types::cell::HashBytes;
use tycho_types::error::Error;

use crate::body::MAX_LATER;
use crate::sets::Registries;
use crate::{CertifiedHeader, Cursor, ImportRefusal, sets};

/// Returns the cursor of a chain after a header of it. `received` tells how many messages were imported from a chain, `storage` is the own D'Elector's, and `time_ms` the time of the block that
/// takes the header.
///
/// The header's set is either the one that the known header announced and the own registries confirmed, or follows from later
/// batches that they have applied. The second lets a chain that is ahead take up one that comes back, without the sets in
/// between, which it no longer knows.
///
/// Fails only when the header is not proven, or does not continue what is known.
pub(crate) fn take(
    cursors: &BTreeMap<ChainId, Cursor>,
    own: ChainId,
    received: &dyn Fn(ChainId) -> u64,
    registries: Registries<'_>,
    certified: &CertifiedHeader,
    time_ms: u64,
) -> Result<(ChainId, Cursor), ImportRefusal> {
    let header = Header::from_cell(&certified.header)?;
    let chain = header.scope.chain;
    let cursor = cursors
        .get(&chain)
        .ok_or(ImportRefusal::NoSuchChain(chain))?;
    let known = &cursor.header;
    let others = (cursors.keys().copied().chain([own])).filter(|id| *id != chain);
    let mut others: Vec<_> = others.collect();
    others.sort_unstable();
    if header.scope != known.scope || !header.lanes.keys().copied().eq(others) {
        return Err(ImportRefusal::Scope(chain));
    }
    let height = header.height;
    if height <= known.height || header.time_ms <= known.time_ms || header.time_ms >= time_ms {
        return Err(ImportRefusal::Time { chain, height });
    }
    let is_child = height != known.height + 1 || header.parent == cursor.hash;
    let lanes_grow = known.lanes.iter().all(|(to, before)| {
        header.lanes.get(to).is_some_and(|after| {
            after.count >= before.count
                && after.value_nano >= before.value_nano
                && (after.count > before.count || after == before)
        })
    });
    if !is_child || !lanes_grow {
        return Err(ImportRefusal::Continuity { chain, height });
    }
    if header.lanes[&own].count > received(chain).saturating_add(MAX_LATER as u64) {
        return Err(ImportRefusal::TooFar { chain, height });
    }
    let announced = (cursor.next_set.as_ref()).filter(|set| set.hash() == header.set);
    let set = match announced {
        Some(set) => set.clone(),
        None if is_later(chain, &header.set_base, &known.base, registries)? => {
            agreed(registries, chain, &header.set_base, &header.set)?
                .ok_or(ImportRefusal::NotAgreed(chain))?
        }
        None => return Err(ImportRefusal::NotAgreed(chain)),
    };
    let hash = *certified.header.repr_hash();
    (certified.certificate)
        .verify(&header.scope, height, &hash, &set)
        .map_err(|cause| ImportRefusal::Certificate { chain, cause })?;
    let next_set = match header.next_set == header.set {
        true => Some(set),
        false => agreed(registries, chain, &header.base, &header.next_set)?,
    };
    let cursor = Cursor {
        header,
        hash,
        next_set,
    };
    Ok((chain, cursor))
}

/// Whether a base of a chain has all batches of another one from which its set follows, as far as the own registries have
/// them: batches that were taken back since count for nobody.
fn is_later(
    chain: ChainId,
    base: &BTreeMap<ChainId, u32>,
    before: &BTreeMap<ChainId, u32>,
    registries: Registries<'_>,
) -> Result<bool, Error> {
    let own = registries
        .storage
        .map(DElectorStorage::base)
        .transpose()?
        .unwrap_or_default();
    let reaches = |(origin, seqno): (&ChainId, &u32)| {
        let applied = own.get(origin).copied().unwrap_or(0);
        base.get(origin)
            .is_some_and(|later| *later >= applied.min(*seqno))
    };
    let mut counting =
        (before.iter()).filter(|(origin, _)| chain == MASTERCHAIN || **origin == chain);
    Ok(counting.all(reaches))
}

/// Returns the set with this hash, if it is the one that a chain has at a base.
pub(crate) fn agreed(
    registries: Registries<'_>,
    chain: ChainId,
    base: &BTreeMap<ChainId, u32>,
    hash: &HashBytes,
) -> Result<Option<ValidatorSet>, Error> {
    let set = sets::set_at(registries, chain, base)?;
    Ok(set.filter(|set| set.hash() == *hash))
}
