//! toncenter v2: REST and JSON-RPC, the same methods in both.

mod accounts;
mod addresses;
mod blocks;
mod config;
mod getter;
mod send;
mod transactions;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::client_ip::Caller;
use crate::error::ApiError;
use crate::getters::Watch;
use crate::params::Params;
use crate::state::ApiState;

type Answer = Result<Value, ApiError>;

/// A method: its name and its function.
type Method = (&'static str, fn(&ApiState, &Params) -> Answer);

const METHODS: &[Method] = &[
    ("getMasterchainInfo", blocks::masterchain_info),
    ("getConsensusBlock", blocks::consensus_block),
    ("shards", blocks::shards),
    ("getShards", blocks::shards),
    ("lookupBlock", blocks::lookup),
    ("getBlockHeader", blocks::header),
    ("getBlockTransactions", blocks::transactions),
    ("getBlockTransactionsExt", blocks::transactions_ext),
    ("getAddressInformation", accounts::information),
    ("getExtendedAddressInformation", accounts::extended),
    ("getWalletInformation", accounts::wallet),
    ("getAddressBalance", accounts::balance),
    ("getAddressState", accounts::state),
    ("getTransactions", transactions::list),
    ("tryLocateTx", transactions::locate_result),
    ("tryLocateResultTx", transactions::locate_result),
    ("tryLocateSourceTx", transactions::locate_source),
    ("sendBoc", send::send),
    ("sendBocReturnHash", send::send_return_hash),
    ("getConfigParam", config::param),
    ("getConfigAll", config::all),
    ("packAddress", addresses::pack),
    ("unpackAddress", addresses::unpack),
    ("detectAddress", addresses::detect),
];

/// The rest of a computation after all inputs are read.
type Computation = Box<dyn FnOnce(&mut Watch<'_>) -> Answer + Send>;

/// A computing method: its name, and the function that reads its inputs.
type Computing = (
    &'static str,
    fn(&ApiState, &Params) -> Result<Computation, ApiError>,
);

/// Methods that run code which a caller may have written.
const COMPUTING: &[Computing] = &[
    ("runGetMethod", getter::run),
    ("runGetMethodStd", getter::run_std),
    ("estimateFee", send::estimate),
];

/// All routes.
pub(crate) fn routes() -> Router<ApiState> {
    Router::new()
        .route("/jsonRPC", post(json_rpc))
        .route("/{method}", get(rest_get).post(rest_post))
}

async fn answer(state: &ApiState, method: &str, params: Params) -> Answer {
    if let Some(&(_, prepare)) = COMPUTING.iter().find(|(name, _)| *name == method) {
        let place = state.getters().place(Caller::asking().0).await?;
        let computation = state.work(move |state| prepare(state, &params)).await?;
        return state.getters().compute(place, computation).await;
    }
    let known = METHODS.iter().find(|(name, _)| *name == method);
    let &(_, call) = known.ok_or_else(|| ApiError::no_method(method))?;
    state.work(move |state| call(state, &params)).await
}

async fn rest_get(
    State(state): State<ApiState>,
    Path(method): Path<String>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(pairs) = query.map_err(|rejection| {
        ApiError::bad_request(rejection.body_text(), "Send arguments as name=value pairs.")
    })?;
    let result = answer(&state, &method, Params::from_pairs(pairs)).await?;
    Ok(Json(json!({"ok": true, "result": result})).into_response())
}

async fn rest_post(
    State(state): State<ApiState>,
    Path(method): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = read_body(&state, body)?;
    let value = if body.is_empty() {
        Value::Null
    } else {
        read_json(&body)?
    };
    let result = answer(&state, &method, Params::from_value(value)?).await?;
    Ok(Json(json!({"ok": true, "result": result})).into_response())
}

async fn json_rpc(
    State(state): State<ApiState>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = read_body(&state, body)?;
    let request: Value = read_json(&body)?;
    let id = request["id"].clone();
    let result = match request["method"].as_str() {
        Some(method) => match Params::from_value(request["params"].clone()) {
            Ok(params) => answer(&state, method, params).await,
            Err(error) => Err(error),
        },
        None => Err(ApiError::bad_request(
            "the request has no method",
            "Send {\"id\", \"jsonrpc\": \"2.0\", \"method\", \"params\"}.",
        )),
    };
    let (status, body) = match result {
        Ok(result) => (
            StatusCode::OK,
            json!({"ok": true, "result": result, "id": id, "jsonrpc": "2.0"}),
        ),
        Err(error) => (
            error.status,
            json!({"ok": false, "error": error.line(), "code": error.status.as_u16(), "id": id, "jsonrpc": "2.0"}),
        ),
    };
    Ok((status, Json(body)).into_response())
}

/// Reads a request's body, if it is not too large.
pub(crate) fn read_body(
    state: &ApiState,
    body: Result<Bytes, BytesRejection>,
) -> Result<Bytes, ApiError> {
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(state.settings().max_body_bytes),
        _ => ApiError::bad_request(rejection.body_text(), "Send the body again, whole."),
    })
}

fn read_json(body: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(body).map_err(|cause| {
        ApiError::bad_request(
            format!("the body is not JSON: {cause}"),
            "Send a JSON object.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_method_is_there_twice() {
        let reading = METHODS.iter().map(|(name, _)| *name);
        let computing = COMPUTING.iter().map(|(name, _)| *name);
        let mut names: Vec<_> = reading.chain(computing).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
