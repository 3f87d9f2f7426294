//! What a node offers to other nodes and its operator over HTTP.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use ddvs_types::ChainId;
use serde::Deserialize;
use tokio::task::spawn_blocking;
use tycho_types::boc::Boc;

use crate::admit::{Admission, AdmitError};
use crate::peer::{FORWARDED, MAX_WAIT, SentBlock};
use crate::record::NodeRecord;
use crate::status::Status;

/// Most bytes of a request: an external message has at most 64 KiB.
const MAX_REQUEST: usize = 128 << 10;
/// Most blocks in an answer, and most bytes of them.
const MAX_BLOCKS: u64 = 256;
const MAX_BYTES: usize = 16 << 20;

/// Returns the routes.
pub fn router(admission: Arc<Admission>) -> Router {
    Router::new()
        .route("/node/v1/status", get(status))
        .route("/node/v1/records", get(records).post(tell))
        .route("/node/v1/chains/{chain}/blocks", get(blocks))
        .route(
            "/node/v1/chains/{chain}/externals",
            axum::routing::post(external),
        )
        .route("/node/v1/chains/{chain}/blocks/{height}/proof", get(proof))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(admission)
}

type Shared = State<Arc<Admission>>;

fn problem(status: StatusCode, error: impl std::fmt::Display) -> Response {
    let error = serde_json::json!({ "error": error.to_string() });
    (status, Json(error)).into_response()
}

fn encoded<T: serde::Serialize>(value: &T) -> Response {
    match postcard::to_stdvec(value) {
        Ok(bytes) => bytes.into_response(),
        Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, error),
    }
}

async fn status(State(node): Shared) -> Json<Status> {
    Json(Status::of(&node))
}

async fn records(State(node): Shared) -> Response {
    encoded(&node.records.all())
}

async fn tell(State(node): Shared, Json(record): Json<NodeRecord>) -> Response {
    match node.take_record(record) {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => problem(StatusCode::BAD_REQUEST, refusal),
    }
}

#[derive(Deserialize)]
struct From {
    from: u64,
    #[serde(default)]
    wait_ms: u64,
}

async fn blocks(
    State(node): Shared,
    Path(chain): Path<ChainId>,
    Query(From { from, wait_ms }): Query<From>,
) -> Response {
    let Some(mut height) = node.chains.height(chain) else {
        return problem(StatusCode::NOT_FOUND, format!("there is no chain {chain}"));
    };
    let wait = Duration::from_millis(wait_ms).min(MAX_WAIT);
    // without a block in time the answer is empty
    let _ = tokio::time::timeout(wait, height.wait_for(|now| *now >= from)).await;
    let read = spawn_blocking(move || {
        let mut found = Vec::new();
        let mut bytes = 0;
        for height in from..from.saturating_add(MAX_BLOCKS) {
            let Some((block, certified)) = node.chains.store().block(chain, height)? else {
                break;
            };
            bytes += block.len();
            if let Ok(certified) = certified.encode() {
                found.push(SentBlock { block, certified });
            }
            if bytes > MAX_BYTES {
                break;
            }
        }
        Ok::<_, crate::store::StoreError>(found)
    });
    match read.await {
        Ok(Ok(found)) => encoded(&found),
        Ok(Err(error)) => problem(StatusCode::INTERNAL_SERVER_ERROR, error),
        Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, error),
    }
}

async fn external(
    State(node): Shared,
    Path(chain): Path<ChainId>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(message) = Boc::decode(&body) else {
        return problem(StatusCode::BAD_REQUEST, "the body is not a bag of cells");
    };
    let is_forwarded = headers.contains_key(FORWARDED);
    let admitted = spawn_blocking(move || node.admit(chain, message, is_forwarded));
    match admitted.await {
        Ok(Ok(hash)) => Json(serde_json::json!({ "hash": hash.to_string() })).into_response(),
        Ok(Err(error)) => {
            let status = match &error {
                AdmitError::NoSuchChain(_) => StatusCode::NOT_FOUND,
                AdmitError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
                AdmitError::Mempool(_) => StatusCode::SERVICE_UNAVAILABLE,
                AdmitError::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            problem(status, error)
        }
        Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, error),
    }
}

async fn proof(State(node): Shared, Path((chain, height)): Path<(ChainId, u64)>) -> Response {
    let read = spawn_blocking(move || node.chains.store().header(chain, height));
    let certified = match read.await {
        Ok(Ok(Some(certified))) => certified,
        Ok(Ok(None)) => {
            let missing = format!("chain {chain} has no block {height} here");
            return problem(StatusCode::NOT_FOUND, missing);
        }
        Ok(Err(error)) => return problem(StatusCode::INTERNAL_SERVER_ERROR, error),
        Err(error) => return problem(StatusCode::INTERNAL_SERVER_ERROR, error),
    };
    let signatures = certified.certificate.signatures.iter();
    let signatures = signatures.map(|commit| {
        serde_json::json!({
            "key": commit.key.to_string(),
            "signature": hex::encode(commit.signature),
        })
    });
    Json(serde_json::json!({
        "chain": chain,
        "height": height,
        "hash": certified.header.repr_hash().to_string(),
        "header": Boc::encode_base64(&certified.header),
        "round": certified.certificate.round,
        "signatures": signatures.collect::<Vec<_>>(),
    }))
    .into_response()
}
