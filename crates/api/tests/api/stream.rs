//! Streams of events, resumed where they ended.

use std::io::{BufRead, BufReader, Read};

use ddvs_client::{DePoolRoot, DePoolWallet};
use serde_json::Value;

use crate::server::COIN;
use crate::story::{follow, fund, shared, wallet_of};

/// An event as it came.
#[derive(Debug)]
struct Told {
    id: Option<u64>,
    kind: String,
    data: Value,
}

/// Reads the next event; comments are passed over.
fn next(lines: &mut impl BufRead) -> Told {
    let (mut id, mut kind, mut data) = (None, String::new(), Value::Null);
    loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "the stream ended");
        match line.trim_end().split_once(':') {
            None if !kind.is_empty() => return Told { id, kind, data },
            None => {}
            Some(("id", value)) => {
                id = Some(value.trim().split('-').next().unwrap().parse().unwrap());
            }
            Some(("event", value)) => kind = value.trim().to_owned(),
            Some(("data", value)) => data = serde_json::from_str(value).unwrap(),
            Some(_) => {}
        }
    }
}

fn open(query: &str, headers: &[(&str, &str)]) -> BufReader<impl Read + use<>> {
    let path = format!("/api/v1/events/stream{query}");
    let (status, body) = shared().server.http.open(&path, headers);
    assert_eq!(status, 200);
    BufReader::new(body)
}

#[test]
fn stream_begins_at_a_given_event_and_equals_the_pages() {
    let http = &shared().server.http;
    let mut all = open("?after=0", &[]);
    let first: Vec<_> = (0..12).map(|_| next(&mut all)).collect();
    let ids: Vec<_> = first.iter().map(|event| event.id.unwrap()).collect();
    assert_eq!(ids, (1..=12).collect::<Vec<_>>());
    let page = http.get("/api/v1/events?after=0&limit=12").ok();
    for (event, listed) in first.iter().zip(page["items"].as_array().unwrap()) {
        assert_eq!(&event.data, listed);
        assert_eq!(event.kind, listed["kind"].as_str().unwrap());
    }
    // the header of a reconnecting client takes precedence over its first query
    let mut resumed = open("?after=0", &[("Last-Event-ID", "5")]);
    for expected in &first[5..] {
        let event = next(&mut resumed);
        assert_eq!((event.id, &event.data), (expected.id, &expected.data));
    }
}

#[test]
fn events_are_streamed_as_they_happen() {
    let story = shared();
    let server = &story.server;
    let mut network = server.connect();
    let user = wallet_of(61, 1);
    fund(server, &mut network, &user, 500);
    let net = server.running.index.identity().network.clone();
    let wallet = DePoolWallet::new(&net, 1, user.address()).unwrap();
    let root = DePoolRoot::fetch(&network, &net, &story.other_root).unwrap();
    let address = user.address().to_string();
    let mut own = open(&format!("?account={address}"), &[]);
    let mut locks = open("?kinds=lock,%20stake_rejected&chain=1", &[]);
    let mut heads = open("?heads=true", &[]);
    let value = wallet.change_value(&network).unwrap();
    follow(&mut network, &user, &[wallet.deposit(200 * COIN).unwrap()]);
    follow(
        &mut network,
        &user,
        &[wallet.stake(&root, 50 * COIN, value, 1).unwrap()],
    );
    let mut kinds = Vec::new();
    while !kinds.contains(&"lock".to_owned()) {
        let event = next(&mut own);
        assert!(event.data.to_string().contains(&address), "{event:?}");
        kinds.push(event.kind);
    }
    assert!(
        kinds.starts_with(&["wallet_opened".to_owned(), "stake".to_owned()]),
        "{kinds:?}"
    );
    let lock = next(&mut locks);
    assert_eq!(
        (lock.kind.as_str(), &lock.data["at"]["chain"]),
        ("lock", &1.into())
    );
    assert_eq!(lock.data["amount_nano"], (50 * COIN).to_string());
    assert_eq!(lock.data["root"], story.other_root.to_string());
    let mut seen = std::collections::BTreeMap::new();
    while seen.len() < 3 {
        let event = next(&mut heads);
        if event.kind == "head" {
            assert_eq!(event.id, None);
            let at = &event.data["at"];
            seen.insert(at["chain"].as_i64().unwrap(), at["block"].as_u64().unwrap());
        }
    }
}

#[test]
fn a_page_can_be_filtered_like_a_stream() {
    let story = shared();
    let http = &story.server.http;
    let owner = story.user.address().to_string();
    let page = http
        .get(&format!(
            "/api/v1/events?account={owner}&kinds=lock,stake&after=0"
        ))
        .ok();
    let kinds: Vec<_> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["kind"].clone())
        .collect();
    assert_eq!(&kinds[..2], ["stake", "lock"]);
    let mut path = format!("/api/v1/events?account={owner}&limit=1");
    let mut walked = Vec::new();
    while let Some(page) = Some(http.get(&path).ok()) {
        let items = page["items"].as_array().unwrap();
        walked.extend(items.iter().map(|event| event["id"].as_u64().unwrap()));
        match page["next"].as_str() {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    assert!(
        walked.len() >= 3 && walked.is_sorted_by(|a, b| a > b),
        "{walked:?}"
    );
}

#[test]
fn invalid_stream_requests_are_refused() {
    let http = &shared().server.http;
    for query in [
        "?kinds=nonsense",
        "?chain=300",
        "?account=x",
        "?after=-1",
        "?nothing=1",
    ] {
        let answer = http.get(&format!("/api/v1/events/stream{query}"));
        assert_eq!(answer.status, 400, "{query}: {}", answer.text);
        assert!(
            !answer.json()["error"]["advice"]
                .as_str()
                .unwrap()
                .is_empty()
        );
    }
    let answer = http.get_with("/api/v1/events/stream", &[("Last-Event-ID", "x")]);
    assert_eq!(answer.status, 400);
}

#[test]
fn stream_resumed_after_an_unknown_event_begins_anew() {
    let server = &shared().server;
    let far = "9000000000000";
    for (query, headers) in [
        ("", vec![("Last-Event-ID", far)]),
        ("?after=9000000000000", vec![]),
    ] {
        let mut stream = open(query, &headers);
        let told = next(&mut stream);
        assert_eq!((told.kind.as_str(), told.id), ("begin_anew", Some(0)));
        assert_eq!(told.data["asked"], 9_000_000_000_000u64);
        assert!(told.data["last"].as_u64().unwrap() > 0);
        let ids: Vec<_> = (0..3).map(|_| next(&mut stream).id).collect();
        assert_eq!(ids, [Some(1), Some(2), Some(3)]);
    }
    // so is one with the same number of another event: a rebuilt index has them all again
    let history = server.http.get("/api/v1/network").ok()["history"].clone();
    let own = format!("2-{}", history.as_str().unwrap());
    let other = format!("2-{}", "1f".repeat(8));
    for (id, is_anew, number) in [(own.as_str(), false, 3), (&other, true, 0)] {
        let mut stream = open("", &[("Last-Event-ID", id)]);
        let told = next(&mut stream);
        assert_eq!(told.id, Some(number));
        assert_eq!(told.kind == "begin_anew", is_anew, "{told:?}");
        let second = next(&mut stream);
        assert_eq!(second.id, Some(number + 1));
    }
    // a page reports it too, instead of being empty forever
    let page = server.http.get("/api/v1/events?after=9000000000000");
    assert_eq!(
        (page.status, &page.json()["error"]["code"]),
        (404, &"not_found".into())
    );
    // at the end is not beyond it
    let last = server.http.get("/api/v1/events?limit=1").ok()["items"][0]["id"].clone();
    let page = server.http.get(&format!("/api/v1/events?after={last}"));
    assert_eq!(page.status, 200, "{}", page.text);
}
