//! What happened, and what happens, as a stream that can be taken up again.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use ddvs_client::ChainId;
use ddvs_index::IndexError;
use ddvs_index::rows::{EventKind, EventRow};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tycho_types::models::StdAddr;
use utoipa::{IntoParams, ToSchema};

use super::extract::{Asked, limit, maybe_addr};
use super::page::{Page, Place};
use super::words::{self, Word};
use crate::error::{ApiError, ErrorBody};
use crate::feed::Tip;
use crate::metrics::Metrics;
use crate::state::ApiState;

/// Events that are read at once.
const LOT: usize = 200;

/// Events that one page may look through for those that are asked for.
const MAX_LOOKED_AT: usize = 20_000;

/// How often something is said when nothing happens.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// An event. It has what applies to its kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventBody {
    /// Its number: without gaps, in the order in which things were seen.
    pub id: u64,
    /// What happened, such as `stake`, `lock`, `voted`, `applied`, `set_changed`, `slashed`.
    pub kind: &'static str,
    /// Where and when.
    pub at: Place,
    /// The account on which it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Hash of the transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// The Root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Owner of the account, or who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Coins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_nano: Option<String>,
    /// A consensus key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Chain whose batch it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<i8>,
    /// Number of the batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<u32>,
    /// Whose vote it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voter: Option<i8>,
    /// Why something was refused.
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
    /// Members that the set before did not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined: Option<u32>,
    /// Members that only the set before had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u32>,
    /// A text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
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
            note: row.note.clone(),
        }
    }
}

/// A chain's newest block, in streams that ask for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeadBody {
    /// Where and when.
    pub at: Place,
    /// Its transactions.
    pub transactions: u32,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct EventsAsked {
    /// Only events with higher numbers, the oldest of them first.
    after: Option<u64>,
    /// Only events with lower numbers, the newest of them first. By default the newest of all.
    before: Option<u64>,
    /// Only these kinds, with commas.
    kinds: Option<String>,
    /// Only events of this chain.
    chain: Option<i64>,
    /// Only events that name this account, Root or owner.
    account: Option<String>,
    /// Length of the page, 50 by default.
    limit: Option<usize>,
}

/// A page of events.
pub type Events = Page<EventBody>;

/// What happened. With filters a page may be shorter than asked, and have a next one: each looks through a limited part
/// of the past.
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
            let (items, last) = match asked.after {
                Some(after) => filter.page(after, limit, |from| reader.events_after(from, LOT))?,
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

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct StreamAsked {
    /// Begin after this event; 0 for all. By default what happens from now on. The header `Last-Event-ID` comes first.
    after: Option<u64>,
    /// Only these kinds, with commas.
    kinds: Option<String>,
    /// Only events of this chain.
    chain: Option<i64>,
    /// Only events that name this account, Root or owner.
    account: Option<String>,
    /// Whether to tell each chain's newest block too, as `head` events without a number.
    heads: Option<bool>,
}

/// What happens, as server-sent events: `id` is the event's number, `event` its kind, `data` the JSON of `/api/v1/events`.
#[utoipa::path(get, path = "/api/v1/events/stream", tag = "events", params(StreamAsked),
    responses((status = 200, content_type = "text/event-stream", body = EventBody), (status = "default", body = ErrorBody)))]
pub(super) async fn stream(
    State(state): State<ApiState>,
    Asked(asked): Asked<StreamAsked>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let (kinds, account) = (asked.kinds.as_ref(), asked.account.as_ref());
    let filter = Filter::new(&state, kinds, asked.chain, account)?;
    let resumed = headers.get("last-event-id").map(|id| {
        let id = id.to_str().ok().and_then(|id| id.trim().parse().ok());
        id.ok_or_else(|| {
            ApiError::bad_request(
                "Last-Event-ID is no number",
                "Send the id of the last event that came.",
            )
        })
    });
    let after = resumed.transpose()?.or(asked.after);
    let permit = state
        .streams()
        .try_acquire_owned()
        .map_err(|_| ApiError::busy())?;
    let mut tip = state.feed().tip();
    let last = after.unwrap_or_else(|| tip.borrow_and_update().event);
    let listener = Listener {
        last,
        filter,
        heads: asked.heads.unwrap_or(false).then(BTreeMap::new),
        waiting: VecDeque::new(),
        has_begun: false,
        shutdown: state.shutdown(),
        _open: Open::new(&state, permit),
        tip,
        state,
    };
    let events = unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

struct Filter {
    kinds: Option<Vec<EventKind>>,
    chain: Option<ChainId>,
    account: Option<StdAddr>,
}

/// As the end of a query.
impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(kinds) = &self.kinds {
            let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
            write!(f, "&kinds={}", names.join(","))?;
        }
        if let Some(chain) = self.chain {
            write!(f, "&chain={chain}")?;
        }
        match &self.account {
            Some(account) => write!(f, "&account={account}"),
            None => Ok(()),
        }
    }
}

impl Filter {
    fn new(
        state: &ApiState,
        kinds: Option<&String>,
        chain: Option<i64>,
        account: Option<&String>,
    ) -> Result<Self, ApiError> {
        let kind = |name: &str| {
            EventKind::from_name(name.trim()).ok_or_else(|| {
                let known: Vec<_> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
                ApiError::bad_request(
                    format!("there is no kind of event {name:?}"),
                    format!("Kinds are {}.", known.join(", ")),
                )
            })
        };
        Ok(Self {
            kinds: kinds
                .map(|kinds| kinds.split(',').map(kind).collect())
                .transpose()?,
            chain: chain.map(|chain| state.chain(chain)).transpose()?,
            account: maybe_addr("account", account)?,
        })
    }

    /// At most `limit` events that it lets through, out of those that `read` gives from a number on, and the number from
    /// which to go on if there may be more.
    fn page(
        &self,
        mut from: u64,
        limit: usize,
        read: impl Fn(u64) -> Result<Vec<EventRow>, IndexError>,
    ) -> Result<(Vec<EventBody>, Option<u64>), ApiError> {
        let (mut items, mut looked_at) = (Vec::new(), 0);
        loop {
            let rows = read(from)?;
            for row in &rows {
                if items.len() == limit || looked_at == MAX_LOOKED_AT {
                    return Ok((items, Some(from)));
                }
                (from, looked_at) = (row.id, looked_at + 1);
                if self.lets(row) {
                    items.push(EventBody::from(row));
                }
            }
            if rows.len() < LOT {
                return Ok((items, None));
            }
        }
    }

    fn lets(&self, event: &EventRow) -> bool {
        let is_kind = self
            .kinds
            .as_ref()
            .is_none_or(|kinds| kinds.contains(&event.kind));
        let is_chain = self.chain.is_none_or(|chain| event.at.chain == chain);
        let is_account = self.account.as_ref().is_none_or(|account| {
            [&event.account, &event.root, &event.owner]
                .into_iter()
                .any(|named| named.as_ref() == Some(account))
        });
        is_kind && is_chain && is_account
    }
}

/// An open stream, counted.
struct Open {
    metrics: std::sync::Arc<Metrics>,
    _permit: OwnedSemaphorePermit,
}

impl Open {
    fn new(state: &ApiState, permit: OwnedSemaphorePermit) -> Self {
        state.metrics().stream(1);
        Self {
            metrics: state.metrics().clone(),
            _permit: permit,
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.metrics.stream(-1);
    }
}

struct Listener {
    state: ApiState,
    tip: watch::Receiver<Tip>,
    shutdown: watch::Receiver<bool>,
    filter: Filter,
    /// Number of the last event that was looked at.
    last: u64,
    /// The last block that was told of each chain.
    heads: Option<BTreeMap<ChainId, u32>>,
    waiting: VecDeque<Event>,
    has_begun: bool,
    _open: Open,
}

impl Listener {
    /// The next event; none when the server stops or fails.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if *self.shutdown.borrow() {
                return None;
            }
            let is_behind = self.last < self.tip.borrow_and_update().event;
            if self.has_begun && !is_behind {
                tokio::select! {
                    changed = self.tip.changed() => changed.ok()?,
                    _ = self.shutdown.changed() => return None,
                }
            }
            self.has_begun = true;
            self.read().await.ok()?;
        }
    }

    async fn read(&mut self) -> Result<(), ApiError> {
        let (last, wants_heads) = (self.last, self.heads.is_some());
        let (rows, heads) = self
            .state
            .work(move |state| {
                let reader = state.read()?;
                let rows = reader.events_after(last, LOT)?;
                let mut heads = Vec::new();
                if wants_heads {
                    for chain in state.chains() {
                        heads.extend(reader.head(chain)?);
                    }
                }
                Ok((rows, heads))
            })
            .await?;
        for row in &rows {
            self.last = row.id;
            if self.filter.lets(row) {
                let event = Event::default()
                    .id(row.id.to_string())
                    .event(row.kind.name());
                self.push(event, &EventBody::from(row))?;
            }
        }
        for head in heads {
            let told = self.heads.as_mut();
            let told = told.and_then(|told| told.insert(head.at.chain, head.at.seqno));
            if told != Some(head.at.seqno) {
                let body = HeadBody {
                    at: head.at.into(),
                    transactions: head.transactions,
                };
                self.push(Event::default().event("head"), &body)?;
            }
        }
        Ok(())
    }

    fn push(&mut self, event: Event, body: &impl Serialize) -> Result<(), ApiError> {
        let event = event.json_data(body).map_err(ApiError::internal)?;
        self.waiting.push_back(event);
        Ok(())
    }
}
