//! The page for unknown paths.

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;

use crate::assets::find;
use crate::serve::send;

/// First segments of paths whose answers are for programs.
const FOR_PROGRAMS: [&str; 6] = ["api", "assets", "health", "metrics", "rpc", "toncenter"];

/// Answers a browser's request for an unknown page with the document, which says so and links to others; the status
/// stays 404. Programs, and paths of the API, get the answer of `router`.
pub fn with_missing_page(router: Router) -> Router {
    router.layer(from_fn(page))
}

async fn page(request: Request, next: Next) -> Response {
    let is_for_page = is_for_page(&request);
    // sent completely each time: a cached document would answer 304 instead of 404
    let mut headers = request.headers().clone();
    headers.remove(header::IF_NONE_MATCH);
    let answer = next.run(request).await;
    if !is_for_page || answer.status() != StatusCode::NOT_FOUND {
        return answer;
    }
    let mut page = send(find("index.html"), &headers);
    *page.status_mut() = StatusCode::NOT_FOUND;
    page
}

/// Whether a person follows a link, or types a path.
fn is_for_page(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT);
    let accepts = accepts.and_then(|accepts| accepts.to_str().ok());
    let first = request.uri().path().split('/').nth(1).unwrap_or_default();
    [Method::GET, Method::HEAD].contains(request.method())
        && accepts.is_some_and(|accepts| accepts.contains("text/html"))
        && !FOR_PROGRAMS.contains(&first)
}
