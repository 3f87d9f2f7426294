//! Chains: blocks and validator sets.

use ddvs_client::Live;
use ddvs_contracts::params::{DdvsParams, PARAM_DDVS};
use serde_json::{Value, json};
use tycho_types::boc::Boc;

use super::{get, walk};
use crate::story::shared;

#[test]
fn network_and_chains_are_described() {
    let story = shared();
    let network = get(story, "/api/v1/network");
    assert_eq!(network["kind"], "embedded");
    assert_eq!(network["chains"], json!([-1, 0, 1]));
    assert_eq!(network["global_id"], ddvs_devnet::GLOBAL_ID);
    let genesis = story.server.running.index.identity().network.genesis;
    assert_eq!(network["genesis"], genesis.to_string());
    assert_eq!(network["counts"]["pools"], 6);
    let chains = get(story, "/api/v1/chains");
    for chain in chains.as_array().unwrap() {
        let id = chain["chain"].as_i64().unwrap();
        let set = {
            let live = story.server.running.live.read();
            live.config(id as i8)
                .unwrap()
                .get_current_validator_set()
                .unwrap()
        };
        if id == 0 {
            // no other test changes this one
            assert_eq!(chain["validators"], set.list.len());
            assert_eq!(chain["total_weight"], set.total_weight);
        }
        assert_eq!(chain["delector"], story.server.delector(id as i8));
        assert_eq!(
            get(story, &format!("/api/v1/chains/{id}"))["delector"],
            chain["delector"]
        );
    }
    let supply = get(story, "/api/v1/supply");
    assert_eq!(supply["is_conserved"], true);
    assert_eq!(supply["total_nano"], supply["issued_nano"]);
    let params = get(story, "/api/v1/params?chain=0");
    assert_eq!(params["min_validators"], 2);
}

#[test]
fn no_parameter_is_left_out() {
    let story = shared();
    let params = get(story, "/api/v1/params?chain=0");
    let document = get(story, "/api/v1/openapi.json");
    let schema = &document["components"]["schemas"]["ParamsBody"]["properties"];
    let config = get(story, "/api/v1/chains/0/config");
    let facts = config.as_array().unwrap().iter();
    let facts = facts.filter(|param| param["param"] == PARAM_DDVS);
    let facts: Vec<_> = facts
        .flat_map(|param| param["facts"].as_array().unwrap())
        .collect();
    let derived = DdvsParams::default().derived();
    let names = derived.iter().map(|value| (value.name, value.label));
    let fields = DdvsParams::FIELDS.iter();
    for (name, label) in fields.map(|field| (field.name, field.label)).chain(names) {
        assert!(!params[name].is_null(), "{name}: {params}");
        assert!(schema[name].is_object(), "{name}: {schema}");
        let fact = facts.iter().filter(|fact| fact["name"] == label);
        assert_eq!(fact.count(), 1, "{label}");
    }
}

#[test]
fn blocks_and_their_transactions_come_in_pages() {
    let story = shared();
    let stake = story.stake.root().transaction().unwrap();
    let seqno = stake.block_seqno;
    let block = get(story, &format!("/api/v1/chains/0/blocks/{seqno}"));
    let page = get(
        story,
        &format!("/api/v1/chains/0/blocks?before={}&limit=1", seqno + 1),
    );
    assert_eq!(page["items"][0], block);
    let next = get(story, page["next"].as_str().unwrap());
    assert_eq!(next["items"][0]["block"], seqno - 1);
    assert_eq!(block["previous_hash"], next["items"][0]["hash"]);
    let path = format!("/api/v1/chains/0/blocks/{seqno}/transactions?limit=1");
    let listed = walk(story, &path);
    assert_eq!(block["transactions"], listed.len());
    let own = listed
        .iter()
        .find(|own| own["hash"] == stake.hash.to_string())
        .unwrap();
    assert_eq!(own["account"], stake.account.to_string());
    let whole = get(story, &format!("/api/v1/transactions/{}", stake.hash));
    let cell = Boc::decode_base64(whole["boc"].as_str().unwrap()).unwrap();
    assert_eq!(*cell.repr_hash(), stake.hash);
    let path = format!("/api/v1/accounts/{}/transactions?limit=2", stake.account);
    let of_account = walk(story, &path);
    assert!(of_account.contains(own));
}

#[test]
fn sets_at_any_height_and_how_they_changed() {
    let story = shared();
    let changes = walk(story, "/api/v1/chains/0/validators/changes?limit=1");
    assert!(changes.len() >= 3, "{changes:#?}");
    for limit in [2, changes.len(), changes.len() + 1] {
        let path = format!("/api/v1/chains/0/validators/changes?limit={limit}");
        assert_eq!(walk(story, &path), changes);
    }
    let first = changes.last().unwrap();
    assert_eq!(first["joined"].as_array().unwrap().len(), 3);
    let key = story.removed.0.to_string();
    let left = changes
        .iter()
        .find(|change| !change["left"].as_array().unwrap().is_empty());
    let left = left.unwrap();
    assert_eq!(left["left"][0]["key"], key);
    let since = left["since"]["block"].as_u64().unwrap();
    let members = |height: u64| -> Vec<Value> {
        let set = get(
            story,
            &format!("/api/v1/chains/0/validators?height={height}"),
        );
        set["members"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["key"].clone())
            .collect()
    };
    assert!(members(since - 1).contains(&json!(key)));
    assert!(!members(since).contains(&json!(key)));
    let now = get(story, "/api/v1/chains/0/validators");
    let root = story.root.to_string();
    let own = now["members"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["root"] == root)
        .unwrap()
        .clone();
    // 100,000 coins of the validator and 200 of our user
    assert_eq!(own["weight"].as_u64().unwrap() % 1_000, 200);
    let far = story
        .server
        .http
        .get("/api/v1/chains/0/validators?height=4000000000");
    assert_eq!(far.status, 404);
}
