//! Messages of other chains: the next ones of the lane in the newest header.

use ddvs_chain::Import;
use ddvs_types::{ChainId, Lane};
use tycho_types::cell::HashBytes;

use crate::{Cursor, ImportRefusal};

/// Checks that these messages, and after them those with the hashes of `later`, are all of a lane between what was imported and
/// the newest header, and that they carry the coins that the header says.
///
/// Fails only when they are not, or do not.
pub(crate) fn check<'a>(
    chain: ChainId,
    cursor: &Cursor,
    own: ChainId,
    received: &Lane,
    messages: impl Iterator<Item = &'a Import>,
    later: &[HashBytes],
) -> Result<(), ImportRefusal> {
    let refusal = ImportRefusal::Lane(chain);
    let Some(end) = cursor.header.lanes.get(&own) else {
        return Err(refusal);
    };
    let mut lane = *received;
    for message in messages {
        lane.push(message.cell.repr_hash(), message.head.carried_nano())?;
    }
    // a hash does not tell what its message carries
    let is_paid = match later {
        [] => lane.value_nano == end.value_nano,
        _ => lane.value_nano <= end.value_nano,
    };
    for hash in later {
        lane.push(hash, 0)?;
    }
    if is_paid && (lane.count, lane.hash) == (end.count, end.hash) {
        Ok(())
    } else {
        Err(refusal)
    }
}
