//! Batches with their votes.

use axum::Json;
use axum::extract::State;
use ddvs_client::ChainId;
use ddvs_index::Reader;
use ddvs_index::rows::{BatchRow, CopyRow, EntryRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Named, limit};
use super::page::{Page, Place};
use crate::error::{ApiError, ErrorBody};
use crate::pruned;
use crate::state::ApiState;

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No copy has applied it.
    Pending,
    /// Some copies have applied it.
    Spreading,
    /// Every copy has applied it.
    Applied,
    /// No copy has it applied any more, or another content was applied under its number.
    Superseded,
}

/// A batch: changes of one chain's registry, agreed as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchBody {
    /// Chain whose registry it changes.
    pub origin: i8,
    /// Its number there.
    pub number: u32,
    /// Hash of its content.
    pub hash: String,
    /// What became of it.
    pub outcome: Outcome,
    /// What it changes; empty until the content is known.
    pub entries: Vec<EntryBody>,
    /// Where its origin proposed it.
    pub proposed: Option<Place>,
    /// Where its votes are weighed: how many batches of each chain the origin had applied; empty until the content is known.
    pub base: Vec<BaseBody>,
    /// Where else copies found it agreed.
    pub claims: Vec<ClaimBody>,
    /// Votes; the origin's is its proposal.
    pub votes: Vec<VoteBody>,
    /// Stake of those who voted, as the origin counts stakes now, or did when it applied the batch.
    pub yes_nano: String,
    /// All stake, counted likewise. More than half of it decides.
    pub all_nano: String,
    /// Copies that have it applied.
    pub applied: Vec<AppliedBody>,
    /// Copies that had applied it and took it back, since its origin had sent others another one.
    pub taken_back: Vec<TakenBackBody>,
}

/// A change.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryBody {
    /// `set_stake`, `remove_key` or `forget_key`.
    pub change: &'static str,
    /// The Root.
    pub root: String,
    /// The consensus key.
    pub key: String,
    /// What counts from now on; zero: it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stake_nano: Option<String>,
}

impl From<&EntryRow> for EntryBody {
    fn from(row: &EntryRow) -> Self {
        let (change, root, key, stake) = match row {
            EntryRow::SetStake {
                root,
                stake_nano,
                key,
            } => ("set_stake", root, key, Some(stake_nano.to_string())),
            EntryRow::RemoveKey { root, key } => ("remove_key", root, key, None),
            EntryRow::ForgetKey { root, key } => ("forget_key", root, key, None),
        };
        Self {
            change,
            root: root.to_string(),
            key: key.to_string(),
            stake_nano: stake,
        }
    }
}

/// How many batches of a chain were applied.
#[derive(Debug, Serialize, ToSchema)]
pub struct BaseBody {
    /// The chain.
    pub chain: i8,
    /// Number of its last batch.
    pub number: u32,
}

impl From<&(ChainId, u32)> for BaseBody {
    fn from(&(chain, number): &(ChainId, u32)) -> Self {
        Self { chain, number }
    }
}

/// A base at which a copy found a batch agreed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimBody {
    /// The copy.
    pub copy: i8,
    /// How many batches of each chain were applied.
    pub base: Vec<BaseBody>,
}

/// A copy that took a batch back.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenBackBody {
    /// The copy and the block in which it did.
    pub at: Place,
    /// The block in which it had applied the batch.
    pub applied: Place,
}

/// A chain's yes.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoteBody {
    /// Whose.
    pub voter: i8,
    /// Where it was seen first.
    pub at: Place,
    /// Copies that have it.
    pub known_by: Vec<i8>,
    /// Registered stake behind it, as the origin counts now.
    pub stake_nano: String,
}

/// A copy that applied a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppliedBody {
    /// The copy and its block.
    pub at: Place,
    /// Chains whose yes it had.
    pub voters: Vec<i8>,
    /// Their stake, as it counted just before.
    pub yes_nano: String,
    /// All stake, as it counted just before.
    pub all_nano: String,
}

/// All copies, and how many there are.
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

    /// Stake of a chain as another one's copy counts it.
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
    /// Only batches of this chain; by default the newest of all.
    origin: Option<i64>,
    /// Only batches with lower numbers; needs `origin`.
    before: Option<u32>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of batches.
pub type Batches = Page<BatchBody>;

/// Batches with their votes, the newest first.
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

/// What is known under one number: one batch, or several contents if the origin forked.
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
