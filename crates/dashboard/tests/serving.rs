//! Responses to browsers: the right media types, the policy, fresh files, and no file under a wrong name.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use tower::ServiceExt;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("headers are text"))
    }
}

async fn ask(method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request can be built");
    let response = ddvs_dashboard::router()
        .oneshot(request)
        .await
        .expect("there is an answer");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("the body is short");
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.to_vec(),
    }
}

async fn get(path: &str) -> Answer {
    ask(Method::GET, path, &[]).await
}

#[tokio::test]
async fn every_page_is_the_document() {
    let paths = [
        "/",
        "/chains",
        "/chain/0",
        "/chain/-1",
        "/block/0/123",
        "/tx/7a8fa5e4",
        "/message/7a8fa5e4",
        "/account/0:7a8fa5e4",
        "/validators",
        "/validator/0:7a8fa5e4",
        "/pools",
        "/pool/0:7a8fa5e4",
        "/batches",
        "/batch/0/12",
        "/evidence",
        "/events",
        "/params",
        "/params/-1",
        "/search?q=12",
    ];
    let document = ddvs_dashboard::find("index.html")
        .expect("there is a document")
        .bytes();
    for path in paths {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(
            answer.header("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
        assert!(answer.body == document, "{path} is another document");
    }
    assert_eq!(
        paths.len(),
        ddvs_dashboard::PAGES.len() + 1,
        "each kind of page is asked for"
    );
}

#[tokio::test]
async fn files_have_their_media_types() {
    for (name, media_type) in [
        ("style.css", "text/css; charset=utf-8"),
        ("theme.js", "text/javascript; charset=utf-8"),
        ("js/main.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ] {
        let answer = get(&format!("/assets/{name}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        assert_eq!(answer.header("content-type"), media_type);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(!answer.body.is_empty());
    }
}

#[tokio::test]
async fn missing_paths_do_not_serve_the_document() {
    for path in [
        "/assets/js/none.js",
        "/assets/index.html",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/Cargo.toml",
        "/assets/",
        "/none",
        "/api/v1/chains",
        "/rpc",
        "/toncenter/v2/getMasterchainInfo",
        "/health",
        "/metrics",
    ] {
        let answer = get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_ne!(
            answer.header("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
    }
    // the API answers calls there
    let answer = ask(Method::POST, "/", &[]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn unknown_path_shows_a_page_to_browsers_only() {
    async fn ask(path: &str, accept: &str, known: Option<&str>) -> (StatusCode, String, Vec<u8>) {
        let nothing = || async { (StatusCode::NOT_FOUND, "nothing here") };
        let router = ddvs_dashboard::router().fallback(nothing);
        let mut request = Request::builder().uri(path).header("accept", accept);
        if let Some(known) = known {
            request = request.header("if-none-match", known);
        }
        let request = request.body(Body::empty()).expect("it can be built");
        let router = ddvs_dashboard::with_missing_page(router);
        let answer = router.oneshot(request).await.expect("there is an answer");
        let etag = answer.headers().get("etag");
        let etag = etag.map_or(String::new(), |etag| {
            etag.to_str().expect("text").to_owned()
        });
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 1 << 20).await;
        (status, etag, body.expect("the body is short").to_vec())
    }
    const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";
    let document = ddvs_dashboard::find("index.html")
        .expect("there is a document")
        .bytes();
    for path in ["/none", "/pool", "/chain/0/", "/chain/0/1/2", "/Pools"] {
        let (status, etag, body) = ask(path, BROWSER, None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(body == document, "{path} is another document");
        let (status, _, body) = ask(path, BROWSER, Some(&etag)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}, known");
        assert!(body == document);
        let (status, _, body) = ask(path, "application/json", None).await;
        assert_eq!(
            (status, body.as_slice()),
            (StatusCode::NOT_FOUND, &b"nothing here"[..])
        );
    }
    for path in [
        "/api/v1/none",
        "/assets/none.js",
        "/rpc/none",
        "/toncenter/v3",
    ] {
        let (status, _, body) = ask(path, BROWSER, None).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(body != document, "{path} is for programs");
    }
    let (status, ..) = ask("/chains", BROWSER, None).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn the_policy_lets_nothing_in_from_elsewhere() {
    for path in ["/", "/chain/0", "/assets/js/main.js"] {
        let answer = get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("script-src 'self';"), "{path}: {policy}");
        assert!(policy.contains("connect-src 'self';"), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(
            policy.contains("require-trusted-types-for 'script'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
    let first = get("/assets/style.css").await;
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with('"'), "{etag}");
    assert_eq!(first.header("cache-control"), "no-cache");
    for known in [
        etag.clone(),
        format!("W/{etag}"),
        format!("\"other\", {etag}"),
    ] {
        let again = ask(
            Method::GET,
            "/assets/style.css",
            &[("if-none-match", &known)],
        )
        .await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{known}");
        assert!(again.body.is_empty());
        assert_eq!(again.header("etag"), etag);
        assert!(!again.header("content-security-policy").is_empty());
    }
    let other = ask(
        Method::GET,
        "/assets/style.css",
        &[("if-none-match", "\"other\"")],
    )
    .await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn a_head_has_no_body() {
    let answer = ask(Method::HEAD, "/", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.is_empty());
}

// In a debug build files come from the source tree as they are.
#[cfg(not(debug_assertions))]
#[tokio::test]
async fn files_are_packed_for_those_who_can_unpack_them() {
    use std::io::Read;
    let plain = get("/assets/style.css").await;
    let packed = ask(
        Method::GET,
        "/assets/style.css",
        &[("accept-encoding", "br, gzip")],
    )
    .await;
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.body.len() < plain.body.len() / 2);
    let mut unpacked = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(packed.body.as_slice());
    decoder.read_to_end(&mut unpacked).expect("it is gzip");
    assert!(unpacked == plain.body);
    let refused = ask(
        Method::GET,
        "/assets/style.css",
        &[("accept-encoding", "gzip;q=0")],
    )
    .await;
    assert_eq!(refused.header("content-encoding"), "");
}
