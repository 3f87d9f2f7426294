//! Past events, and new ones as a resumable stream.

mod filter;
mod id;
mod stream;

use axum::Json;
use axum::extract::State;
use ddvs_index::rows::{EventRow, SetChangeRow};
use serde::{Deserialize, Serialize};
use tycho_types::models::StdAddr;
use utoipa::{IntoParams, ToSchema};

use self::filter::Filter;
use super::extract::{Asked, limit};
use super::page::{Page, Place};
use super::words::{self, Word};
use crate::error::{ApiError, ErrorBody};
use crate::pruned;
use crate::state::ApiState;

pub(super) use self::id::history_name;
pub(super) use self::stream::*;

/// Number of events that are read at a time.
const LOT: usize = 200;

/// An event. It has the fields that apply to its kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventBody {
    /// Its number: without gaps, in the order in which events were seen.
    pub id: u64,
    /// Its kind, such as `stake`, `lock`, `voted`, `applied`, `set_changed`, `slashed`.
    pub kind: &'static str,
    /// Place and time.
    pub at: Place,
    /// The account of the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Hash of the transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// The Root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Owner of the account, or sender of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The account that gets the coins, if that is not the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Amount of coins; for `slashed` what the slash took, of the owner's coins and all others' together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_nano: Option<String>,
    /// A consensus key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Origin of the batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<i8>,
    /// Number of the batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<u32>,
    /// The voting chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voter: Option<i8>,
    /// Reason of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Word>,
    /// Exit code of the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<Word>,
    /// Op code of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op: Option<Word>,
    /// Members of a new set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<u32>,
    /// Members that the previous set did not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined: Option<u32>,
    /// Members that only the previous set had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u32>,
    /// Members of both with another weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<u32>,
    /// Differences from the previous set: joins and leaves first, then the largest changes of weight; at most 8.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<SetChangeBody>,
    /// A text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A member of a set that joined, left, or has another weight.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetChangeBody {
    /// Its consensus key.
    pub key: String,
    /// The Root that had that key at the time.
    pub root: Option<String>,
    /// Its weight before, in whole coins; 0 for one that joined.
    pub from: u64,
    /// Its weight now; 0 for one that left.
    pub to: u64,
}

impl From<&SetChangeRow> for SetChangeBody {
    fn from(row: &SetChangeRow) -> Self {
        Self {
            key: row.key.to_string(),
            root: row.root.as_ref().map(ToString::to_string),
            from: row.from,
            to: row.to,
        }
    }
}

impl From<&EventRow> for EventBody {
    fn from(row: &EventRow) -> Self {
        let text = |address: &Option<StdAddr>| address.as_ref().map(ToString::to_string);
        Self {
            id: row.id,
            kind: row.kind.name(),
            at: row.at.into(),
            account: text(&row.account),
            transaction: row.transaction.map(|hash| hash.to_string()),
            root: text(&row.root),
            owner: text(&row.owner),
            to: text(&row.to),
            amount_nano: row.amount_nano.map(|nano| nano.to_string()),
            key: row.key.map(|key| key.to_string()),
            origin: row.origin,
            batch: row.batch,
            voter: row.voter,
            reason: row.reason.map(words::reason),
            exit_code: row.exit_code.map(words::exit_code),
            op: row.op.map(words::op),
            members: row.members,
            joined: row.joined,
            left: row.left,
            changed: row.changed,
            changes: row.changes.iter().map(SetChangeBody::from).collect(),
            note: row.note.clone(),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct EventsAsked {
    /// Only events with higher numbers, oldest first.
    after: Option<u64>,
    /// Only events with lower numbers, newest first. By default the newest of all.
    before: Option<u64>,
    /// Only these kinds, separated by commas.
    kinds: Option<String>,
    /// Only events of this chain.
    chain: Option<i64>,
    /// Only events that name this account, Root, owner or receiver.
    account: Option<String>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of events.
pub type Events = Page<EventBody>;

/// Past events. With filters a page may be shorter than requested and still have a next one: each scans a limited
/// number of events.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(EventsAsked),
    responses((status = 200, body = Page<EventBody>), (status = "default", body = ErrorBody)))]
pub(super) async fn events(
    State(state): State<ApiState>,
    Asked(asked): Asked<EventsAsked>,
) -> Result<Json<Events>, ApiError> {
    state
        .work(move |state| {
            let limit = limit(state, asked.limit)?;
            let reader = state.read()?;
            if asked.after.is_some() && asked.before.is_some() {
                return Err(ApiError::bad_request(
                    "both after and before are given",
                    "Leave one out.",
                ));
            }
            let (kinds, account) = (asked.kinds.as_ref(), asked.account.as_ref());
            let filter = Filter::new(state, kinds, asked.chain, account)?;
            let known = reader.last_event()?;
            if let Some(after) = asked.after.filter(|after| *after > known) {
                return Err(ApiError::not_found(
                    format!("there is no event {after}: the last one is {known}"),
                    "Start with after=0 if the network was recreated; if the server has just started, ask again in a second.",
                ));
            }
            let (items, last) = match asked.after {
                Some(after) => {
                    pruned::check_event(&reader, after)?;
                    filter.page(after, limit, |from| reader.events_after(from, LOT))?
                }
                None => {
                    let before = asked.before.unwrap_or(u64::MAX);
                    filter.page(before, limit, |from| reader.events_before(from, LOT))?
                }
            };
            let word = asked.after.map_or("before", |_| "after");
            let next =
                last.map(|last| format!("/api/v1/events?{word}={last}{filter}&limit={limit}"));
            Ok(Json(Page { items, next }))
        })
        .await
}
