//! Batches with their votes.

mod body;

use axum::Json;
use axum::extract::State;
use ddvs_client::ChainId;
use ddvs_index::Reader;
use ddvs_index::rows::{BatchRow, CopyRow};
use serde::Deserialize;
use utoipa::IntoParams;

pub use self::body::*;
use super::extract::{Asked, Named, limit};
use super::page::{Page, Place};
use crate::error::{ApiError, ErrorBody};
use crate::pruned;
use crate::state::ApiState;

/// All copies, and their number.
struct Copies {
    rows: Vec<CopyRow>,
    count: usize,
}

impl Copies {
    fn read(state: &ApiState, reader: &Reader) -> Result<Self, ApiError> {
        Ok(Self {
            rows: reader.copies()?,
            count: state.chains().len(),
        })
    }

    /// Stake of a chain as counted by another one's copy.
    fn stake(&self, copy: ChainId, origin: ChainId) -> u128 {
        let row = self
            .rows
            .iter()
            .find(|row| (row.copy, row.origin) == (copy, origin));
        row.map_or(0, |row| row.total_nano)
    }

    fn body(&self, row: &BatchRow) -> BatchBody {
        let origin = row.origin;
        let is_past = self
            .rows
            .iter()
            .any(|copy| (copy.copy, copy.origin) == (origin, origin) && copy.seqno >= row.seqno);
        let outcome = match row.applied.len() {
            0 if is_past => Outcome::Superseded,
            0 => Outcome::Pending,
            count if count >= self.count => Outcome::Applied,
            _ => Outcome::Spreading,
        };
        let own = row
            .applied
            .iter()
            .find(|applied| applied.at.chain == origin);
        let (yes_nano, all_nano) = match own.or(row.applied.first()) {
            Some(applied) => (applied.yes_nano, applied.all_nano),
            None => {
                let known = row
                    .votes
                    .iter()
                    .filter(|vote| vote.known_by.contains(&origin));
                let yes = known.map(|vote| self.stake(origin, vote.voter)).sum();
                let all = self.rows.iter().filter(|copy| copy.copy == origin);
                (yes, all.map(|copy| copy.total_nano).sum())
            }
        };
        BatchBody {
            origin,
            number: row.seqno,
            hash: row.hash.to_string(),
            outcome,
            entries: row.entries.iter().map(EntryBody::from).collect(),
            proposed: row.proposed.map(Place::from),
            base: row.base.iter().map(BaseBody::from).collect(),
            claims: row
                .claims
                .iter()
                .map(|claim| ClaimBody {
                    copy: claim.copy,
                    base: claim.base.iter().map(BaseBody::from).collect(),
                })
                .collect(),
            votes: row
                .votes
                .iter()
                .map(|vote| VoteBody {
                    voter: vote.voter,
                    at: vote.at.into(),
                    known_by: vote.known_by.clone(),
                    stake_nano: self.stake(origin, vote.voter).to_string(),
                })
                .collect(),
            yes_nano: yes_nano.to_string(),
            all_nano: all_nano.to_string(),
            applied: row
                .applied
                .iter()
                .map(|applied| AppliedBody {
                    at: applied.at.into(),
                    voters: applied.voters.clone(),
                    yes_nano: applied.yes_nano.to_string(),
                    all_nano: applied.all_nano.to_string(),
                })
                .collect(),
            taken_back: row
                .taken_back
                .iter()
                .map(|taken| TakenBackBody {
                    at: taken.at.into(),
                    applied: taken.applied.into(),
                })
                .collect(),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchesAsked {
    /// Only batches of this chain; by default the newest of all chains.
    origin: Option<i64>,
    /// Only batches with lower numbers; needs `origin`.
    before: Option<u32>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of batches.
pub type Batches = Page<BatchBody>;

/// Batches with their votes, newest first.
#[utoipa::path(get, path = "/api/v1/batches", tag = "agreement", params(BatchesAsked),
    responses((status = 200, body = Page<BatchBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn batches(
    State(state): State<ApiState>,
    Asked(asked): Asked<BatchesAsked>,
) -> Result<Json<Batches>, ApiError> {
    state
        .work(move |state| {
            let limit = limit(state, asked.limit)?;
            let reader = state.read()?;
            let copies = Copies::read(state, &reader)?;
            let Some(origin) = asked.origin else {
                if asked.before.is_some() {
                    return Err(ApiError::bad_request(
                        "numbers are those of one chain",
                        "Add `origin`.",
                    ));
                }
                let mut rows = Vec::new();
                for chain in state.workchains() {
                    rows.extend(reader.batches(chain, None, limit)?);
                }
                rows.sort_by_key(|row| std::cmp::Reverse(row.proposed.map(|at| at.time_ms)));
                rows.truncate(limit);
                let items = rows.iter().map(|row| copies.body(row)).collect();
                return Ok(Json(Page { items, next: None }));
            };
            let origin = state.chain(origin)?;
            let rows = reader.batches(origin, asked.before, limit + 1)?;
            let next = |last: &BatchRow| {
                let before = last.seqno;
                format!("/api/v1/batches?origin={origin}&before={before}&limit={limit}")
            };
            Ok(Json(Page::of(rows, limit, next, |row| copies.body(row))))
        })
        .await
}

/// The contents under one number: one batch, or several if the origin forked.
#[utoipa::path(get, path = "/api/v1/batches/{origin}/{number}", tag = "agreement",
    params(("origin" = i64, Path), ("number" = u32, Path)),
    responses((status = 200, body = Vec<BatchBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn batch(
    State(state): State<ApiState>,
    Named((origin, number)): Named<(i64, u32)>,
) -> Result<Json<Vec<BatchBody>>, ApiError> {
    state
        .work(move |state| {
            let origin = state.chain(origin)?;
            let reader = state.read()?;
            let copies = Copies::read(state, &reader)?;
            let rows = reader.batch(origin, number)?;
            if rows.is_empty() {
                pruned::check_batch(&reader, origin, number)?;
                return Err(ApiError::not_found(
                    format!("chain {origin} has no batch {number}"),
                    format!("`/api/v1/batches?origin={origin}` lists its batches."),
                ));
            }
            Ok(Json(rows.iter().map(|row| copies.body(row)).collect()))
        })
        .await
}
