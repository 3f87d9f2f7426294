//! Evidence, config, contracts and completions through the binary.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use common::{Devnet, Person, text};
use ddvs_contracts::signing::{self, ConsensusVote};
use ddvs_devnet::Keys;
use serde_json::{Value, json};
use tycho_crypto::ed25519::{KeyPair, SecretKey};
use tycho_types::cell::HashBytes;

/// A genesis validator of the devnet signs twice: all of its keys follow from the seed.
fn double_signed(genesis: &str, validator: usize) -> Value {
    let genesis: HashBytes = genesis.parse().unwrap();
    let keys = Keys::from_seed(1, 8);
    let secret = SecretKey::from_bytes(keys.validators[validator].consensus);
    let pair = KeyPair::from(&secret);
    let votes = [1, 2].map(|value| {
        let vote = ConsensusVote {
            chain: 0,
            height: 5,
            round: 0,
            vote_type: 2,
            value_hash: HashBytes([value; 32]),
        };
        let signature = signing::sign_vote(&pair, &genesis, &vote);
        json!({
            "value_hash": vote.value_hash.to_string(),
            "signature": format!("{signature:?}"),
        })
    });
    json!({
        "network": genesis.to_string(),
        "key": signing::public_key(&pair).to_string(),
        "chain": 0,
        "height": 5,
        "round": 0,
        "vote_type": 2,
        "votes": votes,
    })
}

#[test]
fn evidence_removes_a_double_signer() {
    let devnet = Devnet::start();
    let walter = Person::new(&devnet.url);
    walter.rich("walter", "100", "0");
    let chains = walter.json(&["query", "chains"]);
    let evidence = double_signed(chains["genesis"].as_str().unwrap(), 1);
    let file = walter.write("evidence.json", &evidence.to_string());
    let file = text(&file);

    // it needs no network
    let elsewhere = Person::new("http://127.0.0.1:9");
    let verified = elsewhere.json(&["evidence", "verify", file]);
    assert_eq!(verified["holds"], true);
    assert_eq!(verified["key"], evidence["key"]);
    let shown = elsewhere.run(&["evidence", "verify", file]).ok();
    assert!(shown.stdout.contains("it holds"), "{shown:?}");

    let dry = walter.json(&["evidence", "submit", file, "--dry-run"]);
    assert_eq!(dry["answer"]["outcome"], "done", "{dry}");
    let removed = walter.json(&["evidence", "submit", file]);
    assert_eq!(removed["outcome"], "removed", "{removed}");
    let pool = removed["pool"].as_str().unwrap();
    assert_eq!(walter.json(&["query", "pool", pool])["standing"], "removed");
    let again = walter.json(&["evidence", "submit", file]);
    assert_eq!(again["outcome"], "removed_before");
    assert_eq!(again["pool"], pool);

    // a staker there learns that it is over
    walter.run(&["wallet", "create", "50"]).ok();
    walter
        .run(&["wallet", "stake", "20", "--pool", pool])
        .fails(1, "was removed for misbehaviour and takes no stakes");

    let mut forged = evidence.clone();
    forged["height"] = 6.into();
    let forged_file = walter.write("forged.json", &forged.to_string());
    let said = elsewhere.run(&["evidence", "verify", text(&forged_file)]);
    assert_eq!(said.code, 1);
    assert!(
        said.stdout
            .contains("proves nothing: the signature of vote 1"),
        "{said:?}"
    );
    walter
        .run(&["evidence", "submit", text(&forged_file)])
        .fails(1, "the signature of vote 1");
    let other = walter.write("other.json", &double_signed(&"1".repeat(64), 2).to_string());
    walter
        .run(&["evidence", "submit", text(&other)])
        .fails(1, "the votes were cast on network 1111");
    let nonsense = walter.write("nonsense.json", "{\"key\": 1}");
    walter
        .run(&["evidence", "verify", text(&nonsense)])
        .fails(2, "is not evidence");
}

#[test]
fn configs_and_contracts_are_those_of_this_version() {
    let devnet = Devnet::start();
    let person = Person::new(&devnet.url);
    let shown = person
        .run(&["config", "show", "200", "34", "--chain", "0"])
        .ok();
    for words in [
        "200  limits and prices of ddvs",
        "evidence_window_s: 6",
        "34  the validator set in force",
    ] {
        assert!(shown.stdout.contains(words), "{words}: {shown:?}");
    }
    let all = person.json(&["config", "show"]);
    assert!(all["params"]["12"]["value"].is_object(), "{all}");
    person
        .run(&["config", "show", "777"])
        .fails(1, "has no parameter 777");
    let diff = person.run(&[
        "config",
        "diff",
        "--chain",
        "0",
        "--with-chain",
        "1",
        "--json",
    ]);
    assert_eq!(diff.code, 1, "{diff:?}");
    let rows = diff.json()["differences"].clone();
    let differ: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["param"].as_u64().unwrap())
        .collect();
    assert!(
        differ.contains(&0) && differ.contains(&34) && !differ.contains(&200),
        "{rows}"
    );
    person
        .run(&["config", "diff", "--chain", "0"])
        .fails(2, "there is nothing to compare with");
    let same = ["config", "diff", "--chain", "0", "--with-rpc", &devnet.url];
    assert!(person.run(&same).ok().stdout.contains("nothing differs"));

    let verified = person.json(&["contract", "verify"]);
    assert_eq!(verified["ok"], true, "{verified}");
    assert_eq!(
        verified["checked"],
        json!({"delector": 3, "depool-root": 8, "depool-wallet": 8})
    );
    // an account that is no wallet
    let wrong = format!("0:{}", "1".repeat(64));
    let found = person.run(&["contract", "verify", "--wallet", &wrong, "--json"]);
    assert_eq!(found.code, 1);
    assert_eq!(
        found.json()["problems"][0]["problem"],
        "there is no contract"
    );
}

#[test]
fn code_hashes_need_no_network() {
    let person = Person::new("http://127.0.0.1:9");
    let hashes = person.json(&["contract", "hashes"]);
    let code = ddvs_contracts::Codes::default();
    let found: Vec<_> = hashes["contracts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["code_hash"].as_str().unwrap())
        .collect();
    let known = [code.delector, code.depool_root, code.depool_wallet];
    let known: Vec<_> = known
        .iter()
        .map(|cell| cell.repr_hash().to_string())
        .collect();
    assert_eq!(found, known);
}

#[test]
fn a_copy_that_lacks_nothing_is_not_poked() {
    let devnet = Devnet::start();
    // that needs no key
    let poked = Person::new(&devnet.url).json(&["poke", "0"]);
    assert_eq!(poked["outcome"], "nothing_lacks", "{poked}");
    assert_eq!(poked["copy"], 0);
}
