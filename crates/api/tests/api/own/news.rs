//! Events report amounts and accounts; lists of pools can be filtered.

use serde_json::{Value, json};

use super::{get, walk};
use crate::story::shared;

fn nano(of: &Value, name: &str) -> u128 {
    of[name].as_str().unwrap().parse().unwrap()
}

#[test]
fn a_slash_tells_its_amount_and_a_new_set_who_changed() {
    let story = shared();
    let (key, root) = (story.removed.0.to_string(), story.removed.1.to_string());
    let slashed = walk(story, "/api/v1/events?kinds=slashed");
    let own = slashed
        .iter()
        .find(|event| event["account"] == root)
        .unwrap();
    let pool = get(story, &format!("/api/v1/pools/{root}"));
    let price = &pool["owner_price"];
    let lost = nano(price, "denominator_nano") - nano(price, "numerator_nano");
    assert!(lost > 0, "{pool}");
    assert_eq!(nano(own, "amount_nano"), lost);

    let sets = walk(story, "/api/v1/events?kinds=set_changed&chain=0");
    let gone = |change: &&Value| change["key"] == key && change["to"] == 0;
    let left = sets
        .iter()
        .find_map(|event| Some((event, event["changes"].as_array()?.iter().find(gone)?)));
    let (event, change) = left.unwrap();
    assert_eq!(change["root"], root);
    assert!(change["from"].as_u64().unwrap() > 0);
    assert_eq!(event["left"], 1);
    let block = event["at"]["block"].as_u64().unwrap();
    let told = get(
        story,
        &format!(
            "/api/v1/chains/0/validators/changes?before={}&limit=1",
            block + 1
        ),
    );
    let told = &told["items"][0];
    assert_eq!(
        told["left"],
        json!([{"key": key, "weight": change["from"]}])
    );
    for event in &sets {
        let count = |name: &str| event[name].as_u64().unwrap();
        let all = count("joined") + count("left") + count("changed");
        assert!(all > 0, "a set is new because something changed: {event}");
        assert_eq!(
            event["changes"].as_array().unwrap().len() as u64,
            all.min(8)
        );
    }
}

#[test]
fn pools_are_narrowed_by_chain_and_standing() {
    let story = shared();
    let all = walk(story, "/api/v1/pools");
    for (query, is) in [
        (
            "chain=1",
            &(|pool: &Value| pool["chain"] == 1) as &dyn Fn(&Value) -> bool,
        ),
        ("standing=removed", &|pool| pool["standing"] == "removed"),
        ("standing=validating,waiting,idle", &|pool| {
            pool["standing"] != "removed" && pool["standing"] != "closed"
        }),
        ("chain=0&standing=validating", &|pool| {
            pool["chain"] == 0 && pool["standing"] == "validating"
        }),
    ] {
        let expected: Vec<_> = all
            .iter()
            .filter(|pool| is(pool))
            .map(|pool| &pool["address"])
            .collect();
        assert!(
            !expected.is_empty() && expected.len() < all.len(),
            "{query}"
        );
        // page by page
        let found = walk(story, &format!("/api/v1/pools?{query}&limit=1"));
        let found: Vec<_> = found.iter().map(|pool| &pool["address"]).collect();
        assert_eq!(found, expected, "{query}");
    }
    for bad in [
        "standing=gone",
        "chain=7",
        "chain=0&owner=0:00",
        "standing=",
    ] {
        let answer = story.server.http.get(&format!("/api/v1/pools?{bad}"));
        assert!(
            (400..500).contains(&answer.status),
            "{bad}: {}",
            answer.text
        );
        assert!(answer.text.contains("advice"), "{bad}");
    }
}
