//! History of stakes: of a chain, of a key.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Named, hash, limit};
use super::page::{Page, Place};
use super::sets;
use crate::error::{ApiError, ErrorBody};
use crate::state::ApiState;

/// Maximum number of points of a curve.
const MAX_POINTS: usize = 1_000;

/// The weight of a chain's set from a time on.
#[derive(Debug, Serialize, ToSchema)]
pub struct StakePoint {
    /// The first block of the set.
    pub since: Place,
    /// Sum of its weights: stake in whole coins.
    pub total_weight: u64,
    /// Its members.
    pub members: usize,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct StakeAsked {
    /// Maximum number of points, 200 by default; sets between them are left out.
    points: Option<usize>,
}

/// The weight of a chain's set over time, oldest first: a step function.
#[utoipa::path(get, path = "/api/v1/chains/{chain}/stake", tag = "chains",
    params(("chain" = i64, Path), StakeAsked),
    responses((status = 200, body = Vec<StakePoint>), (status = "default", body = ErrorBody)))]
pub(super) async fn stake(
    State(state): State<ApiState>,
    Named(chain): Named<i64>,
    Asked(asked): Asked<StakeAsked>,
) -> Result<Json<Vec<StakePoint>>, ApiError> {
    let most = asked.points.unwrap_or(200);
    if !(2..=MAX_POINTS).contains(&most) {
        return Err(ApiError::bad_request(
            format!("points is {most}"),
            format!("Ask for 2 to {MAX_POINTS}."),
        ));
    }
    state
        .work(move |state| {
            let chain = state.chain(chain)?;
            let mut points = Vec::new();
            sets::back(&state.read()?, chain, None, |set| {
                points.push(StakePoint {
                    since: set.at.into(),
                    total_weight: set.total_weight,
                    members: set.members.len(),
                });
                true
            })?;
            points.reverse();
            Ok(Json(thin(points, most)))
        })
        .await
}

/// Returns at most `most` of the points, evenly spaced, with the first and the last.
fn thin<T>(points: Vec<T>, most: usize) -> Vec<T> {
    let (count, steps) = (points.len(), most.saturating_sub(1).max(1));
    if count <= most {
        return points;
    }
    let mut kept = (0..=steps)
        .map(|step| step * (count - 1) / steps)
        .peekable();
    let points = points.into_iter().enumerate();
    let thinned = points.filter(|(index, _)| kept.next_if_eq(index).is_some());
    thinned.map(|(_, point)| point).collect()
}

/// The weight of a key from a time on.
#[derive(Debug, Serialize, ToSchema)]
pub struct WeightPoint {
    /// The first block of the set.
    pub since: Place,
    /// Its weight; 0 if it is not in the set.
    pub weight: u64,
    /// Total weight.
    pub total_weight: u64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct HistoryAsked {
    /// Only sets that came into force before this block.
    before: Option<u32>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of changes of one key's weight.
pub type Weights = Page<WeightPoint>;

/// The weight of a key in a chain's sets over time, newest change first. A page may be shorter than requested and
/// still have a next one.
#[utoipa::path(get, path = "/api/v1/chains/{chain}/validators/{key}/history", tag = "chains",
    params(("chain" = i64, Path), ("key" = String, Path), HistoryAsked),
    responses((status = 200, body = Page<WeightPoint>), (status = "default", body = ErrorBody)))]
pub(super) async fn history(
    State(state): State<ApiState>,
    Named((chain, key)): Named<(i64, String)>,
    Asked(asked): Asked<HistoryAsked>,
) -> Result<Json<Weights>, ApiError> {
    state
        .work(move |state| {
            let (chain, key) = (state.chain(chain)?, hash("key", &key)?);
            let limit = limit(state, asked.limit)?;
            let mut items = Vec::new();
            // a point is a change only if the previous set has another weight
            let mut later: Option<WeightPoint> = None;
            let end = sets::back(&state.read()?, chain, asked.before, |set| {
                let member = set.members.iter().find(|member| member.key == key);
                let point = WeightPoint {
                    since: set.at.into(),
                    weight: member.map_or(0, |member| member.weight),
                    total_weight: set.total_weight,
                };
                let last = later.take();
                items.extend(last.filter(|last| last.weight != point.weight));
                later = Some(point);
                items.len() < limit
            })?;
            // the next page starts with the oldest set of this one
            let next = end.and(later.as_ref()).map(|last| {
                let before = u64::from(last.since.block) + 1;
                format!(
                    "/api/v1/chains/{chain}/validators/{key}/history?before={before}&limit={limit}"
                )
            });
            if next.is_none() {
                items.extend(later.filter(|first| first.weight > 0));
            }
            Ok(Json(Page { items, next }))
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::thin;

    #[test]
    fn a_thinned_curve_keeps_its_ends() {
        let thinned = thin((0..1_000).collect(), 7);
        assert_eq!(thinned, [0, 166, 333, 499, 666, 832, 999]);
        assert_eq!(thin(vec![1, 2, 3], 3), [1, 2, 3]);
        assert_eq!(thin(vec![1, 2, 3, 4], 2), [1, 4]);
    }
}
