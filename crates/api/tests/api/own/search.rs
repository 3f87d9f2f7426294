//! The search accepts values as pages and commands display them.

use serde_json::{Value, json};

use super::{get, walk};
use crate::story::{Story, shared};

fn search(story: &Story, text: &str) -> Vec<Value> {
    let mut asked = String::new();
    for byte in text.bytes() {
        asked.push_str(&format!("%{byte:02x}"));
    }
    let found = get(story, &format!("/api/v1/search?q={asked}"));
    found["hits"].as_array().unwrap().clone()
}

/// Whether `text` finds a thing of this kind.
fn finds(story: &Story, text: &str, kind: &str, id: &str) {
    let hits = search(story, text);
    let is = |hit: &Value| hit["kind"] == kind && hit["id"] == id;
    assert!(hits.iter().any(is), "{text} finds no {kind} {id}: {hits:?}");
}

/// As pages shorten: the first and last digits of an address' or hash's own part.
fn short(text: &str, head: usize, tail: usize) -> String {
    let at = text.find(':').map_or(0, |colon| colon + 1);
    format!(
        "{}\u{2026}{}",
        &text[..at + head],
        &text[text.len() - tail..]
    )
}

#[test]
fn shortened_hashes_are_found() {
    let story = shared();
    let stake = story.stake.root().transaction().unwrap();
    let (root, wallet) = (story.root.to_string(), story.wallet.to_string());
    let key = story.removed.0.to_string();
    let (transaction, message) = (stake.hash.to_string(), story.stake.root().hash.to_string());
    let block = get(story, "/api/v1/chains/0/blocks/3")["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let batch = walk(story, "/api/v1/batches?origin=0").pop().unwrap();
    let (batch_hash, number) = (
        batch["hash"].as_str().unwrap(),
        batch["number"].as_u64().unwrap(),
    );
    for (whole, kind, id) in [
        (root.as_str(), "pool", root.clone()),
        (&wallet, "wallet", wallet.clone()),
        (&key, "key", key.clone()),
        (&transaction, "transaction", transaction.clone()),
        (&message, "message", message.clone()),
        (&block, "block", "0/3".to_owned()),
        (batch_hash, "batch", format!("0/{number}")),
    ] {
        let (head, tail) = if whole.contains(':') { (6, 4) } else { (8, 4) };
        finds(story, &short(whole, head, tail), kind, &id);
        finds(story, &short(whole, 10, 6).to_uppercase(), kind, &id);
        // incomplete input
        let at = whole.find(':').map_or(0, |colon| colon + 1);
        finds(story, &whole[..at + 8], kind, &id);
        finds(story, &format!("{}...", &whole[..at + 9]), kind, &id);
        finds(story, whole, kind, &id);
    }
    // without its chain, and with another one
    finds(story, &root[2..10], "pool", &root);
    assert_eq!(
        search(story, &format!("1:{}", &root[2..12])),
        [] as [Value; 0]
    );
    let last = &root[root.len() - 4..];
    let other = if last == "0000" { "1111" } else { "0000" };
    assert_eq!(
        search(story, &format!("{}\u{2026}{other}", &root[..8])),
        [] as [Value; 0]
    );
}

#[test]
fn numbers_are_found_as_they_are_written() {
    let story = shared();
    // grouped numbers are tested in the unit tests: no block here has one
    for text in [
        "12",
        "block 12",
        "Block 12 of Workchain 0",
        "0/12",
        "0:12",
        "height 12 in workchain 0",
    ] {
        finds(story, text, "block", "0/12");
    }
    let hits = search(story, "block 12 of workchain 0");
    assert_eq!(hits.len(), 1, "{hits:?}");
    let batch = walk(story, "/api/v1/batches?origin=0").pop().unwrap();
    let number = batch["number"].as_u64().unwrap();
    let id = format!("0/{number}");
    for text in [
        "", "batch ", "Batch ", "#", "0#", "0.", "batch 0/", "batch 0.",
    ] {
        finds(story, &format!("{text}{number}"), "batch", &id);
    }
    let hits = search(story, &format!("batch {number}"));
    assert!(hits.iter().all(|hit| hit["kind"] == "batch"), "{hits:?}");
    assert_eq!(
        search(story, &format!("0.{number}")),
        [json!({"kind": "batch", "id": id, "chain": 0})]
    );
}

#[test]
fn chains_names_and_kinds_of_events_are_found() {
    let story = shared();
    finds(story, "Workchain 1", "chain", "1");
    finds(story, "masterchain", "chain", "-1");
    finds(story, "set changed", "event", "set_changed");
    finds(story, "slashed", "event", "slashed");
    let network = get(story, "/api/v1/network");
    let genesis = network["genesis"].as_str().unwrap();
    for text in [
        genesis,
        &genesis[..12],
        network["root_code"].as_str().unwrap(),
    ] {
        assert_eq!(search(story, text)[0]["kind"], "network", "{text}");
    }
    let set = get(story, "/api/v1/chains/0/validators");
    let hash = set["hash"].as_str().unwrap();
    finds(
        story,
        &short(hash, 8, 4),
        "set",
        &format!("0/{}", set["since"]["block"]),
    );

    let pool = get(story, &format!("/api/v1/pools/{}", story.root));
    let name = pool["name"].as_str().unwrap();
    assert!(name.starts_with("genesis-0."), "{name}");
    let hits = search(story, name);
    assert_eq!(
        (&hits[0]["kind"], &hits[0]["id"]),
        (&json!("pool"), &pool["address"])
    );
    assert_eq!(hits[0]["name"], name);
    finds(
        story,
        &name.to_uppercase(),
        "owner",
        pool["owner"].as_str().unwrap(),
    );
    finds(
        story,
        &format!("validator {name}"),
        "pool",
        pool["address"].as_str().unwrap(),
    );
    assert!(search(story, "genesis-0").len() >= 3);
    let names = get(story, "/api/v1/names");
    assert_eq!(names["names"][&pool["address"].as_str().unwrap()], name);
    assert_eq!(names["names"][pool["owner"].as_str().unwrap()], name);
    for nothing in [
        "nonsense",
        "",
        " ",
        "a",
        "abc",
        "<img src=x>",
        "-",
        "0:",
        "…",
        "9999999999",
    ] {
        let hits = search(story, nothing);
        assert!(
            hits.iter().all(|hit| hit["kind"] == "chain"),
            "{nothing}: {hits:?}"
        );
    }
}
