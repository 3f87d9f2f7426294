//! Filters of pools.

use std::fmt::{self, Display};

use ddvs_client::ChainId;
use ddvs_contracts::standing::PoolStatus;
use ddvs_index::Reader;
use ddvs_index::rows::PoolRow;
use tycho_types::models::StdAddr;

use super::{Pools, Sets};
use crate::error::ApiError;
use crate::state::ApiState;

/// Number of pools that are read at a time.
const LOT: usize = 200;
/// Maximum number of pools that are scanned for one page.
const MAX_LOOKED_AT: usize = 5_000;

/// A filter of pools.
pub(super) struct Filter {
    chain: Option<ChainId>,
    standings: Option<Vec<PoolStatus>>,
}

/// The filter as part of a query.
impl Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(chain) = self.chain {
            write!(f, "&chain={chain}")?;
        }
        if let Some(standings) = &self.standings {
            let names: Vec<_> = standings.iter().map(|standing| standing.name()).collect();
            write!(f, "&standing={}", names.join(","))?;
        }
        Ok(())
    }
}

impl Filter {
    /// Fails only when there is no such chain or standing.
    pub fn new(
        state: &ApiState,
        chain: Option<i64>,
        standings: Option<&str>,
    ) -> Result<Self, ApiError> {
        let standing = |name: &str| {
            let mut all = PoolStatus::ALL.into_iter();
            all.find(|standing| standing.name() == name.trim())
                .ok_or_else(|| {
                    let known = PoolStatus::ALL.map(PoolStatus::name);
                    ApiError::bad_request(
                        format!("no pool has the status {name:?}"),
                        format!("A pool is {}.", known.join(", ")),
                    )
                })
        };
        let standings = standings.map(|names| names.split(',').map(standing).collect());
        Ok(Self {
            chain: chain.map(|chain| state.chain(chain)).transpose()?,
            standings: standings.transpose()?,
        })
    }

    /// Whether it matches all pools.
    pub fn is_all(&self) -> bool {
        self.chain.is_none() && self.standings.is_none()
    }

    fn lets(&self, sets: &Sets<'_>, row: &PoolRow) -> bool {
        self.chain
            .is_none_or(|chain| row.address.workchain == chain)
            && self
                .standings
                .as_ref()
                .is_none_or(|standings| standings.contains(&sets.status(row)))
    }

    /// Returns at most `limit` matching pools after a given one, and where to continue if there may be more.
    pub fn page(
        &self,
        reader: &Reader,
        sets: &Sets<'_>,
        mut after: Option<(u128, StdAddr)>,
        limit: usize,
    ) -> Result<Pools, ApiError> {
        let (mut items, mut looked_at) = (Vec::new(), 0);
        let lot = if self.is_all() { limit + 1 } else { LOT };
        loop {
            let from = after.as_ref().map(|(nano, root)| (*nano, root));
            let rows = reader.pools(from, lot)?;
            for row in &rows {
                if items.len() == limit || looked_at == MAX_LOOKED_AT {
                    // the amount is included: the pool may have moved by the time of the next page
                    let next = after.map(|(nano, root)| {
                        format!("/api/v1/pools?after={root}&after_nano={nano}{self}&limit={limit}")
                    });
                    return Ok(Pools { items, next });
                }
                after = Some((row.counted_nano, row.address.clone()));
                looked_at += 1;
                if self.lets(sets, row) {
                    items.push(sets.body(row));
                }
            }
            if rows.len() < lot {
                return Ok(Pools { items, next: None });
            }
        }
    }
}
