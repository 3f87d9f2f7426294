//! Keys that were removed for misbehaviour.

use axum::Json;
use axum::extract::State;
use ddvs_index::rows::RemovedRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, hash, limit};
use super::page::{Page, Place};
use crate::error::{ApiError, ErrorBody};
use crate::state::ApiState;

/// A key that was removed for misbehaviour.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemovedBody {
    /// The key.
    pub key: String,
    /// Its Root.
    pub root: String,
    /// Owner of that Root.
    pub owner: Option<String>,
    /// Chain of the batch.
    pub origin: i8,
    /// Number of the batch.
    pub batch: u32,
    /// Block in which the first copy applied it.
    pub at: Place,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct RemovedAsked {
    /// Last key of the previous page.
    after: Option<String>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of removed keys.
pub type Removed = Page<RemovedBody>;

/// Keys that were removed for misbehaviour, by key.
#[utoipa::path(get, path = "/api/v1/removed", tag = "agreement", params(RemovedAsked),
    responses((status = 200, body = Page<RemovedBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn removed(
    State(state): State<ApiState>,
    Asked(asked): Asked<RemovedAsked>,
) -> Result<Json<Removed>, ApiError> {
    state
        .work(move |state| {
            let limit = limit(state, asked.limit)?;
            let reader = state.read()?;
            let after = asked.after.map(|after| hash("after", &after)).transpose()?;
            let rows = reader.removed(after.as_ref(), limit + 1)?;
            let mut found = Vec::with_capacity(rows.len());
            for row in rows {
                let owner = reader.pool(&row.root)?.map(|pool| pool.owner.to_string());
                found.push((row, owner));
            }
            let next = |last: &(RemovedRow, Option<String>)| {
                format!("/api/v1/removed?after={}&limit={limit}", last.0.key)
            };
            let item = |(row, owner): &(RemovedRow, Option<String>)| RemovedBody {
                key: row.key.to_string(),
                root: row.root.to_string(),
                owner: owner.clone(),
                origin: row.root.workchain,
                batch: row.seqno,
                at: row.at.into(),
            };
            Ok(Json(Page::of(found, limit, next, item)))
        })
        .await
}
