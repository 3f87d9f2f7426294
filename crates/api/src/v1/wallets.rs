//! DePool Wallets and their positions.

use axum::Json;
use axum::extract::State;
use ddvs_contracts::reserves::Spare;
use ddvs_index::rows::{PositionRow, WalletRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Named, addr, limit, maybe_addr};
use super::page::Page;
use crate::error::{ApiError, ErrorBody};
use crate::state::ApiState;

/// A wallet's position with one pool.
#[derive(Debug, Serialize, ToSchema)]
pub struct PositionBody {
    /// The Root.
    pub root: String,
    /// Sum of the position.
    pub total_nano: String,
    /// Stake requested, not answered.
    pub pending_nano: String,
    /// Staked.
    pub staked_nano: String,
    /// Staked amounts by the end of their lock.
    pub locks: Vec<LockBody>,
    /// Unstake requested, not answered.
    pub leaving_nano: String,
    /// Release requested, not answered.
    pub releasing_nano: String,
    /// Unlocking amounts.
    pub unlocking: Vec<UnlockingBody>,
    /// Whether a slash of this Root has been settled.
    pub is_settled: bool,
}

/// Staked coins with one lock.
#[derive(Debug, Serialize, ToSchema)]
pub struct LockBody {
    /// End of the lock, in Unix seconds.
    pub until: u32,
    /// The amount.
    pub amount_nano: String,
}

/// Unlocking coins.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnlockingBody {
    /// Time from which they may be released, in Unix seconds.
    pub at: u32,
    /// The amount.
    pub amount_nano: String,
}

impl From<&PositionRow> for PositionBody {
    fn from(row: &PositionRow) -> Self {
        let unlocking = row.unlocking.iter().map(|&(at, nano)| UnlockingBody {
            at,
            amount_nano: nano.to_string(),
        });
        let locks = row.locks.iter().map(|&(until, nano)| LockBody {
            until,
            amount_nano: nano.to_string(),
        });
        Self {
            root: row.root.to_string(),
            total_nano: row.total_nano().to_string(),
            pending_nano: row.pending_nano.to_string(),
            staked_nano: row.staked_nano().to_string(),
            locks: locks.collect(),
            leaving_nano: row.leaving_nano.to_string(),
            releasing_nano: row.releasing_nano.to_string(),
            unlocking: unlocking.collect(),
            is_settled: row.is_settled,
        }
    }
}

/// A DePool Wallet.
#[derive(Debug, Serialize, ToSchema)]
pub struct WalletBody {
    /// Its address.
    pub address: String,
    /// Its chain.
    pub chain: i8,
    /// Owner of its coins.
    pub owner: String,
    /// Its balance.
    pub balance_nano: String,
    /// Sum of all positions.
    pub held_nano: String,
    /// Amount that the owner may withdraw.
    pub free_nano: String,
    /// Amount that the owner may stake with another pool.
    pub stakable_nano: String,
    /// Reserve for ten years of storage: less without a position, more with each.
    pub reserve_nano: String,
    /// Its positions.
    pub positions: Vec<PositionBody>,
}

impl WalletBody {
    fn read(state: &ApiState, row: &WalletRow) -> Result<Self, ApiError> {
        let config = state.live().config(row.address.workchain)?;
        let prices = config.get_storage_prices()?.values().last();
        let prices = prices.ok_or_else(|| ApiError::internal("param 18 is missing"))??;
        // at most 16
        let count = u8::try_from(row.positions.len()).unwrap_or(u8::MAX);
        let spare = Spare::of(&prices, row.balance_nano, row.held_nano, count);
        Ok(Self {
            address: row.address.to_string(),
            chain: row.address.workchain,
            owner: row.owner.to_string(),
            balance_nano: row.balance_nano.to_string(),
            held_nano: row.held_nano.to_string(),
            free_nano: spare.free_nano.to_string(),
            stakable_nano: spare.stakable_nano.to_string(),
            reserve_nano: spare.reserve_nano.to_string(),
            positions: row.positions.iter().map(PositionBody::from).collect(),
        })
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct WalletsAsked {
    /// Only wallets of this owner.
    owner: Option<String>,
    /// Last wallet of the previous page.
    after: Option<String>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of wallets.
pub type Wallets = Page<WalletBody>;

/// DePool Wallets with their positions, by address.
#[utoipa::path(get, path = "/api/v1/wallets", tag = "stakes", params(WalletsAsked),
    responses((status = 200, body = Page<WalletBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn wallets(
    State(state): State<ApiState>,
    Asked(asked): Asked<WalletsAsked>,
) -> Result<Json<Wallets>, ApiError> {
    state
        .work(move |state| {
            let limit = limit(state, asked.limit)?;
            let reader = state.read()?;
            let after = maybe_addr("after", asked.after.as_ref())?;
            let owner = maybe_addr("owner", asked.owner.as_ref())?;
            let rows = match &owner {
                Some(owner) => reader.wallets_by_owner(owner, after.as_ref(), limit + 1)?,
                None => reader.wallets(after.as_ref(), limit + 1)?,
            };
            let next = |last: &WalletRow| {
                let after = &last.address;
                let owner = owner.as_ref().map(|owner| format!("owner={owner}&"));
                let owner = owner.unwrap_or_default();
                format!("/api/v1/wallets?{owner}after={after}&limit={limit}")
            };
            let bodies = Page::of(rows, limit, next, |row| WalletBody::read(state, row));
            Ok(Json(bodies.transpose()?))
        })
        .await
}

/// A DePool Wallet.
#[utoipa::path(get, path = "/api/v1/wallets/{address}", tag = "stakes", params(("address" = String, Path)),
    responses((status = 200, body = WalletBody), (status = "default", body = ErrorBody)))]
pub(super) async fn wallet(
    State(state): State<ApiState>,
    Named(address): Named<String>,
) -> Result<Json<WalletBody>, ApiError> {
    state
        .work(move |state| {
            let address = addr("address", &address)?;
            let row = state.read()?.wallet(&address)?.ok_or_else(|| {
                ApiError::not_found(
                    format!("{address} is not a DePool Wallet of this network"),
                    "`/api/v1/wallets?owner=` finds the wallets of an owner.",
                )
            })?;
            Ok(Json(WalletBody::read(state, &row)?))
        })
        .await
}
