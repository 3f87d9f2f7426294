//! Blocks and their contents.

use serde_json::{Value, json};
use tycho_types::models::StdAddr;

use super::b64;
use crate::story::shared;

#[test]
fn blocks_headers_and_lookups_are_consistent() {
    let story = shared();
    let http = &story.server.http;
    let info = http.ton("getMasterchainInfo", json!({}));
    assert_eq!(info["last"]["workchain"], -1);
    assert_eq!(info["init"]["seqno"], 0);
    let seqno = info["last"]["seqno"].as_u64().unwrap();
    let height = story.server.status(-1).seqno;
    assert!(
        seqno <= height.into() && seqno + 100 > height.into(),
        "{seqno} {height}"
    );
    for path in ["shards", "getShards"] {
        let shards = http
            .get(&format!("/toncenter/v2/{path}?seqno={seqno}"))
            .ok();
        let shards = shards["result"]["shards"].as_array().unwrap().clone();
        let chains: Vec<_> = shards
            .iter()
            .map(|shard| shard["workchain"].as_i64().unwrap())
            .collect();
        assert_eq!(chains, [0, 1]);
    }
    let header = http.ton("getBlockHeader", info["last"].clone());
    assert_eq!(header["id"], info["last"]);
    let previous = &header["prev_blocks"][0];
    assert_eq!(previous["seqno"], seqno - 1);
    let lookup = |name: &str, value: &Value| {
        let mut params = json!({"workchain": -1, "shard": "8000000000000000"});
        params[name] = value.clone();
        http.ton("lookupBlock", params)
    };
    assert_eq!(&lookup("seqno", &previous["seqno"]), previous);
    assert_eq!(lookup("lt", &header["start_lt"]), info["last"]);
    let by_time = lookup("unixtime", &header["gen_utime"]);
    let by_time = http.ton("getBlockHeader", by_time);
    assert_eq!(by_time["gen_utime"], header["gen_utime"]);
    let gone = http.ton_raw(
        "lookupBlock",
        json!({"workchain": -1, "seqno": 4_000_000_000_u32}),
    );
    assert_eq!((gone.status, &gone.json()["ok"]), (404, &json!(false)));
}

#[test]
fn transactions_of_a_block_and_of_an_account_are_the_same() {
    let story = shared();
    let http = &story.server.http;
    let stake = story.stake.root().transaction().unwrap();
    let params =
        json!({"workchain": 0, "shard": "-9223372036854775808", "seqno": stake.block_seqno});
    for method in ["getBlockTransactions", "getBlockTransactionsExt"] {
        let found = http.ton(method, params.clone());
        let listed = found["transactions"].as_array().unwrap();
        let hash = |transaction: &Value| match method {
            "getBlockTransactions" => transaction["hash"].clone(),
            _ => transaction["transaction_id"]["hash"].clone(),
        };
        let own = listed
            .iter()
            .find(|transaction| hash(transaction) == b64(&stake.hash));
        assert_eq!(own.unwrap()["account"], stake.account.to_string());
        assert_eq!(found["incomplete"], false);
    }
    let mut params = params;
    params["count"] = json!(1);
    let mut listed = Vec::new();
    loop {
        let page = http.ton("getBlockTransactions", params.clone());
        let last = page["transactions"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        let account: StdAddr = last["account"].as_str().unwrap().parse().unwrap();
        params["after_lt"] = last["lt"].clone();
        params["after_hash"] = json!(account.address.to_string());
        listed.push(last["hash"].clone());
        if page["incomplete"] == false {
            break;
        }
    }
    params
        .as_object_mut()
        .unwrap()
        .retain(|name, _| !name.starts_with("after") && name != "count");
    let whole = http.ton("getBlockTransactions", params);
    let whole = whole["transactions"].as_array().unwrap().iter();
    assert_eq!(whole.map(|t| t["hash"].clone()).collect::<Vec<_>>(), listed);
}
