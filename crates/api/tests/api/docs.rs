//! docs/api.md is correct.

use ddvs_index::rows::EventKind;

use crate::story::shared;

const DOCUMENT: &str = include_str!("../../../../docs/api.md");

/// Splits a command line into words, without quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut quote, mut escaped) = (None, false);
    for c in line.chars() {
        match (c, quote) {
            (c, _) if escaped => {
                words.last_mut().unwrap().push(c);
                escaped = false;
            }
            ('\\', Some('"')) => escaped = true,
            (c, Some(q)) if c == q => quote = None,
            ('\'' | '"', None) => quote = Some(c),
            (' ', None) => words.push(String::new()),
            (c, _) => words.last_mut().unwrap().push(c),
        }
    }
    words
}

#[test]
fn every_example_gives_an_answer() {
    let story = shared();
    let mut count = 0;
    for line in DOCUMENT.lines().filter(|line| line.starts_with("curl ")) {
        let line = line.replace("$POOL", &story.root.to_string());
        let words = words(&line);
        let url = words
            .iter()
            .find_map(|word| word.strip_prefix("http://127.0.0.1:8080"))
            .unwrap();
        let body = words
            .iter()
            .position(|word| word == "-d")
            .map(|at| &words[at + 1]);
        let http = &story.server.http;
        count += 1;
        if url.contains("/stream") {
            assert_eq!(http.open(url, &[]).0, 200, "{line}");
            continue;
        }
        let answer = match body {
            Some(body) => http.post_raw(url, body.as_bytes()),
            None => http.get(url),
        };
        let told = answer.ok();
        assert!(told.get("error").is_none(), "{line}: {told}");
    }
    assert!(count >= 10, "{count}");
}

#[test]
fn every_path_method_and_kind_is_named() {
    let story = shared();
    let document = story.server.http.get("/api/v1/openapi.json").ok();
    for path in document["paths"].as_object().unwrap().keys() {
        let short = path.strip_prefix("/api/v1").unwrap();
        let is_named = DOCUMENT.lines().any(|line| {
            line.starts_with('|')
                && line.split('`').any(|word| {
                    let word = word.split('?').next().unwrap();
                    word == path || word == short || (word.len() > 3 && short.ends_with(word))
                })
        });
        assert!(is_named, "docs/api.md does not name {path}");
    }
    let can = story
        .server
        .http
        .rpc("getCapabilities", serde_json::json!({}));
    for method in can.as_array().unwrap() {
        assert!(
            DOCUMENT.contains(&format!("`{}`", method.as_str().unwrap())),
            "{method}"
        );
    }
    for method in crate::nonsense::TON {
        assert!(
            method == "nothing" || DOCUMENT.contains(&format!("`{method}`")),
            "{method}"
        );
    }
    for kind in EventKind::all() {
        assert!(
            DOCUMENT.contains(&format!("`{}`", kind.name())),
            "{}",
            kind.name()
        );
    }
}
