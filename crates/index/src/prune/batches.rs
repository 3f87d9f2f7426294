//! Batches that all copies applied long ago.

use ddvs_client::ChainId;
use redb::{ReadableTable, WriteTransaction};

use super::{Budget, Horizon, open, some};
use crate::rows::{BatchRow, CopyRow};
use crate::{IndexError, key, tables};

/// Number of last batches of a chain that are kept: copies are tracked over that many.
const LAST: u32 = 1_000;

/// Removes batches of an origin from before a horizon, except for the last ones.
pub(super) fn prune(
    txn: &WriteTransaction,
    origin: ChainId,
    horizon: &Horizon,
    budget: &mut Budget,
) -> Result<(), IndexError> {
    let copies = open(txn, tables::COPIES)?;
    let mut applied: Option<u32> = None;
    for entry in copies.iter()? {
        let copy: CopyRow = postcard::from_bytes(entry?.1.value())?;
        if copy.origin == origin {
            applied = Some(applied.unwrap_or(u32::MAX).min(copy.seqno));
        }
    }
    let end = applied.unwrap_or(0).saturating_sub(LAST);
    let mut batches = open(txn, tables::BATCHES)?;
    let (from, to) = (key::block(origin, 0), key::block(origin, end));
    for (own, row) in some(&batches, &from, &to, budget)? {
        let row: BatchRow = postcard::from_bytes(&row)?;
        let seen = row.applied.iter().map(|copy| copy.at).chain(row.proposed);
        let last_ms = seen.map(|at| at.time_ms).max().unwrap_or(0);
        if last_ms >= horizon.time_ms || !budget.take() {
            break;
        }
        batches.remove(own.as_slice())?;
    }
    Ok(())
}
