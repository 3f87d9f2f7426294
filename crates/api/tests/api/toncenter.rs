//! toncenter v2: right answers, held against the network itself.

mod accounts;
mod blocks;
mod getters;
mod sending;
mod transactions;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ddvs_client::Live;
use serde_json::json;
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::StdAddr;

use crate::http::{assert_advises, cell};
use crate::story::shared;

fn friendly(address: &StdAddr) -> String {
    address.display_base64_url(true).to_string()
}

fn b64(hash: &HashBytes) -> String {
    STANDARD.encode(hash.0)
}

#[test]
fn each_chain_has_its_own_config() {
    let story = shared();
    let http = &story.server.http;
    for chain in [-1, 0, 1] {
        let config = story.server.running.live.read().config(chain).unwrap();
        for param in [12, 34, 200] {
            let params = json!({"config_id": param, "workchain": chain});
            let found = http.ton("getConfigParam", params);
            let expected = config.get_raw_cell(param).unwrap().unwrap();
            assert_eq!(cell(&found["config"]["bytes"]), expected);
        }
        let all = http.ton("getConfigAll", json!({"workchain": chain}));
        assert_eq!(
            Some(&cell(&all["config"]["bytes"])),
            config.as_dict().root().as_ref()
        );
    }
    let by_default = http.get("/toncenter/v2/getConfigParam?config_id=34").ok();
    let main = http.ton("getConfigParam", json!({"config_id": 34, "workchain": -1}));
    assert_eq!(by_default["result"], main);
    assert_eq!(
        http.get("/toncenter/v2/getConfigParam?config_id=9999")
            .status,
        404
    );
    // a validator was removed since the first block; configs of before are not kept, which is no defect
    for method in ["getConfigParam?config_id=34&", "getConfigAll?"] {
        let path = format!("/toncenter/v2/{method}workchain=0&seqno=1");
        let answer = http.get(&path);
        assert_eq!(answer.status, 501, "{path}: {}", answer.text);
    }
}

#[test]
fn addresses_are_turned_into_each_other() {
    let story = shared();
    let http = &story.server.http;
    let raw = story.wallet.to_string();
    let packed = http.ton("packAddress", json!({"address": raw}));
    assert_eq!(packed, friendly(&story.wallet));
    assert_eq!(http.ton("unpackAddress", json!({"address": packed})), raw);
    let detected = http.ton("detectAddress", json!({"address": packed}));
    assert_eq!(detected["given_type"], "friendly_bounceable");
    assert_eq!(
        (&detected["raw_form"], &detected["test_only"]),
        (&json!(raw), &json!(false))
    );
    assert_eq!(detected["bounceable"]["b64url"], packed);
    let unbounceable = detected["non_bounceable"]["b64"].clone();
    let detected = http.ton("detectAddress", json!({"address": unbounceable}));
    assert_eq!(detected["given_type"], "friendly_non_bounceable");
}

#[test]
fn errors_say_what_to_change() {
    let story = shared();
    let http = &story.server.http;
    let wrong = [
        (404, "getNothing", json!({})),
        (400, "getAddressInformation", json!({})),
        (400, "getAddressInformation", json!({"address": "nonsense"})),
        (400, "getAddressInformation", json!({"address": [1]})),
        (
            404,
            "getAddressInformation",
            json!({"address": format!("9:{}", "0".repeat(64))}),
        ),
        (
            422,
            "getTransactions",
            json!({"address": story.root.to_string(), "limit": 1_000_000}),
        ),
        (
            400,
            "runGetMethod",
            json!({"address": story.root.to_string(), "method": "x", "stack": 1}),
        ),
        (
            400,
            "runGetMethod",
            json!({"address": story.root.to_string()}),
        ),
        (400, "sendBoc", json!({"boc": "AAAA"})),
        (
            400,
            "sendBoc",
            json!({"boc": Boc::encode_base64(Cell::default())}),
        ),
        (400, "lookupBlock", json!({"workchain": 0})),
        // half of a place is none: the first page again would be no next page
        (
            400,
            "getBlockTransactions",
            json!({"workchain": 0, "seqno": 1, "after_lt": 7}),
        ),
        (
            400,
            "getBlockTransactionsExt",
            json!({"workchain": 0, "seqno": 1, "after_hash": "11".repeat(32)}),
        ),
        (
            400,
            "getTransactions",
            json!({"address": story.root.to_string(), "hash": "11".repeat(32)}),
        ),
        (400, "shards", json!({"seqno": -1})),
        (
            404,
            "getBlockHeader",
            json!({"workchain": 0, "seqno": 1, "shard": "4000000000000000"}),
        ),
    ];
    for (status, method, params) in wrong {
        let answer = http.ton_raw(method, params.clone());
        let told = answer.json();
        assert_eq!(answer.status, status, "{method} {params}: {told}");
        assert_eq!(
            (&told["ok"], &told["code"]),
            (&json!(false), &json!(status))
        );
        assert_eq!(
            (&told["id"], &told["jsonrpc"]),
            (&json!("7"), &json!("2.0"))
        );
        assert_advises(&told["error"], &format!("{method} {params}"));
    }
    for body in [
        "",
        "{",
        "[]",
        "5",
        "null",
        "\"x\"",
        "{\"method\": 5}",
        "[{\"id\": 1}]",
    ] {
        let answer = http.post_raw("/toncenter/v2/jsonRPC", body.as_bytes());
        assert_eq!(
            (answer.status, &answer.json()["ok"]),
            (400, &json!(false)),
            "{body}"
        );
    }
    let answer = http.get("/toncenter/v2/jsonRPC");
    assert_eq!((answer.status, &answer.json()["code"]), (405, &json!(405)));
}
