//! Pools and their status.

mod filter;
mod standing;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use ddvs_client::ChainId;
use ddvs_contracts::standing::{PoolFacts, PoolStatus};
use ddvs_index::Reader;
use ddvs_index::rows::{PoolRow, PriceRow};
use serde::{Deserialize, Serialize};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;
use utoipa::{IntoParams, ToSchema};

use self::filter::Filter;
pub use self::standing::Standing;
use super::extract::{Asked, Named, addr, hash, limit, maybe_addr};
use super::names;
use super::page::Page;
use super::words::{self, Word};
use crate::error::{ApiError, ErrorBody};
use crate::state::ApiState;

/// A pool: one validator's DePool Root.
#[derive(Debug, Serialize, ToSchema)]
pub struct PoolBody {
    /// Address of the Root.
    pub address: String,
    /// Its name, where the network knows one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its chain.
    pub chain: i8,
    /// Account of the validator's owner.
    pub owner: String,
    /// Its status.
    pub standing: Standing,
    /// Whether its key is in the set of its chain: also while it is closed or removed, and validates until the next set.
    pub is_in_set: bool,
    /// Whether it is also in the masterchain's set.
    pub is_main: bool,
    /// The consensus key that counts.
    pub key: Option<String>,
    /// The key to be counted next.
    pub next_key: Option<String>,
    /// Stake that the D'Elector counts.
    pub counted_nano: String,
    /// Stake that it was asked to count, while that is not answered.
    pub asked_nano: Option<String>,
    /// Staked by the validator itself.
    pub owner_active_nano: String,
    /// Unstaked by the validator itself, not released.
    pub owner_unlocking_nano: String,
    /// Staked by all others.
    pub users_active_nano: String,
    /// Unstaked by all others, not released.
    pub users_unlocking_nano: String,
    /// Seconds from Lock until a stake may leave.
    pub lock_period_s: u32,
    /// Seconds from unstake until coins are free.
    pub unlock_period_s: u32,
    /// Smallest stake that it accepts.
    pub min_stake_nano: String,
    /// Distinguishes Roots of one owner, as text.
    pub nonce: String,
    /// Reason of the last refused update.
    pub last_reason: Option<Word>,
    /// Amounts that must stay in the pool because they counted.
    pub floors: Vec<FloorBody>,
    /// After a slash: price of the validator's own coins.
    pub owner_price: Option<PriceBody>,
    /// After a slash: price of all others' coins.
    pub users_price: Option<PriceBody>,
    /// Balance of the Root itself.
    pub balance_nano: String,
}

/// An amount that must stay in a pool because it counted: it stays slashable for the whole unlock period.
#[derive(Debug, Serialize, ToSchema)]
pub struct FloorBody {
    /// End, in Unix seconds.
    pub until: u32,
    /// The amount.
    pub level_nano: String,
}

impl From<&(u32, u128)> for FloorBody {
    fn from(&(until, level): &(u32, u128)) -> Self {
        Self {
            until,
            level_nano: level.to_string(),
        }
    }
}

/// Price of a coin after a slash: numerator / denominator.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceBody {
    /// Remaining coins of `denominator`.
    pub numerator_nano: String,
    /// Coins before the slash.
    pub denominator_nano: String,
}

impl From<PriceRow> for PriceBody {
    fn from(row: PriceRow) -> Self {
        Self {
            numerator_nano: row.numerator_nano.to_string(),
            denominator_nano: row.denominator_nano.to_string(),
        }
    }
}

/// The current sets, to find out who is in them.
struct Sets<'a> {
    state: &'a ApiState,
    keys: BTreeMap<ChainId, Vec<HashBytes>>,
}

impl<'a> Sets<'a> {
    fn read(state: &'a ApiState, reader: &Reader) -> Result<Self, ApiError> {
        let mut sets = BTreeMap::new();
        for chain in state.chains() {
            let set = reader.sets(chain, None, 1)?.pop();
            let mut keys: Vec<_> = set
                .iter()
                .flat_map(|set| &set.members)
                .map(|m| m.key)
                .collect();
            keys.sort_unstable();
            sets.insert(chain, keys);
        }
        Ok(Self { state, keys: sets })
    }

    fn holds(&self, chain: ChainId, key: Option<&HashBytes>) -> bool {
        let set = self.keys.get(&chain).zip(key);
        set.is_some_and(|(keys, key)| keys.binary_search(key).is_ok())
    }

    fn is_in_set(&self, row: &PoolRow) -> bool {
        self.holds(row.address.workchain, row.key.as_ref())
    }

    fn status(&self, row: &PoolRow) -> PoolStatus {
        PoolStatus::of(PoolFacts {
            is_removed: row.is_removed,
            is_closed: row.is_closed,
            is_in_set: self.is_in_set(row),
            is_counted: row.counted_nano > 0,
        })
    }

    fn body(&self, row: &PoolRow) -> PoolBody {
        let chain = row.address.workchain;
        PoolBody {
            address: row.address.to_string(),
            name: names::pool_name(self.state, row),
            chain,
            owner: row.owner.to_string(),
            standing: self.status(row).into(),
            is_in_set: self.is_in_set(row),
            is_main: self.holds(ddvs_client::MASTERCHAIN, row.key.as_ref()),
            key: row.key.map(|key| key.to_string()),
            next_key: row.next_key.map(|key| key.to_string()),
            counted_nano: row.counted_nano.to_string(),
            asked_nano: row.asked_nano.map(|nano| nano.to_string()),
            owner_active_nano: row.owner_active_nano.to_string(),
            owner_unlocking_nano: row.owner_unlocking_nano.to_string(),
            users_active_nano: row.users_active_nano.to_string(),
            users_unlocking_nano: row.users_unlocking_nano.to_string(),
            lock_period_s: row.lock_period,
            unlock_period_s: row.unlock_period,
            min_stake_nano: row.min_stake_nano.to_string(),
            nonce: row.nonce.to_string(),
            last_reason: row.last_reason.map(words::reason),
            floors: row.floors.iter().map(FloorBody::from).collect(),
            owner_price: row.owner_price.map(PriceBody::from),
            users_price: row.users_price.map(PriceBody::from),
            balance_nano: row.balance_nano.to_string(),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct PoolsAsked {
    /// Only pools of this owner.
    owner: Option<String>,
    /// Only the pool that last had this consensus key.
    key: Option<String>,
    /// Only pools of this chain. Not with `owner` or `key`.
    chain: Option<i64>,
    /// Only pools with this status, such as `validating,waiting`. Not with `owner` or `key`.
    standing: Option<String>,
    /// Last pool of the previous page.
    after: Option<String>,
    /// Counted stake of that pool then.
    after_nano: Option<String>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of pools.
pub type Pools = Page<PoolBody>;

/// Pools, those with the most counted stake first. With `chain` or `standing` a page may be shorter than requested
/// and still have a next one: each scans a limited number of pools.
#[utoipa::path(get, path = "/api/v1/pools", tag = "stakes", params(PoolsAsked),
    responses((status = 200, body = Page<PoolBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn pools(
    State(state): State<ApiState>,
    Asked(asked): Asked<PoolsAsked>,
) -> Result<Json<Pools>, ApiError> {
    state
        .work(move |state| {
            let limit = limit(state, asked.limit)?;
            let reader = state.read()?;
            let sets = Sets::read(state, &reader)?;
            let after = maybe_addr("after", asked.after.as_ref())?;
            let filter = Filter::new(state, asked.chain, asked.standing.as_deref())?;
            if !filter.is_all() && (asked.key.is_some() || asked.owner.is_some()) {
                return Err(ApiError::bad_request(
                    "owner or key is given together with chain or standing",
                    "Leave out one or the other: an owner has few pools.",
                ));
            }
            if let Some(key) = &asked.key {
                let rows = reader
                    .pool_by_key(&hash("key", key)?)?
                    .into_iter()
                    .collect();
                return Ok(Json(Page::of(
                    rows,
                    1,
                    |_| String::new(),
                    |row| sets.body(row),
                )));
            }
            if let Some(owner) = &asked.owner {
                let owner = addr("owner", owner)?;
                let rows = reader.pools_by_owner(&owner, after.as_ref(), limit + 1)?;
                let next = |last: &PoolRow| {
                    let after = &last.address;
                    format!("/api/v1/pools?owner={owner}&after={after}&limit={limit}")
                };
                return Ok(Json(Page::of(rows, limit, next, |row| sets.body(row))));
            }
            let after_nano = match (&asked.after_nano, &after) {
                (Some(nano), _) => nano.parse().map_err(|_| {
                    ApiError::bad_request(
                        "after_nano is not an amount",
                        "Follow `next` of the page before.",
                    )
                })?,
                (None, Some(after)) => reader.pool(after)?.map_or(0, |pool| pool.counted_nano),
                (None, None) => 0,
            };
            let after = after.map(|after| (after_nano, after));
            filter.page(&reader, &sets, after, limit).map(Json)
        })
        .await
}

/// Returns a pool, or an error if it does not exist.
pub(super) fn need_pool(reader: &Reader, address: &StdAddr) -> Result<PoolRow, ApiError> {
    reader.pool(address)?.ok_or_else(|| {
        ApiError::not_found(
            format!("{address} is not a pool of this network"),
            "`/api/v1/pools` lists them.",
        )
    })
}

/// A pool.
#[utoipa::path(get, path = "/api/v1/pools/{address}", tag = "stakes", params(("address" = String, Path)),
    responses((status = 200, body = PoolBody), (status = "default", body = ErrorBody)))]
pub(super) async fn pool(
    State(state): State<ApiState>,
    Named(address): Named<String>,
) -> Result<Json<PoolBody>, ApiError> {
    state
        .work(move |state| {
            let reader = state.read()?;
            let row = need_pool(&reader, &addr("address", &address)?)?;
            Ok(Json(Sets::read(state, &reader)?.body(&row)))
        })
        .await
}
