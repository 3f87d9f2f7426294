//! A message by its hash: its current place, and everything that it caused on all chains.

use axum::Json;
use axum::extract::State;
use ddvs_client::MessageStatus;
use ddvs_index::rows::{Fate, MessageRow, TransactionRow};
use ddvs_index::{Located, Reader};
use serde::Serialize;
use tycho_types::cell::HashBytes;
use utoipa::ToSchema;

use super::extract::{Named, hash};
use super::transaction::{MessageHead, TransactionBody};
use super::words::{self, Word};
use crate::error::{ApiError, ErrorBody};
use crate::state::ApiState;

/// Maximum number of messages in a tree.
const MAX_NODES: usize = 1_000;

/// Maximum number of a tree's messages whose place is queried from the network.
const MAX_PLACES: usize = 100;

/// Place or outcome of a message.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Whereabouts {
    /// `executed`, `in_queue`, `in_transit`, `left`, `dropped`, `returned` or `unknown`.
    pub status: &'static str,
    /// The chain in whose queue it is, or from which it is in flight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_chain: Option<i8>,
    /// The chain that will import it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_chain: Option<i8>,
    /// The network's time from which a block may import it, in ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_at_ms: Option<u64>,
    /// Exit code of the contract that did not accept it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<Word>,
    /// The returned message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned_as: Option<String>,
    /// Reason why it ended without a transaction, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Whereabouts {
    fn new(status: &'static str) -> Self {
        Self {
            status,
            from_chain: None,
            to_chain: None,
            available_at_ms: None,
            exit_code: None,
            returned_as: None,
            note: None,
        }
    }

    /// Outcome of a message that has ended.
    fn of_row(row: &MessageRow) -> Option<Self> {
        let note = row.note.clone();
        Self::of_fate(row.fate).map(|ended| Self { note, ..ended })
    }

    fn of_fate(fate: Fate) -> Option<Self> {
        Some(match fate {
            Fate::Waiting => return None,
            Fate::Executed => Self::new("executed"),
            Fate::Left => Self::new("left"),
            Fate::Dropped { exit_code } => Self {
                exit_code: exit_code.map(words::exit_code),
                ..Self::new("dropped")
            },
            Fate::Returned { returned_as } => Self {
                returned_as: returned_as.map(|hash| hash.to_string()),
                ..Self::new("returned")
            },
        })
    }

    fn of_status(status: &MessageStatus) -> Self {
        match status {
            MessageStatus::InMempool { chain } => Self {
                from_chain: Some(*chain),
                to_chain: Some(*chain),
                ..Self::new("in_queue")
            },
            MessageStatus::InTransit {
                source,
                destination,
                available_at_ms,
            } => Self {
                from_chain: Some(*source),
                to_chain: Some(*destination),
                available_at_ms: Some(*available_at_ms),
                ..Self::new("in_transit")
            },
            status => Self {
                note: ddvs_index::decode::note_of(status),
                ..Self::of_fate(ddvs_index::decode::fate_of(status))
                    .unwrap_or_else(|| Self::new("unknown"))
            },
        }
    }
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageBody {
    /// Its header; not set until some block contains it.
    pub message: Option<MessageHead>,
    /// Its place or outcome.
    pub now: Whereabouts,
    /// The transaction that sent it.
    pub sent_by: Option<TransactionBody>,
    /// The transaction that it caused.
    pub caused: Option<TransactionBody>,
}

/// Place or outcome of a message: the index knows the ended ones, the network those in flight.
fn whereabouts(
    state: &ApiState,
    hash: &HashBytes,
    row: Option<&MessageRow>,
) -> Result<Whereabouts, ApiError> {
    if let Some(ended) = row.and_then(Whereabouts::of_row) {
        return Ok(ended);
    }
    let status = state.live().message_status(hash)?;
    Ok(Whereabouts::of_status(&status))
}

fn unknown() -> ApiError {
    ApiError::not_found(
        "no message with this hash is known",
        "Check the hash: it is that of the message's cell, not of its body or transaction.",
    )
}

/// A message by its hash, and its current place.
#[utoipa::path(get, path = "/api/v1/messages/{hash}", tag = "ledger", params(("hash" = String, Path)),
    responses((status = 200, body = MessageBody), (status = "default", body = ErrorBody)))]
pub(super) async fn message(
    State(state): State<ApiState>,
    Named(text): Named<String>,
) -> Result<Json<MessageBody>, ApiError> {
    state
        .work(move |state| {
            let hash = hash("hash", &text)?;
            let reader = state.read()?;
            let located = reader.locate(&hash)?;
            let row = located.as_ref().map(|located| &located.message);
            let now = whereabouts(state, &hash, row)?;
            if row.is_none() && now.status == "unknown" {
                return Err(unknown().or_pruned(&reader)?);
            }
            let (message, sent_by, caused) = match located {
                Some(Located {
                    message,
                    sent_by,
                    caused,
                }) => (Some(message), sent_by, caused),
                None => (None, None, None),
            };
            Ok(Json(MessageBody {
                message: message.as_ref().map(MessageHead::from),
                now,
                sent_by: sent_by.as_ref().map(TransactionBody::from),
                caused: caused.as_ref().map(TransactionBody::from),
            }))
        })
        .await
}

/// A message and everything that it caused.
#[derive(Debug, Serialize, ToSchema)]
pub struct TreeBody {
    /// All messages; the first one is the root, and each comes after the one that caused it.
    pub nodes: Vec<NodeBody>,
    /// Whether every message has ended.
    pub is_settled: bool,
    /// Whether there are more messages than are shown.
    pub is_cut: bool,
}

/// A message of a tree.
#[derive(Debug, Serialize, ToSchema)]
pub struct NodeBody {
    /// Its hash.
    pub hash: String,
    /// Its header; not set until some block contains it.
    pub message: Option<MessageHead>,
    /// Its place or outcome.
    pub now: Whereabouts,
    /// The transaction that it caused.
    pub caused: Option<TransactionBody>,
    /// Index of the message whose transaction sent it.
    pub parent: Option<usize>,
}

/// A message and everything that it has caused so far, on all chains.
#[utoipa::path(get, path = "/api/v1/messages/{hash}/tree", tag = "ledger", params(("hash" = String, Path)),
    responses((status = 200, body = TreeBody), (status = "default", body = ErrorBody)))]
pub(super) async fn tree(
    State(state): State<ApiState>,
    Named(text): Named<String>,
) -> Result<Json<TreeBody>, ApiError> {
    state
        .work(move |state| {
            let reader = state.read()?;
            let tree = grow(state, &reader, hash("hash", &text)?)?;
            match tree.nodes.first() {
                Some(root) if root.message.is_some() || root.now.status != "unknown" => {
                    Ok(Json(tree))
                }
                _ => Err(unknown().or_pruned(&reader)?),
            }
        })
        .await
}

fn grow(state: &ApiState, reader: &Reader, root: HashBytes) -> Result<TreeBody, ApiError> {
    let mut open = std::collections::VecDeque::from([(root, None)]);
    let mut tree = TreeBody {
        nodes: Vec::new(),
        is_settled: true,
        is_cut: false,
    };
    let mut asked = 0;
    while let Some((hash, parent)) = open.pop_front() {
        if tree.nodes.len() >= MAX_NODES {
            tree.is_cut = true;
            break;
        }
        let row = reader.message(&hash)?;
        let ended = row.as_ref().and_then(Whereabouts::of_row);
        let is_known = ended.is_some();
        let now = match ended {
            Some(ended) => ended,
            None if asked < MAX_PLACES => {
                asked += 1;
                whereabouts(state, &hash, row.as_ref())?
            }
            None => Whereabouts::new("unknown"),
        };
        tree.is_settled &= match now.status {
            // the network may be ahead of the index, which does not know the effects yet
            "executed" => is_known,
            status => matches!(status, "left" | "dropped" | "returned"),
        };
        let caused = match row.as_ref().and_then(|row| row.caused.as_ref()) {
            Some(key) => reader.transaction(key)?,
            None => None,
        };
        let index = tree.nodes.len();
        open.extend(children(caused.as_ref(), row.as_ref()).map(|child| (child, Some(index))));
        tree.nodes.push(NodeBody {
            hash: hash.to_string(),
            message: row.as_ref().map(MessageHead::from),
            now,
            caused: caused.as_ref().map(TransactionBody::from),
            parent,
        });
    }
    tree.is_settled &= !tree.is_cut;
    Ok(tree)
}

/// Returns the messages that a message caused: sent by its transaction, or returned.
fn children<'a>(
    caused: Option<&'a TransactionRow>,
    row: Option<&'a MessageRow>,
) -> impl Iterator<Item = HashBytes> + 'a {
    let back = match row.map(|row| row.fate) {
        Some(Fate::Returned { returned_as }) => returned_as,
        _ => None,
    };
    let sent = caused
        .into_iter()
        .flat_map(|caused| caused.out_messages.iter().copied());
    sent.chain(back)
}
