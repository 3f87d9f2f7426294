//! Evidence from two votes to a removed key, and queries about it, about accounts and about the supply.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use common::{Devnet, Person, text};
use serde_json::{Value, json};

/// A genesis validator of the devnet signs a vote: all of its keys follow from the seed.
fn vote(genesis: &str, value: u8, height: u64) -> Value {
    use ddvs_contracts::signing::{self, ConsensusVote};
    use tycho_crypto::ed25519::{KeyPair, SecretKey};
    use tycho_types::cell::HashBytes;

    let genesis: HashBytes = genesis.parse().unwrap();
    let keys = ddvs_devnet::Keys::from_seed(1, 8);
    let pair = KeyPair::from(&SecretKey::from_bytes(keys.validators[1].consensus));
    let vote = ConsensusVote {
        chain: 0,
        height,
        round: 0,
        vote_type: 2,
        value_hash: HashBytes([value; 32]),
    };
    let signature = signing::sign_vote(&pair, &genesis, &vote);
    json!({
        "network": genesis.to_string(),
        "key": signing::public_key(&pair).to_string(),
        "chain": 0,
        "height": height,
        "round": 0,
        "vote_type": 2,
        "value_hash": vote.value_hash.to_string(),
        "signature": format!("{signature:?}"),
    })
}

#[test]
fn two_votes_become_evidence_and_are_found_again() {
    let devnet = Devnet::start();
    let walter = Person::new(&devnet.url);
    walter.rich("walter", "100", "0");
    let none = walter.run(&["query", "removed"]).ok();
    assert!(none.stdout.contains("no key was ever removed"), "{none:?}");
    let chains = walter.json(&["query", "chains"]);
    let genesis = chains["genesis"].as_str().unwrap();
    let file = |name: &str, vote: Value| walter.write(name, &vote.to_string());
    let (one, two) = (
        file("one", vote(genesis, 1, 5)),
        file("two", vote(genesis, 2, 5)),
    );
    let later = file("later", vote(genesis, 3, 6));
    let make =
        |second: &std::path::Path| walter.run(&["evidence", "make", text(&one), text(second)]);
    make(&one).fails(1, "for the same value");
    make(&later).fails(1, "differ in their height");
    let nonsense = walter.write("nonsense", "{}");
    make(&nonsense).fails(2, "ddvs evidence make --help");
    let printed: Value = make(&two).ok().json();
    let made = walter.path("evidence.json");
    let told = walter.json(&[
        "evidence",
        "make",
        text(&one),
        text(&two),
        "--file",
        text(&made),
    ]);
    assert_eq!(told["key"], printed["key"]);
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&made).unwrap()).unwrap();
    assert_eq!(kept, printed);
    let removed = walter.json(&["evidence", "submit", text(&made)]);
    assert_eq!(removed["outcome"], "removed", "{removed}");

    let keys = walter.json(&["query", "removed"]);
    assert_eq!(keys["items"][0]["key"], printed["key"], "{keys}");
    let brought = walter.json(&["query", "evidence", "--chain", "0"]);
    assert_eq!(brought["items"][0]["is_accepted"], true, "{brought}");
    let elsewhere = walter.json(&["query", "evidence", "--chain", "1"]);
    assert_eq!(elsewhere["items"], json!([]));
    let supply = walter.json(&["query", "supply"]);
    assert_eq!(supply["is_conserved"], true, "{supply}");
    let shown = walter.run(&["query", "supply"]).ok();
    assert!(shown.stdout.contains("to the nano"), "{shown:?}");

    // the kind of an account
    let account = |who: &str| walter.json(&["query", "account", who]);
    let delector = chains["chains"][1]["delector"].as_str().unwrap();
    assert_eq!(account(delector)["contract"], "delector");
    assert_eq!(
        account(removed["pool"].as_str().unwrap())["contract"],
        "depool-root"
    );
    let own = account("walter");
    assert_eq!(own["status"], "active");
    assert_eq!(own["standard_wallet"], "wallet v5 r1", "{own}");
    let nothing = account(&format!("0:{}", "1".repeat(64)));
    assert_eq!(nothing["status"], "not_exists");
    walter
        .run(&["query", "account", "nobody"])
        .fails(2, "neither an address nor a key");
}
