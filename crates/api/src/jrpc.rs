//! JSON-RPC as served by Tycho nodes, so that Everscale clients work too.
//!
//! Differences that a client may notice: `sendMessage` refuses messages that the contract would not accept, whereas a node
//! drops them silently; a block has no file, so both hashes of its id are equal; there are no proofs.

mod key_block;
mod methods;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::error::ApiError;
use crate::params::Params;
use crate::state::ApiState;
use crate::toncenter::read_body;

const INTERNAL: i32 = -32000;
const NOT_READY: i32 = -32001;
const NOT_SUPPORTED: i32 = -32002;
const INVALID_BOC: i32 = -32003;
const TOO_LARGE_LIMIT: i32 = -32004;
const TIMEOUT: i32 = -32005;
const PARSE: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;
const NO_METHOD: i32 = -32601;
const INVALID_PARAMS: i32 = -32602;

/// Answers a call.
pub(crate) async fn call(
    State(state): State<ApiState>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = read_body(&state, body)?;
    let request: Value = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(cause) => return Ok(failure(&Value::Null, PARSE, &cause.to_string())),
    };
    let id = request["id"].clone();
    if request["jsonrpc"] != "2.0" || !id.is_i64() {
        let words = "send {\"jsonrpc\": \"2.0\", \"id\": NUMBER, \"method\", \"params\"}";
        return Ok(failure(&id, INVALID_REQUEST, words));
    }
    let Some(method) = request["method"].as_str() else {
        return Ok(failure(&id, INVALID_REQUEST, "the method is missing"));
    };
    let result = match (
        methods::find(method),
        Params::from_value(request["params"].clone()),
    ) {
        (None, _) => Err(ApiError::no_method(method)),
        (_, Err(error)) => Err(error),
        (Some(call), Ok(params)) => state.work(move |state| call(state, &params)).await,
    };
    Ok(match result {
        Ok(result) => Json(json!({"jsonrpc": "2.0", "id": id, "result": result})).into_response(),
        Err(error) => Json(error_body(Some(id), &error)).into_response(),
    })
}

fn failure(id: &Value, code: i32, message: &str) -> Response {
    let error = json!({"code": code, "message": message});
    Json(json!({"jsonrpc": "2.0", "id": id, "error": error})).into_response()
}

/// Formats an error as JSON-RPC.
pub(crate) fn error_body(id: Option<Value>, error: &ApiError) -> Value {
    let code = match error.code {
        "bad_request" => INVALID_PARAMS,
        "no_method" => NO_METHOD,
        "not_known" => NOT_SUPPORTED,
        "page_too_large" => TOO_LARGE_LIMIT,
        "refused" => INVALID_BOC,
        "not_ready" | "busy" | "too_many" => NOT_READY,
        "timeout" => TIMEOUT,
        _ => INTERNAL,
    };
    json!({
        "jsonrpc": "2.0",
        "id": id.unwrap_or(Value::Null),
        "error": {"code": code, "message": error.line()},
    })
}
