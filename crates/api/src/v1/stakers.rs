//! Stakers of a pool.

use axum::Json;
use axum::extract::State;
use ddvs_index::rows::PositionRow;
use serde::{Deserialize, Serialize};
use tycho_types::models::StdAddr;
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Named, addr, limit, maybe_addr};
use super::page::Page;
use super::pools::need_pool;
use super::wallets::PositionBody;
use crate::error::{ApiError, ErrorBody};
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct StakersAsked {
    /// Last address of the previous page.
    after: Option<String>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A staker of a pool.
#[derive(Debug, Serialize, ToSchema)]
pub struct StakerBody {
    /// Its DePool Wallet.
    pub wallet: String,
    /// Owner of that wallet.
    pub owner: Option<String>,
    /// Its position.
    pub position: PositionBody,
}

/// A page of stakers.
pub type Stakers = Page<StakerBody>;

/// Stakers of a pool, by the address of their wallet.
#[utoipa::path(get, path = "/api/v1/pools/{address}/stakers", tag = "stakes",
    params(("address" = String, Path), StakersAsked),
    responses((status = 200, body = Page<StakerBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn stakers(
    State(state): State<ApiState>,
    Named(address): Named<String>,
    Asked(asked): Asked<StakersAsked>,
) -> Result<Json<Stakers>, ApiError> {
    state
        .work(move |state| {
            let limit = limit(state, asked.limit)?;
            let reader = state.read()?;
            let root = need_pool(&reader, &addr("address", &address)?)?.address;
            let after = maybe_addr("after", asked.after.as_ref())?;
            let found = reader.positions(&root, after.as_ref(), limit + 1)?;
            let mut rows = Vec::with_capacity(found.len());
            for (wallet, position) in found {
                let owner = reader.wallet(&wallet)?.map(|wallet| wallet.owner);
                rows.push((wallet, owner, position));
            }
            let next = |last: &(StdAddr, Option<StdAddr>, PositionRow)| {
                let after = &last.0;
                format!("/api/v1/pools/{root}/stakers?after={after}&limit={limit}")
            };
            let item = |row: &(StdAddr, Option<StdAddr>, PositionRow)| StakerBody {
                wallet: row.0.to_string(),
                owner: row.1.as_ref().map(ToString::to_string),
                position: PositionBody::from(&row.2),
            };
            Ok(Json(Page::of(rows, limit, next, item)))
        })
        .await
}
