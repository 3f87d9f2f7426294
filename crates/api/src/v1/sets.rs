//! Past validator sets, within limits.

use ddvs_client::ChainId;
use ddvs_index::Reader;
use ddvs_index::rows::SetRow;

use crate::error::ApiError;

/// Maximum number of members of sets that one answer may read.
const MAX_MEMBERS: usize = 2_000_000;
/// Maximum number of sets that one answer may read.
const MAX_SETS: usize = 5_000;
/// Number of sets that are read at a time: one may have thousands of members.
const LOT: usize = 8;
/// Visits sets of a chain, newest first, until `look` has enough or the limits are reached; returns the block before
/// which there are more. A set may be large, so few are held at a time.
pub(super) fn back(
    reader: &Reader,
    chain: ChainId,
    mut before: Option<u32>,
    mut look: impl FnMut(SetRow) -> bool,
) -> Result<Option<u32>, ApiError> {
    let (mut sets, mut members) = (0, 0);
    loop {
        let rows = reader.sets(chain, before, LOT)?;
        let are_all = rows.len() < LOT;
        for row in rows {
            sets += 1;
            members += row.members.len();
            before = Some(row.at.seqno);
            if !look(row) || sets >= MAX_SETS || members >= MAX_MEMBERS {
                let has_more = !reader.sets(chain, before, 1)?.is_empty();
                return Ok(before.filter(|_| has_more));
            }
        }
        if are_all {
            return Ok(None);
        }
    }
}
