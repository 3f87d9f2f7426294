//! Batches with their votes, removals, evidence.

use axum::Json;
use axum::extract::State;
use ddvs_client::ChainId;
use ddvs_index::Reader;
use ddvs_index::rows::{BatchRow, CopyRow, EntryRow, EvidenceRow, RemovedRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, Named, hash, limit};
use super::page::{Page, Place};
use super::words::{self, Word};
use crate::error::{ApiError, ErrorBody};
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
    /// Another content was applied under its number.
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
    /// Bases that the origin announced: how many batches of each chain it had applied.
    pub bases: Vec<Vec<BaseBody>>,
    /// Votes; the origin's is its proposal.
    pub votes: Vec<VoteBody>,
    /// Stake of those who voted, as the origin counts stakes now, or did when it applied the batch.
    pub yes_nano: String,
    /// All stake, counted likewise. More than half of it decides.
    pub all_nano: String,
    /// Copies that applied it.
    pub applied: Vec<AppliedBody>,
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
        let base = |base: &Vec<(ChainId, u32)>| {
            let pairs = base.iter();
            pairs
                .map(|&(chain, number)| BaseBody { chain, number })
                .collect()
        };
        BatchBody {
            origin,
            number: row.seqno,
            hash: row.hash.to_string(),
            outcome,
            entries: row.entries.iter().map(EntryBody::from).collect(),
            proposed: row.proposed.map(Place::from),
            bases: row.bases.iter().map(base).collect(),
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
                return Err(ApiError::not_found(
                    format!("chain {origin} has no batch {number}"),
                    format!("`/api/v1/batches?origin={origin}` lists its batches."),
                ));
            }
            Ok(Json(rows.iter().map(|row| copies.body(row)).collect()))
        })
        .await
}

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
    /// Where the first copy applied it.
    pub at: Place,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct RemovedAsked {
    /// The last key of the page before.
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

/// Evidence that somebody brought.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceBody {
    /// Where the D'Elector got it.
    pub at: Place,
    /// Logical time of the D'Elector's transaction, as text.
    pub lt: String,
    /// Who brought it.
    pub from: String,
    /// The key that is blamed.
    pub key: String,
    /// The Root that last had this key.
    pub root: Option<String>,
    /// The chain on which the votes were cast.
    pub votes_chain: i8,
    /// Height of the block voted on, as text.
    pub height: String,
    /// Consensus round.
    pub round: u32,
    /// Kind of vote.
    pub vote_type: u8,
    /// Whether the D'Elector took it.
    pub is_accepted: bool,
    /// Its exit code.
    pub exit_code: Option<Word>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct EvidenceAsked {
    /// Only evidence brought to this chain's D'Elector; by default the newest of all.
    chain: Option<i64>,
    /// Only transactions with a lower logical time; needs `chain`.
    before_lt: Option<u64>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of evidence.
pub type Evidences = Page<EvidenceBody>;

/// Evidence that was brought, accepted or not, the newest first.
#[utoipa::path(get, path = "/api/v1/evidence", tag = "agreement", params(EvidenceAsked),
    responses((status = 200, body = Page<EvidenceBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn evidence(
    State(state): State<ApiState>,
    Asked(asked): Asked<EvidenceAsked>,
) -> Result<Json<Evidences>, ApiError> {
    state
        .work(move |state| {
            let limit = limit(state, asked.limit)?;
            let reader = state.read()?;
            let chain = asked.chain.map(|chain| state.chain(chain)).transpose()?;
            if chain.is_none() && asked.before_lt.is_some() {
                return Err(ApiError::bad_request(
                    "logical times are those of one chain",
                    "Add `chain`.",
                ));
            }
            let chains = chain.map_or_else(|| state.chains(), |chain| vec![chain]);
            let mut rows = Vec::new();
            for &chain in &chains {
                rows.extend(reader.evidence(chain, asked.before_lt, limit + 1)?);
            }
            rows.sort_by_key(|row| std::cmp::Reverse((row.at.time_ms, row.transaction.lt)));
            if chain.is_none() {
                rows.truncate(limit);
            }
            let mut found = Vec::with_capacity(rows.len());
            for row in rows {
                let root = reader
                    .pool_by_key(&row.key)?
                    .map(|pool| pool.address.to_string());
                found.push((row, root));
            }
            let next = |last: &(EvidenceRow, Option<String>)| {
                let (chain, lt) = (last.0.at.chain, last.0.transaction.lt);
                format!("/api/v1/evidence?chain={chain}&before_lt={lt}&limit={limit}")
            };
            let item = |(row, root): &(EvidenceRow, Option<String>)| EvidenceBody {
                at: row.at.into(),
                lt: row.transaction.lt.to_string(),
                from: row.from.to_string(),
                key: row.key.to_string(),
                root: root.clone(),
                votes_chain: row.chain,
                height: row.height.to_string(),
                round: row.round,
                vote_type: row.vote_type,
                is_accepted: row.exit_code == Some(0),
                exit_code: row.exit_code.map(words::exit_code),
            };
            Ok(Json(Page::of(found, limit, next, item)))
        })
        .await
}
