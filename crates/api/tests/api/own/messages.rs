//! Messages with their effects.

use std::collections::BTreeSet;

use serde_json::json;

use super::get;
use crate::story::shared;

#[test]
fn a_message_is_found_with_all_that_it_caused() {
    let story = shared();
    let root = story.stake.root().hash;
    let message = get(story, &format!("/api/v1/messages/{root}"));
    assert_eq!(message["now"]["status"], "executed");
    assert_eq!(
        message["caused"]["account"],
        story.user.address().to_string()
    );
    let tree = get(story, &format!("/api/v1/messages/{root}/tree"));
    assert_eq!(
        (&tree["is_settled"], &tree["is_cut"]),
        (&json!(true), &json!(false))
    );
    let nodes = tree["nodes"].as_array().unwrap();
    let hashes = |nodes: Vec<String>| BTreeSet::from_iter(nodes);
    let told = hashes(
        nodes
            .iter()
            .map(|node| node["hash"].as_str().unwrap().to_owned())
            .collect(),
    );
    // the client followed it to its first end; batch and votes came later
    let followed = hashes(
        story
            .stake
            .nodes
            .iter()
            .map(|node| node.hash.to_string())
            .collect(),
    );
    assert!(told.is_superset(&followed), "{tree:#}");
    for node in &nodes[1..] {
        let parent = &nodes[node["parent"].as_u64().unwrap() as usize];
        let sent = parent["caused"]["out_messages"].as_array().unwrap();
        assert!(sent.contains(&node["hash"]) || parent["now"]["returned_as"] == node["hash"]);
    }
    let ops: Vec<_> = nodes
        .iter()
        .filter_map(|node| node["message"]["op"]["name"].as_str())
        .collect();
    for op in ["Stake", "ConfirmStake", "Lock"] {
        assert!(ops.contains(&op), "{ops:?}");
    }
    let none = story
        .server
        .http
        .get(&format!("/api/v1/messages/{}", "1".repeat(64)));
    assert_eq!(
        (none.status, &none.json()["error"]["code"]),
        (404, &json!("not_found"))
    );
}
