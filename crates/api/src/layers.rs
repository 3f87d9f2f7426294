//! Middleware of every request.

use std::any::Any;
use std::time::Instant;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::client_ip::Caller;
use crate::error::ApiError;
use crate::state::ApiState;

/// Counts and times answers, by route.
pub(crate) async fn measure(
    State(state): State<ApiState>,
    request: Request,
    next: Next,
) -> Response {
    let begin = Instant::now();
    let path = match request.extensions().get::<MatchedPath>() {
        Some(path) => path.as_str().to_owned(),
        None => "other".to_owned(),
    };
    let response = next.run(request).await;
    let status = response.status().as_u16();
    state.metrics().answered(&path, status, begin.elapsed());
    response
}

/// Stops what takes too long. A stream counts as answered once it has begun.
pub(crate) async fn in_time(
    State(state): State<ApiState>,
    request: Request,
    next: Next,
) -> Response {
    let limit = state.settings().timeout;
    let caller = Caller::of(&request, &state);
    let answer = caller.answered(next.run(request));
    match tokio::time::timeout(limit, answer).await {
        Ok(response) => response,
        Err(_) => ApiError::timeout(limit.as_secs()).into_response(),
    }
}

/// Formats errors in the dialect of the path.
pub(crate) async fn tell_errors(request: Request, next: Next) -> Response {
    let dialect = Dialect::of(&request);
    told(dialect, next.run(request).await)
}

/// Refuses a request before it reaches any route, in the dialect of its path.
pub(crate) fn refused(request: &Request, error: ApiError) -> Response {
    told(Dialect::of(request), error.into_response())
}

fn told(dialect: Dialect, mut response: Response) -> Response {
    let Some(error) = response.extensions_mut().remove::<ApiError>() else {
        return response;
    };
    let body = match dialect {
        Dialect::Own => return response,
        Dialect::Toncenter => {
            json!({"ok": false, "error": error.line(), "code": error.status.as_u16()})
        }
        Dialect::Jrpc => crate::jrpc::error_body(None, &error),
    };
    let (parts, _) = response.into_parts();
    let mut told = (error.status, Json(body)).into_response();
    for (name, value) in &parts.headers {
        if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH {
            told.headers_mut().insert(name, value.clone());
        }
    }
    told
}

enum Dialect {
    Own,
    Toncenter,
    Jrpc,
}

impl Dialect {
    fn of(request: &Request) -> Self {
        let path = request.uri().path();
        match path {
            "/rpc" => Self::Jrpc,
            "/" if request.method() == Method::POST => Self::Jrpc,
            _ if path.starts_with("/toncenter/") => Self::Toncenter,
            _ => Self::Own,
        }
    }
}

/// Catches panics: a defect of the server ends one answer, not the server.
pub(crate) fn caught(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic");
    ApiError::internal(text).into_response()
}

/// Returns the origins whose pages may call the API.
pub(crate) fn cors(origins: &[String]) -> CorsLayer {
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::CONTENT_TYPE,
            header::HeaderName::from_static("x-api-key"),
            header::HeaderName::from_static("x-ton-client-version"),
            header::HeaderName::from_static("last-event-id"),
        ]);
    if origins.iter().any(|origin| origin == "*") {
        return layer.allow_origin(AllowOrigin::any());
    }
    let origins = origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok());
    layer.allow_origin(AllowOrigin::list(origins))
}
