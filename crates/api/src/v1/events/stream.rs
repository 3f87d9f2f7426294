//! New events as a resumable stream.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use ddvs_client::ChainId;
use futures_util::Stream;
use futures_util::stream::unfold;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::{IntoParams, ToSchema};

use super::filter::Filter;
use super::id::EventId;
use super::{EventBody, LOT};
use crate::client_ip::Caller;
use crate::counts::{self, NoPlace};
use crate::error::{ApiError, ErrorBody};
use crate::feed::Tip;
use crate::metrics::Metrics;
use crate::pruned;
use crate::state::ApiState;
use crate::v1::extract::Asked;
use crate::v1::page::Place;

/// How often a comment is sent when nothing happens.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a lagging index, as after a start, may take to reach the event after which a stream continues.
const CATCH_UP: Duration = Duration::from_secs(2);

/// A chain's newest block, in streams that ask for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeadBody {
    /// Place and time.
    pub at: Place,
    /// Number of its transactions.
    pub transactions: u32,
}

/// Sent once, as `begin_anew`, when a stream is resumed after an event that this server does not know. All events
/// follow, from the first that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct BeginAnewBody {
    /// The event after which the stream was to continue.
    pub asked: u64,
    /// The last event.
    pub last: u64,
    /// Explanation.
    pub message: &'static str,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::v1) struct StreamAsked {
    /// Start after this event; 0 for all. By default only new events. The header `Last-Event-ID` takes precedence.
    after: Option<u64>,
    /// Only these kinds, separated by commas.
    kinds: Option<String>,
    /// Only events of this chain.
    chain: Option<i64>,
    /// Only events that name this account, Root or owner.
    account: Option<String>,
    /// Whether to send each chain's newest block too, as `head` events without a number.
    heads: Option<bool>,
}

/// New events as server-sent events: `id` is the event's number with the server's `history`, `event` its kind, `data`
/// the JSON of `/api/v1/events`.
#[utoipa::path(get, path = "/api/v1/events/stream", tag = "events", params(StreamAsked),
    responses((status = 200, content_type = "text/event-stream", body = EventBody), (status = "default", body = ErrorBody)))]
pub(in crate::v1) async fn stream(
    State(state): State<ApiState>,
    Asked(asked): Asked<StreamAsked>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let (kinds, account) = (asked.kinds.as_ref(), asked.account.as_ref());
    let filter = Filter::new(&state, kinds, asked.chain, account)?;
    let reader = state.read()?;
    let history = reader.history()?;
    let resumed = resumed(&headers)?;
    let named = resumed.and_then(|id| id.history);
    let is_of_another = named.is_some_and(|named| named != history);
    let after = resumed.map(|id| id.number).or(asked.after);
    if let Some(after) = after.filter(|_| !is_of_another) {
        pruned::check_event(&reader, after)?;
    }
    drop(reader);
    let place = state
        .streams()
        .open(Caller::asking().0)
        .map_err(|why| match why {
            NoPlace::Full => ApiError::busy(),
            NoPlace::TooMany => ApiError::too_many_streams(state.settings().max_streams_each),
        })?;
    let mut tip = state.feed().tip();
    let last = after.unwrap_or_else(|| tip.borrow_and_update().event);
    let listener = Listener {
        last,
        history,
        is_of_another,
        filter,
        heads: asked.heads.unwrap_or(false).then(BTreeMap::new),
        waiting: VecDeque::new(),
        has_begun: false,
        shutdown: state.shutdown(),
        _open: Open::new(&state, place),
        tip,
        state,
    };
    let events = unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Returns the event after which a reconnecting client continues.
fn resumed(headers: &HeaderMap) -> Result<Option<EventId>, ApiError> {
    let Some(id) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let id = id.to_str().ok().and_then(|id| id.parse().ok());
    id.map(Some).ok_or_else(|| {
        ApiError::bad_request(
            "Last-Event-ID is not the id of an event",
            "Send the id of the last event that came.",
        )
    })
}

/// An open stream, counted.
struct Open {
    metrics: Arc<Metrics>,
    _place: counts::Open,
}

impl Open {
    fn new(state: &ApiState, place: counts::Open) -> Self {
        state.metrics().stream(1);
        Self {
            metrics: state.metrics().clone(),
            _place: place,
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.metrics.stream(-1);
    }
}

/// Waits until there are more events than were read. Returns `None` when the server ends.
async fn news(tip: &mut watch::Receiver<Tip>, last: u64) -> Option<()> {
    if last >= tip.borrow().event {
        tip.changed().await.ok()?;
    }
    tip.mark_unchanged();
    Some(())
}

struct Listener {
    state: ApiState,
    tip: watch::Receiver<Tip>,
    shutdown: watch::Receiver<bool>,
    filter: Filter,
    /// Number of the last processed event.
    last: u64,
    /// The history of the numbers.
    history: u64,
    /// Whether `last` is a number of another history.
    is_of_another: bool,
    /// The last block sent of each chain.
    heads: Option<BTreeMap<ChainId, u32>>,
    waiting: VecDeque<Event>,
    has_begun: bool,
    _open: Open,
}

impl Listener {
    /// Returns the next event; `None` when the server stops or fails.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if *self.shutdown.borrow() {
                return None;
            }
            if !self.has_begun {
                self.begin().await.ok()?;
            }
            if self.has_begun {
                tokio::select! {
                    news = news(&mut self.tip, self.last) => news?,
                    _ = self.shutdown.changed() => return None,
                }
            }
            self.has_begun = true;
            self.read().await.ok()?;
        }
    }

    /// Checks whether the event after which to continue exists. If not, this is another network, or one that was
    /// restarted: all numbers differ.
    async fn begin(&mut self) -> Result<(), ApiError> {
        let asked = self.last;
        if !self.is_of_another {
            let known = self.tip.wait_for(|tip| tip.event >= asked);
            if tokio::time::timeout(CATCH_UP, known).await.is_ok() {
                return Ok(());
            }
        }
        self.last = 0;
        let body = BeginAnewBody {
            asked,
            last: self.tip.borrow().event,
            message: "this server has no such event: the network is another one, or its history was restarted; all stored events follow",
        };
        let event = Event::default().id(self.id(0)).event("begin_anew");
        self.push(event, &body)
    }

    async fn read(&mut self) -> Result<(), ApiError> {
        let (last, wants_heads) = (self.last, self.heads.is_some());
        let (rows, heads) = self
            .state
            .work_for_stream(move |state| {
                let reader = state.read()?;
                // a reader so slow that events were removed meanwhile reconnects, and then gets an error that says so
                pruned::check_event(&reader, last)?;
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
                let event = Event::default().id(self.id(row.id)).event(row.kind.name());
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

    fn id(&self, number: u64) -> String {
        let history = Some(self.history);
        EventId { number, history }.to_string()
    }

    fn push(&mut self, event: Event, body: &impl Serialize) -> Result<(), ApiError> {
        let event = event.json_data(body).map_err(ApiError::internal)?;
        self.waiting.push_back(event);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_block_that_comes_while_another_is_told_is_not_missed() {
        let (told, mut tip) = watch::channel(Tip::default());
        // nobody waits at this moment, and no event signals that there is more
        told.send_modify(|tip| tip.blocks += 1);
        let news = tokio::time::timeout(Duration::from_secs(5), news(&mut tip, 0));
        assert_eq!(news.await, Ok(Some(())));
    }
}
