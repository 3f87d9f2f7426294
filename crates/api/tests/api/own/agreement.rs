//! Batches, removals, evidence.

use serde_json::{Value, json};

use super::{get, walk};
use crate::story::shared;

#[test]
fn batches_removals_and_evidence_are_listed() {
    let story = shared();
    let (key, blamed) = (story.removed.0.to_string(), story.removed.1.to_string());
    let batches = walk(story, "/api/v1/batches?origin=0&limit=1");
    let removal = batches.iter().find(|batch| {
        let entries = batch["entries"].as_array().unwrap();
        entries
            .iter()
            .any(|entry| entry["change"] == "remove_key" && entry["key"] == key)
    });
    let removal = removal.unwrap();
    assert_eq!(removal["outcome"], "applied");
    assert_eq!(removal["applied"].as_array().unwrap().len(), 3);
    assert_eq!(removal["base"].as_array().unwrap().len(), 3);
    assert_eq!(removal["taken_back"], json!([]));
    let nano = |name: &str| removal[name].as_str().unwrap().parse::<u128>().unwrap();
    assert!(
        nano("yes_nano") * 2 > nano("all_nano") && nano("all_nano") > 0,
        "{removal:#?}"
    );
    assert!(!removal["votes"].as_array().unwrap().is_empty());
    let number = removal["number"].as_u64().unwrap();
    let alone = get(story, &format!("/api/v1/batches/0/{number}"));
    let content = |batch: &Value| (batch["hash"].clone(), batch["entries"].clone());
    assert_eq!(content(&alone[0]), content(removal));
    let newest = walk(story, "/api/v1/batches");
    assert!(
        newest
            .iter()
            .any(|batch| content(batch) == content(removal))
    );

    let removed = walk(story, "/api/v1/removed");
    let own = removed.iter().find(|row| row["key"] == key).unwrap();
    assert_eq!(
        (&own["root"], &own["batch"]),
        (&json!(blamed), &json!(number))
    );
    let evidence = walk(story, "/api/v1/evidence?chain=0&limit=1");
    let own = evidence.iter().find(|row| row["key"] == key).unwrap();
    assert_eq!(
        (&own["is_accepted"], &own["root"]),
        (&json!(true), &json!(blamed))
    );
    assert_eq!(own["from"], story.user.address().to_string());
    assert!(walk(story, "/api/v1/evidence").contains(own));
}
