//! Pages, and types common to all answers.

use ddvs_index::rows::At;
use serde::Serialize;
use tycho_types::cell::HashBytes;
use utoipa::ToSchema;

/// Part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Path and query of the next page; not set on the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Builds a page of at most `limit` items from up to `limit + 1` rows; `next` makes the path after the last one.
    pub fn of<R>(
        mut rows: Vec<R>,
        limit: usize,
        next: impl FnOnce(&R) -> String,
        item: impl FnMut(&R) -> T,
    ) -> Self {
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(next);
        Self {
            items: rows.iter().map(item).collect(),
            next,
        }
    }
}

impl<T, E> Page<Result<T, E>> {
    /// Returns the page, if all items could be read.
    ///
    /// Fails with the first error.
    pub fn transpose(self) -> Result<Page<T>, E> {
        let items = self.items.into_iter().collect::<Result<_, _>>()?;
        let next = self.next;
        Ok(Page { items, next })
    }
}

/// A block, as place and time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Place {
    /// The chain, -1 for the masterchain.
    pub chain: i8,
    /// Number of the block.
    pub block: u32,
    /// Its time in ms.
    pub time_ms: u64,
}

impl From<At> for Place {
    fn from(at: At) -> Self {
        Self {
            chain: at.chain,
            block: at.seqno,
            time_ms: at.time_ms,
        }
    }
}

/// Formats a hash; `None` if the network does not provide it.
pub(super) fn known(hash: HashBytes) -> Option<String> {
    (hash != HashBytes::ZERO).then(|| hash.to_string())
}
