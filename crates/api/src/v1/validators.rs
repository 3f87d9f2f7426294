//! Validator sets: at any height, and how they changed.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use ddvs_index::Reader;
use ddvs_index::rows::SetRow;
use serde::{Deserialize, Serialize};
use tycho_types::cell::HashBytes;
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Named, limit};
use super::page::{Page, Place};
use crate::error::{ApiError, ErrorBody};
use crate::state::ApiState;

/// A validator set.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetBody {
    /// Its chain.
    pub chain: i8,
    /// The first block in which it was in force.
    pub since: Place,
    /// Hash of param 34.
    pub hash: String,
    /// Sum of all weights.
    pub total_weight: u64,
    /// How many members, from the first on, are the masterchain's.
    pub main: u16,
    /// Members by slot.
    pub members: Vec<MemberBody>,
}

/// A member of a set.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberBody {
    /// Its consensus key.
    pub key: String,
    /// Stake in whole coins.
    pub weight: u64,
    /// The Root that last had this key.
    pub root: Option<String>,
    /// Owner of that Root.
    pub owner: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct SetAsked {
    /// Number of a block; the last one by default.
    height: Option<u32>,
}

fn members(reader: &Reader, set: &SetRow) -> Result<Vec<MemberBody>, ApiError> {
    let member = |member: &ddvs_index::rows::Member| {
        let pool = reader.pool_by_key(&member.key)?;
        Ok(MemberBody {
            key: member.key.to_string(),
            weight: member.weight,
            root: pool.as_ref().map(|pool| pool.address.to_string()),
            owner: pool.map(|pool| pool.owner.to_string()),
        })
    };
    set.members.iter().map(member).collect()
}

/// The validator set that was in force in a block.
#[utoipa::path(get, path = "/api/v1/chains/{chain}/validators", tag = "chains",
    params(("chain" = i64, Path), SetAsked),
    responses((status = 200, body = SetBody), (status = "default", body = ErrorBody)))]
pub(super) async fn set(
    State(state): State<ApiState>,
    Named(chain): Named<i64>,
    Asked(asked): Asked<SetAsked>,
) -> Result<Json<SetBody>, ApiError> {
    state
        .work(move |state| {
            let chain = state.chain(chain)?;
            let reader = state.read()?;
            let last = reader.head(chain)?.map_or(0, |head| head.at.seqno);
            let height = asked.height.unwrap_or(last);
            if height > last {
                return Err(ApiError::not_found(
                    format!("chain {chain} is at block {last}, not yet at {height}"),
                    "Ask for a block that was made already.",
                ));
            }
            let set = reader.set_at(chain, height)?.ok_or_else(|| {
                ApiError::not_found(
                    format!("the set of block {height} is not known here"),
                    "Ask for a later block.",
                )
            })?;
            Ok(Json(SetBody {
                chain,
                since: set.at.into(),
                hash: set.hash.to_string(),
                total_weight: set.total_weight,
                main: set.main,
                members: members(&reader, &set)?,
            }))
        })
        .await
}

/// A change from one validator set to the next.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeBody {
    /// The first block with the new set.
    pub since: Place,
    /// Hash of the new set.
    pub hash: String,
    /// Its members.
    pub members: usize,
    /// Sum of its weights.
    pub total_weight: u64,
    /// Who is in it and was not in the one before.
    pub joined: Vec<Weight>,
    /// Who was in the one before and is not in it.
    pub left: Vec<Weight>,
    /// Who is in both with another weight.
    pub changed: Vec<WeightChange>,
}

/// A key and its weight.
#[derive(Debug, Serialize, ToSchema)]
pub struct Weight {
    /// A consensus key.
    pub key: String,
    /// Its weight.
    pub weight: u64,
}

/// A key whose weight changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct WeightChange {
    /// A consensus key.
    pub key: String,
    /// Its weight before.
    pub from: u64,
    /// Its weight now.
    pub to: u64,
}

fn change(before: Option<&SetRow>, after: &SetRow) -> ChangeBody {
    let weights = |set: &SetRow| -> BTreeMap<HashBytes, u64> {
        set.members.iter().map(|m| (m.key, m.weight)).collect()
    };
    let old = before.map(weights).unwrap_or_default();
    let new = weights(after);
    let only = |these: &BTreeMap<HashBytes, u64>, those: &BTreeMap<HashBytes, u64>| {
        let only = these.iter().filter(|(key, _)| !those.contains_key(*key));
        only.map(|(key, &weight)| Weight {
            key: key.to_string(),
            weight,
        })
        .collect()
    };
    let changed = new.iter().filter_map(|(key, &to)| {
        let &from = old.get(key).filter(|from| **from != to)?;
        let key = key.to_string();
        Some(WeightChange { key, from, to })
    });
    ChangeBody {
        since: after.at.into(),
        hash: after.hash.to_string(),
        members: after.members.len(),
        total_weight: after.total_weight,
        joined: only(&new, &old),
        left: only(&old, &new),
        changed: changed.collect(),
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangesAsked {
    /// Only sets that came into force before this block.
    before: Option<u32>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of changes.
pub type Changes = Page<ChangeBody>;

/// How the validator set of a chain changed, the newest change first; the last one is the first set.
#[utoipa::path(get, path = "/api/v1/chains/{chain}/validators/changes", tag = "chains",
    params(("chain" = i64, Path), ChangesAsked),
    responses((status = 200, body = Page<ChangeBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn changes(
    State(state): State<ApiState>,
    Named(chain): Named<i64>,
    Asked(asked): Asked<ChangesAsked>,
) -> Result<Json<Changes>, ApiError> {
    state
        .work(move |state| {
            let chain = state.chain(chain)?;
            let limit = limit(state, asked.limit)?;
            let rows = state.read()?.sets(chain, asked.before, limit + 1)?;
            let changes = rows.iter().enumerate();
            let changes =
                changes.map(|(i, after)| (after.at.seqno, change(rows.get(i + 1), after)));
            let changes: Vec<_> = changes.take(limit).collect();
            let next = changes
                .last()
                .filter(|_| rows.len() > limit)
                .map(|(before, _)| {
                    format!(
                        "/api/v1/chains/{chain}/validators/changes?before={before}&limit={limit}"
                    )
                });
            let items = changes.into_iter().map(|(_, change)| change).collect();
            Ok(Json(Page { items, next }))
        })
        .await
}
