//! Filters of events.

use ddvs_client::ChainId;
use ddvs_index::IndexError;
use ddvs_index::rows::{EventKind, EventRow};
use tycho_types::models::StdAddr;

use super::{EventBody, LOT};
use crate::error::ApiError;
use crate::state::ApiState;
use crate::v1::extract::maybe_addr;

/// Maximum number of events that are scanned for one page.
const MAX_LOOKED_AT: usize = 20_000;

/// A filter of events.
pub(super) struct Filter {
    kinds: Option<Vec<EventKind>>,
    chain: Option<ChainId>,
    account: Option<StdAddr>,
}

/// The filter as the end of a query.
impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(kinds) = &self.kinds {
            let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
            write!(f, "&kinds={}", names.join(","))?;
        }
        if let Some(chain) = self.chain {
            write!(f, "&chain={chain}")?;
        }
        match &self.account {
            Some(account) => write!(f, "&account={account}"),
            None => Ok(()),
        }
    }
}

impl Filter {
    /// Fails only when there is no such kind, chain or account.
    pub fn new(
        state: &ApiState,
        kinds: Option<&String>,
        chain: Option<i64>,
        account: Option<&String>,
    ) -> Result<Self, ApiError> {
        let kind = |name: &str| {
            EventKind::from_name(name.trim()).ok_or_else(|| {
                let known: Vec<_> = EventKind::all().map(EventKind::name).collect();
                ApiError::bad_request(
                    format!("there is no kind of event {name:?}"),
                    format!("Kinds are {}.", known.join(", ")),
                )
            })
        };
        Ok(Self {
            kinds: kinds
                .map(|kinds| kinds.split(',').map(kind).collect())
                .transpose()?,
            chain: chain.map(|chain| state.chain(chain)).transpose()?,
            account: maybe_addr("account", account)?,
        })
    }

    /// Returns at most `limit` matching events out of those that `read` returns from a number on, and the number from
    /// which to continue if there may be more.
    pub fn page(
        &self,
        mut from: u64,
        limit: usize,
        read: impl Fn(u64) -> Result<Vec<EventRow>, IndexError>,
    ) -> Result<(Vec<EventBody>, Option<u64>), ApiError> {
        let (mut items, mut looked_at) = (Vec::new(), 0);
        loop {
            let rows = read(from)?;
            for row in &rows {
                if items.len() == limit || looked_at == MAX_LOOKED_AT {
                    return Ok((items, Some(from)));
                }
                (from, looked_at) = (row.id, looked_at + 1);
                if self.lets(row) {
                    items.push(EventBody::from(row));
                }
            }
            if rows.len() < LOT {
                return Ok((items, None));
            }
        }
    }

    /// Whether an event matches.
    pub fn lets(&self, event: &EventRow) -> bool {
        let is_kind = self
            .kinds
            .as_ref()
            .is_none_or(|kinds| kinds.contains(&event.kind));
        let is_chain = self.chain.is_none_or(|chain| event.at.chain == chain);
        let is_account = self.account.as_ref().is_none_or(|account| {
            [&event.account, &event.root, &event.owner, &event.to]
                .into_iter()
                .any(|named| named.as_ref() == Some(account))
        });
        is_kind && is_chain && is_account
    }
}
