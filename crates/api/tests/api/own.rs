//! Our own API: what the document promises is there, and says what the network says.

use std::collections::BTreeSet;

use ddvs_client::Backend;
use serde_json::{Value, json};
use tycho_types::boc::Boc;

use crate::story::{Story, account, shared};

fn get(story: &Story, path: &str) -> Value {
    story.server.http.get(path).ok()
}

/// All items of a list, page by page.
fn walk(story: &Story, path: &str) -> Vec<Value> {
    let mut next = Some(path.to_owned());
    let mut items = Vec::new();
    while let Some(path) = next {
        let page = get(story, &path);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        next = page["next"].as_str().map(ToOwned::to_owned);
    }
    items
}

/// Any value for a path's argument that leads to something.
fn known(story: &Story, path: &str, name: &str) -> String {
    let stake = story.stake.root().transaction().unwrap();
    match name {
        "chain" | "origin" => "0".to_owned(),
        "block" => stake.block_seqno.to_string(),
        "number" => "1".to_owned(),
        "hash" if path.contains("/messages/") => story.stake.root().hash.to_string(),
        "hash" => stake.hash.to_string(),
        "key" => story.removed.0.to_string(),
        "address" if path.contains("/pools/") => story.root.to_string(),
        "address" if path.contains("/wallets/") => story.wallet.to_string(),
        "address" => story.user.address().to_string(),
        name => panic!("{path} has an argument {name}: give it a value here"),
    }
}

#[test]
fn every_path_of_the_document_answers_as_it_says() {
    let story = shared();
    let document = get(story, "/api/v1/openapi.json");
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 25, "{}", paths.len());
    for (path, operations) in paths {
        let operation = &operations["get"];
        assert!(operation.is_object(), "{path} can only be read");
        let mut filled = path.clone();
        for parameter in operation["parameters"].as_array().unwrap_or(&Vec::new()) {
            let name = parameter["name"].as_str().unwrap();
            if parameter["in"] == "path" {
                filled = filled.replace(&format!("{{{name}}}"), &known(story, path, name));
            } else if parameter["required"] == true {
                filled += &format!("?{name}={}", story.root);
            }
        }
        if path.ends_with("/stream") {
            continue; // its own test reads it
        }
        let answer = story.server.http.get(&filled);
        assert_eq!(answer.status, 200, "{filled}: {}", answer.text);
        let content = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        conforms(&answer.json(), content, schemas, &filled);
        // what the document does not know is refused, not passed over
        let sign = if filled.contains('?') { '&' } else { '?' };
        let has_query = operation["parameters"]
            .as_array()
            .is_some_and(|all| all.iter().any(|parameter| parameter["in"] == "query"));
        if has_query {
            let odd = story
                .server
                .http
                .get(&format!("{filled}{sign}no_such_argument=1"));
            assert_eq!(odd.status, 422, "{filled}");
            assert_eq!(odd.json()["error"]["code"], "bad_request");
        }
    }
}

/// Whether a value has the shape that a schema says: required fields, no others, right types.
fn conforms(value: &Value, schema: &Value, schemas: &serde_json::Map<String, Value>, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return conforms(value, &schemas[name], schemas, &format!("{at} {name}"));
    }
    for any in ["oneOf", "anyOf"] {
        if let Some(all) = schema[any].as_array() {
            let other = all.iter().find(|one| one["type"] != "null").unwrap();
            if !value.is_null() {
                conforms(value, other, schemas, at);
            }
            return;
        }
    }
    if let Some(all) = schema["allOf"].as_array() {
        let mut fields = BTreeSet::new();
        for part in all {
            let part = match part["$ref"].as_str() {
                Some(name) => &schemas[name.rsplit('/').next().unwrap()],
                None => part,
            };
            let own = part["properties"].as_object().unwrap();
            for (name, schema) in own {
                fields.insert(name.clone());
                if let Some(field) = value.get(name) {
                    conforms(field, schema, schemas, &format!("{at}.{name}"));
                }
            }
        }
        for name in value.as_object().unwrap().keys() {
            assert!(
                fields.contains(name),
                "{at} has {name}, which is not described"
            );
        }
        return;
    }
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.clone()],
        Value::Array(kinds) => kinds
            .iter()
            .map(|k| k.as_str().unwrap().to_owned())
            .collect(),
        other => panic!("{at}: {other} is no type: {schema}"),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(
        kinds.iter().any(|known| known == kind),
        "{at}: {value} is no {kinds:?}"
    );
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                conforms(item, &schema["items"], schemas, &format!("{at}[{index}]"));
            }
        }
        Value::Object(fields) => {
            let known = schema["properties"].as_object().unwrap();
            for (name, field) in fields {
                assert!(
                    known.contains_key(name),
                    "{at} has {name}, which is not described"
                );
                conforms(field, &known[name], schemas, &format!("{at}.{name}"));
            }
            for name in schema["required"].as_array().unwrap_or(&Vec::new()) {
                let name = name.as_str().unwrap();
                assert!(fields.contains_key(name), "{at} lacks {name}");
            }
        }
        _ => {}
    }
}

#[test]
fn the_page_to_try_it_needs_nothing_from_elsewhere() {
    let story = shared();
    let page = story.server.http.get("/api/v1/docs/");
    assert_eq!(page.status, 200);
    assert!(page.text.contains("swagger-ui"));
    for part in page.text.split(['"', '\'']) {
        assert!(
            !part.starts_with("http") && !part.starts_with("//"),
            "{part}"
        );
    }
    let script = story.server.http.get("/api/v1/docs/swagger-initializer.js");
    assert!(
        script.text.contains("/api/v1/openapi.json"),
        "{}",
        script.text
    );
}

#[test]
fn the_network_and_its_chains() {
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

#[test]
fn pools_wallets_and_positions() {
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
    assert_eq!(
        wallet["free_nano"],
        (balance - 200_000_000_000 - 100_000_000).to_string()
    );
    let stakers = walk(story, &format!("/api/v1/pools/{root}/stakers?limit=1"));
    let own = stakers
        .iter()
        .find(|staker| staker["wallet"] == story.wallet.to_string())
        .unwrap();
    assert_eq!((&own["owner"], &own["position"]), (&json!(owner), position));
}

#[test]
fn batches_votes_removals_and_evidence() {
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

#[test]
fn what_a_person_has_at_hand_is_found() {
    let story = shared();
    let stake = story.stake.root().transaction().unwrap();
    let friendly = story.root.display_base64_url(true).to_string();
    let asked = [
        (story.root.to_string(), "pool"),
        (friendly, "pool"),
        (story.wallet.to_string(), "wallet"),
        (story.user.address().to_string(), "account"),
        (stake.hash.to_string(), "transaction"),
        (story.stake.root().hash.to_string(), "message"),
        (story.removed.0.to_string(), "key"),
        (format!("0/{}", stake.block_seqno), "block"),
    ];
    for (text, kind) in asked {
        let found = get(story, &format!("/api/v1/search?q={text}"));
        assert_eq!(found["hits"][0]["kind"], kind, "{text}: {found}");
    }
    let found = get(story, &format!("/api/v1/search?q={}", stake.block_seqno));
    assert_eq!(
        found["hits"].as_array().unwrap().len(),
        3,
        "a block on each chain"
    );
    assert_eq!(get(story, "/api/v1/search?q=nonsense"), json!({"hits": []}));
}

#[test]
fn health_and_figures() {
    let story = shared();
    assert_eq!(story.server.http.get("/health").text, "ok\n");
    story.server.http.get("/api/v1/chains/0");
    let metrics = story.server.http.get("/metrics");
    assert!(
        metrics
            .header("content-type")
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    for line in [
        "ddvs_http_answers_total{path=\"/api/v1/chains/{chain}\",status=\"200\"}",
        "ddvs_chain_height{chain=\"-1\"}",
        "ddvs_http_answer_seconds_bucket{",
        "# EOF",
    ] {
        assert!(
            metrics.text.contains(line),
            "{line} is not in {}",
            metrics.text
        );
    }
}

#[test]
fn what_is_not_there_is_told_in_the_own_shape() {
    let story = shared();
    let user = story.user.address();
    let missing = [
        format!("/api/v1/pools/{user}"),
        format!("/api/v1/wallets/{user}"),
        format!("/api/v1/transactions/{}", "2".repeat(64)),
        "/api/v1/chains/0/blocks/4000000000".to_owned(),
        "/api/v1/batches/0/4000000000".to_owned(),
        "/api/v1/chains/77".to_owned(),
        "/api/v1/nothing".to_owned(),
        "/nothing".to_owned(),
    ];
    for path in missing {
        let answer = story.server.http.get(&path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "not_found");
        assert!(
            error["advice"].as_str().unwrap().ends_with('.'),
            "{path}: {error}"
        );
    }
    let odd = [
        "/api/v1/chains/300",
        "/api/v1/chains/x",
        "/api/v1/pools/x",
        "/api/v1/messages/12",
        "/api/v1/batches?before=3",
        "/api/v1/evidence?before_lt=3",
        "/api/v1/events?after=1&before=2",
        "/api/v1/pools?after_nano=x",
        "/api/v1/chains/0/blocks?limit=0",
        "/api/v1/chains/0/blocks?limit=x",
    ];
    for path in odd {
        let answer = story.server.http.get(path);
        assert_eq!(answer.status, 422, "{path}: {}", answer.text);
        assert!(answer.json()["error"]["message"].is_string());
    }
    let answer = story.server.http.delete("/api/v1/chains");
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (405, &json!("wrong_method"))
    );
}

#[test]
fn pages_of_other_origins_may_read() {
    let story = shared();
    let answer = story
        .server
        .http
        .get_with("/api/v1/chains", &[("Origin", "https://example.org")]);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}
