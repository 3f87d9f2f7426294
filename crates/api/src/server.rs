//! All routes, and their middleware.

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;

use crate::error::ApiError;
use crate::rate::RateLimit;
use crate::state::ApiState;
use crate::{jrpc, layers, rate, toncenter, v1};

/// Returns all routes with all limits. `pages` are served beside them, such as a dashboard at `/`.
///
/// Must be called inside a tokio runtime, in which a task forgets silent callers.
pub fn router(state: ApiState, pages: Router) -> Router {
    let routes = Router::new()
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .route("/rpc", post(jrpc::call))
        .route("/", post(jrpc::call))
        .nest("/toncenter/v2", toncenter::routes())
        .merge(v1::routes())
        .with_state(state.clone())
        .merge(pages)
        .fallback(nothing)
        .method_not_allowed_fallback(wrong_method);
    let limited = limit_rate(routes, &state)
        .layer(DefaultBodyLimit::max(state.settings().max_body_bytes))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            layers::in_time,
        ))
        .layer(CatchPanicLayer::custom(layers::caught));
    limited
        .layer(layers::cors(&state.settings().cors_origins))
        .layer(middleware::from_fn(layers::tell_errors))
        // faults are logged where they occur; that a network does not provide something is not a fault
        .layer(TraceLayer::new_for_http().on_failure(()))
}

fn limit_rate(routes: Router, state: &ApiState) -> Router {
    // inside the limit, so that routes are known by then
    let routes = routes.route_layer(middleware::from_fn_with_state(
        state.clone(),
        layers::measure,
    ));
    match RateLimit::start(state.settings()) {
        Some(limit) => routes.layer(middleware::from_fn_with_state(limit, rate::limited)),
        None => routes,
    }
}

/// Whether the network makes progress: 200, or 503 with the reason.
async fn health(State(state): State<ApiState>) -> Response {
    let feed = state.feed();
    let why = feed.failure().or_else(|| feed.trouble());
    match why.or_else(|| feed.standstill()) {
        None => (StatusCode::OK, "ok\n").into_response(),
        Some(failure) => (StatusCode::SERVICE_UNAVAILABLE, failure + "\n").into_response(),
    }
}

async fn metrics(State(state): State<ApiState>) -> Result<Response, ApiError> {
    let text = state.metrics().text().map_err(ApiError::internal)?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

async fn wrong_method(method: Method) -> ApiError {
    ApiError::wrong_method(method.as_str())
}

async fn nothing() -> ApiError {
    ApiError::not_found(
        "there is nothing at this path",
        "`/api/v1/docs` shows the API, docs/api.md describes all of it.",
    )
}
