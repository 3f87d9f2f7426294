//! Validator sets: at any height, and their changes.

use axum::Json;
use axum::extract::State;
use ddvs_index::Reader;
use ddvs_index::rows::{Member, SetRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Named, limit};
use super::page::{Page, Place};
use super::sets;
use crate::error::{ApiError, ErrorBody};
use crate::pruned;
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
    /// Number of members, from the first on, that belong to the masterchain's set.
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
    let member = |member: &Member| {
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
            pruned::check_block(&reader, chain, height)?;
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
    /// Members that the previous set did not have.
    pub joined: Vec<Weight>,
    /// Members that only the previous set had.
    pub left: Vec<Weight>,
    /// Members of both with another weight.
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

/// A set with its members by key.
struct Sorted(SetRow);

impl Sorted {
    fn new(mut set: SetRow) -> Self {
        set.members.sort_unstable_by_key(|member| member.key);
        Self(set)
    }

    /// Returns the change from the previous set; without one, all members have joined.
    fn since(&self, before: Option<&Self>) -> ChangeBody {
        let Self(set) = self;
        let (mut joined, mut left, mut changed) = (Vec::new(), Vec::new(), Vec::new());
        let weight = |member: &Member| Weight {
            key: member.key.to_string(),
            weight: member.weight,
        };
        let mut old = before
            .map_or(&[][..], |before| &before.0.members)
            .iter()
            .peekable();
        for new in &set.members {
            while let Some(gone) = old.next_if(|old| old.key < new.key) {
                left.push(weight(gone));
            }
            match old.next_if(|old| old.key == new.key) {
                None => joined.push(weight(new)),
                Some(same) if same.weight != new.weight => changed.push(WeightChange {
                    key: new.key.to_string(),
                    from: same.weight,
                    to: new.weight,
                }),
                Some(_) => {}
            }
        }
        left.extend(old.map(weight));
        ChangeBody {
            since: set.at.into(),
            hash: set.hash.to_string(),
            members: set.members.len(),
            total_weight: set.total_weight,
            joined,
            left,
            changed,
        }
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

/// Changes of a chain's validator set, newest first; the last one is the first set. A page may be shorter than
/// requested and still have a next one.
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
            let mut items = Vec::new();
            // a set's change is known when the previous set is
            let mut later: Option<Sorted> = None;
            let end = sets::back(&state.read()?, chain, asked.before, |set| {
                let set = Sorted::new(set);
                items.extend(later.take().map(|later| later.since(Some(&set))));
                later = Some(set);
                items.len() < limit
            })?;
            if end.is_none() && items.len() < limit {
                items.extend(later.take().map(|first| first.since(None)));
            }
            let next = later.map(|later| {
                let before = u64::from(later.0.at.seqno) + 1;
                format!("/api/v1/chains/{chain}/validators/changes?before={before}&limit={limit}")
            });
            Ok(Json(Page { items, next }))
        })
        .await
}

#[cfg(test)]
mod tests {
    use ddvs_index::rows::At;
    use tycho_types::cell::HashBytes;

    use super::{Member, SetRow, Sorted};

    fn set(members: &[(u8, u64)]) -> Sorted {
        let member = |&(key, weight): &(u8, u64)| Member {
            key: HashBytes([key; 32]),
            weight,
        };
        Sorted::new(SetRow {
            at: At {
                chain: 0,
                seqno: 1,
                time_ms: 0,
            },
            hash: HashBytes::ZERO,
            since: 0,
            total_weight: 0,
            main: 0,
            members: members.iter().map(member).collect(),
        })
    }

    #[test]
    fn a_change_tells_who_came_who_went_and_whose_weight_moved() {
        // by slot, so in no order of keys
        let before = set(&[(9, 5), (2, 4), (7, 3), (1, 2)]);
        let after = set(&[(3, 9), (7, 3), (2, 8), (10, 1)]);
        let change = after.since(Some(&before));
        let keys = |weights: &[super::Weight]| -> Vec<_> {
            let of = |weight: &super::Weight| (weight.key[..2].to_owned(), weight.weight);
            weights.iter().map(of).collect()
        };
        assert_eq!(keys(&change.joined), [("03".into(), 9), ("0a".into(), 1)]);
        assert_eq!(keys(&change.left), [("01".into(), 2), ("09".into(), 5)]);
        let [moved] = &change.changed[..] else {
            panic!("{change:?}");
        };
        assert_eq!((moved.from, moved.to), (4, 8));
        let first = after.since(None);
        assert_eq!(first.joined.len(), 4);
        assert!(first.left.is_empty() && first.changed.is_empty());
    }
}
