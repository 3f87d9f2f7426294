//! A page for paths at which there is none.

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;

use crate::assets::find;
use crate::serve::send;

/// First parts of paths whose answers are for programs.
const FOR_PROGRAMS: [&str; 6] = ["api", "assets", "health", "metrics", "rpc", "toncenter"];

/// Has whoever asks for a page where there is nothing get the document, which says so and where to go on; the status stays 404.
/// Programs, and paths of the API, get what `router` answers.
pub fn with_missing_page(router: Router) -> Router {
    router.layer(from_fn(page))
}

async fn page(request: Request, next: Next) -> Response {
    let is_for_page = is_for_page(&request);
    // sent whole each time: a known document would answer 304 in place of 404
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
