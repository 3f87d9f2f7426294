//! Submitted evidence.

use axum::Json;
use axum::extract::State;
use ddvs_index::rows::EvidenceRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, limit};
use super::page::{Page, Place};
use super::words::{self, Word};
use crate::error::{ApiError, ErrorBody};
use crate::state::ApiState;

/// Submitted evidence.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceBody {
    /// Block in which the D'Elector received it.
    pub at: Place,
    /// Logical time of the D'Elector's transaction, as text.
    pub lt: String,
    /// Sender of the evidence.
    pub from: String,
    /// The accused key.
    pub key: String,
    /// The Root that last had this key.
    pub root: Option<String>,
    /// The chain on which the votes were cast.
    pub votes_chain: i8,
    /// Height of the block voted on, as text.
    pub height: String,
    /// Consensus round.
    pub round: u32,
    /// Type of vote.
    pub vote_type: u8,
    /// Whether the D'Elector accepted it.
    pub is_accepted: bool,
    /// Its exit code.
    pub exit_code: Option<Word>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct EvidenceAsked {
    /// Only evidence submitted to this chain's D'Elector; by default the newest of all.
    chain: Option<i64>,
    /// Only transactions with a lower logical time; needs `chain`.
    before_lt: Option<u64>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of evidence.
pub type Evidences = Page<EvidenceBody>;

/// Submitted evidence, accepted or not, newest first. It concerns votes in the contracts' own format, which Tycho
/// nodes never sign: there double signing is not punished.
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
