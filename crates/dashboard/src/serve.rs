//! Responses.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::assets::{Asset, find};

/// Content security policy: load from and connect only to the server of the page. `require-trusted-types-for` makes
/// browsers refuse to make elements out of text, so that no data can become markup.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The document of all pages.
pub(crate) async fn page(headers: HeaderMap) -> Response {
    send(find("index.html"), &headers)
}

/// A file that the document needs.
pub(crate) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    // the document has paths of its own
    send(
        find(&name).filter(|asset| asset.name != "index.html"),
        &headers,
    )
}

pub(crate) fn send(asset: Option<&'static Asset>, headers: &HeaderMap) -> Response {
    let Some((asset, media_type)) = asset.and_then(|asset| Some((asset, asset.media_type()?)))
    else {
        return (StatusCode::NOT_FOUND, "there is no such file\n").into_response();
    };
    let sent = asset.sent();
    let common = [
        // revalidated each time, but only sent if changed: a replaced server is noticed immediately
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::VARY, "accept-encoding"),
    ];
    let etag = [(header::ETAG, sent.etag.clone().into_owned())];
    if has(headers, header::IF_NONE_MATCH, &sent.etag) {
        return (StatusCode::NOT_MODIFIED, common, etag).into_response();
    }
    let packed = sent
        .gzip
        .filter(|_| has(headers, header::ACCEPT_ENCODING, "gzip"));
    let kind = [(header::CONTENT_TYPE, media_type)];
    match packed {
        Some(packed) => {
            let encoding = [(header::CONTENT_ENCODING, "gzip")];
            (common, etag, kind, encoding, body(packed)).into_response()
        }
        None => (common, etag, kind, body(sent.bytes)).into_response(),
    }
}

fn body(bytes: Cow<'static, [u8]>) -> Body {
    match bytes {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

/// Whether a header with a list contains a value.
fn has(headers: &HeaderMap, name: header::HeaderName, value: &str) -> bool {
    let lists = headers
        .get_all(name)
        .into_iter()
        .filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().unwrap_or_default();
        let is_refused = parts.any(|part| part == "q=0");
        !is_refused && (named.strip_prefix("W/").unwrap_or(named) == value)
    })
}
