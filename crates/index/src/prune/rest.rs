//! Sets, evidence, events.

use ddvs_client::ChainId;
use redb::{ReadableTable, WriteTransaction};

use super::{Budget, Horizon, open, some};
use crate::rows::EventRow;
use crate::{IndexError, key, tables};

/// Removes sets from before a horizon, except the one in force at it.
pub(super) fn sets(
    txn: &WriteTransaction,
    chain: ChainId,
    horizon: &Horizon,
    budget: &mut Budget,
) -> Result<(), IndexError> {
    let mut sets = open(txn, tables::SETS)?;
    let from = key::block(chain, 0);
    let to = key::block(chain, horizon.seqno.saturating_add(1));
    let in_force = match sets.range(from.as_slice()..to.as_slice())?.next_back() {
        Some(entry) => entry?.0.value().to_vec(),
        None => return Ok(()),
    };
    for (own, _) in some(&sets, &from, &in_force, budget)? {
        if !budget.take() {
            break;
        }
        sets.remove(own.as_slice())?;
    }
    Ok(())
}

/// Removes evidence from before a horizon.
pub(super) fn evidence(
    txn: &WriteTransaction,
    chain: ChainId,
    horizon: &Horizon,
    budget: &mut Budget,
) -> Result<(), IndexError> {
    let mut evidence = open(txn, tables::EVIDENCE)?;
    let (from, to) = (key::moment(chain, 0), key::moment(chain, horizon.lt));
    for (own, _) in some(&evidence, &from, &to, budget)? {
        if !budget.take() {
            break;
        }
        evidence.remove(own.as_slice())?;
    }
    Ok(())
}

/// Removes events from before a time. Returns the number of the first that is kept, if any was removed.
pub(super) fn events(
    txn: &WriteTransaction,
    before_ms: u64,
    budget: &mut Budget,
) -> Result<Option<u64>, IndexError> {
    let mut events = txn.open_table(tables::EVENTS)?;
    // the last one is kept: the next number follows from it
    let Some(last) = events.last()?.map(|(id, _)| id.value()) else {
        return Ok(None);
    };
    let mut gone = Vec::new();
    for entry in events.range(..last)? {
        let (id, row) = entry?;
        let row: EventRow = postcard::from_bytes(row.value())?;
        if row.at.time_ms >= before_ms || !budget.take() {
            break;
        }
        gone.push(id.value());
    }
    for id in &gone {
        events.remove(id)?;
    }
    Ok(gone.last().map(|id| id + 1))
}
