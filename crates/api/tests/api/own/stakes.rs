//! Pools, wallets, stakers.

use serde_json::json;

use super::{get, walk};
use crate::story::{account, shared};

#[test]
fn pools_wallets_and_positions_are_listed() {
    let story = shared();
    let root = story.root.to_string();
    let all = walk(story, "/api/v1/pools?limit=2");
    assert_eq!(all.len(), 6);
    let counted: Vec<u128> = all
        .iter()
        .map(|pool| pool["counted_nano"].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(counted.is_sorted_by(|a, b| a >= b), "{counted:?}");
    let pool = get(story, &format!("/api/v1/pools/{root}"));
    assert!(all.contains(&pool));
    assert_eq!(pool["standing"], "validating");
    let of_owner = get(
        story,
        &format!("/api/v1/pools?owner={}", pool["owner"].as_str().unwrap()),
    );
    assert_eq!(of_owner["items"], json!([pool]));
    let of_key = get(
        story,
        &format!("/api/v1/pools?key={}", pool["key"].as_str().unwrap()),
    );
    assert_eq!(of_key["items"], json!([pool]));
    let removed = get(story, &format!("/api/v1/pools/{}", story.removed.1));
    assert_eq!(removed["standing"], "removed");

    let wallet = get(story, &format!("/api/v1/wallets/{}", story.wallet));
    let owner = story.user.address().to_string();
    assert_eq!(wallet["owner"], owner);
    let of_owner = get(story, &format!("/api/v1/wallets?owner={owner}"));
    assert_eq!(of_owner["items"], json!([wallet]));
    let position = &wallet["positions"][0];
    assert_eq!(
        (&position["root"], &position["staked_nano"]),
        (&json!(root), &json!("200000000000"))
    );
    let balance = account(story, &story.wallet).balance_nano;
    assert_eq!(wallet["balance_nano"], balance.to_string());
    let reserve: u128 = wallet["reserve_nano"].as_str().unwrap().parse().unwrap();
    assert_eq!(
        wallet["free_nano"],
        (balance - 200_000_000_000 - reserve).to_string()
    );
    let stakers = walk(story, &format!("/api/v1/pools/{root}/stakers?limit=1"));
    let own = stakers
        .iter()
        .find(|staker| staker["wallet"] == story.wallet.to_string())
        .unwrap();
    assert_eq!((&own["owner"], &own["position"]), (&json!(owner), position));
}
