//! Our own API matches its document and the network.

mod agreement;
mod chains;
mod document;
mod messages;
mod news;
mod search;
mod stakes;

use serde_json::{Value, json};

use crate::story::{Story, shared};

fn get(story: &Story, path: &str) -> Value {
    story.server.http.get(path).ok()
}

/// All items of a list, page by page.
fn walk(story: &Story, path: &str) -> Vec<Value> {
    let mut next = Some(path.to_owned());
    let mut items = Vec::new();
    while let Some(path) = next {
        let page = get(story, &path);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        next = page["next"].as_str().map(ToOwned::to_owned);
    }
    items
}

#[test]
fn search_finds_addresses_hashes_and_heights() {
    let story = shared();
    let stake = story.stake.root().transaction().unwrap();
    let friendly = story.root.display_base64_url(true).to_string();
    let asked = [
        (story.root.to_string(), "pool"),
        (friendly, "pool"),
        (story.wallet.to_string(), "wallet"),
        (story.user.address().to_string(), "account"),
        (stake.hash.to_string(), "transaction"),
        (story.stake.root().hash.to_string(), "message"),
        (story.removed.0.to_string(), "key"),
        (format!("0/{}", stake.block_seqno), "block"),
    ];
    for (text, kind) in asked {
        let found = get(story, &format!("/api/v1/search?q={text}"));
        assert_eq!(found["hits"][0]["kind"], kind, "{text}: {found}");
    }
    let found = get(story, &format!("/api/v1/search?q={}", stake.block_seqno));
    let hits = found["hits"].as_array().unwrap();
    let blocks = hits.iter().filter(|hit| hit["kind"] == "block");
    assert_eq!(blocks.count(), 3, "a block on each chain");
    assert_eq!(get(story, "/api/v1/search?q=nonsense"), json!({"hits": []}));
}

#[test]
fn health_and_metrics_are_served() {
    let story = shared();
    assert_eq!(story.server.http.get("/health").text, "ok\n");
    story.server.http.get("/api/v1/chains/0");
    let metrics = story.server.http.get("/metrics");
    assert!(
        metrics
            .header("content-type")
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    for line in [
        "ddvs_http_answers_total{path=\"/api/v1/chains/{chain}\",status=\"200\"}",
        "ddvs_chain_height{chain=\"-1\"}",
        "ddvs_http_answer_seconds_bucket{",
        "# EOF",
    ] {
        assert!(
            metrics.text.contains(line),
            "{line} is not in {}",
            metrics.text
        );
    }
}

#[test]
fn missing_objects_are_reported_in_the_apis_own_format() {
    let story = shared();
    let user = story.user.address();
    let missing = [
        format!("/api/v1/pools/{user}"),
        format!("/api/v1/wallets/{user}"),
        format!("/api/v1/transactions/{}", "2".repeat(64)),
        "/api/v1/chains/0/blocks/4000000000".to_owned(),
        "/api/v1/batches/0/4000000000".to_owned(),
        "/api/v1/chains/77".to_owned(),
        "/api/v1/nothing".to_owned(),
        "/nothing".to_owned(),
    ];
    for path in missing {
        let answer = story.server.http.get(&path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "not_found");
        assert!(
            error["advice"].as_str().unwrap().ends_with('.'),
            "{path}: {error}"
        );
    }
    let odd = [
        "/api/v1/chains/300",
        "/api/v1/chains/x",
        "/api/v1/pools/x",
        "/api/v1/messages/12",
        "/api/v1/batches?before=3",
        "/api/v1/evidence?before_lt=3",
        "/api/v1/events?after=1&before=2",
        "/api/v1/pools?after_nano=x",
        "/api/v1/chains/0/blocks?limit=0",
        "/api/v1/chains/0/blocks?limit=x",
    ];
    for path in odd {
        let answer = story.server.http.get(path);
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
        assert!(answer.json()["error"]["message"].is_string());
    }
    let answer = story.server.http.delete("/api/v1/chains");
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (405, &json!("wrong_method"))
    );
}

#[test]
fn pages_of_any_web_origin_may_read() {
    let story = shared();
    let answer = story
        .server
        .http
        .get_with("/api/v1/chains", &[("Origin", "https://example.org")]);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}
