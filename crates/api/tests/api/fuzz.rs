//! Mutated bodies for every call that takes one: stacks, messages as bags of cells, calls of both JSON-RPC dialects. None is
//! answered by a fault of the server, and each refusal has a reason.
//!
//! `ddvs-fuzz` documents how long it runs and how to repeat an input. Random requests to all other routes are in
//! `nonsense.rs`.

use ddvs_fuzz::{Shape, fuzz};
use serde_json::{Value, json};
use tycho_types::boc::Boc;
use tycho_types::cell::CellBuilder;

use super::story::{Story, shared};

const PATHS: [&str; 7] = [
    "/toncenter/v2/jsonRPC",
    "/toncenter/v2/runGetMethod",
    "/toncenter/v2/sendBoc",
    "/toncenter/v2/estimateFee",
    "/rpc",
    "/",
    "/toncenter/v2/runGetMethodStd",
];

/// Calls that are answered, as `{path, body}`.
fn samples(story: &Story) -> Vec<Vec<u8>> {
    let (echo, wallet, root) = (
        story.echo.to_string(),
        story.wallet.to_string(),
        story.root.to_string(),
    );
    let cell = CellBuilder::build_from((7u64, CellBuilder::build_from(9u8).unwrap())).unwrap();
    let cell = Boc::encode_base64(cell);
    let stack = json!([
        ["num", "0x12"],
        ["tvm.Cell", cell],
        ["tvm.Slice", cell],
        ["tuple", {"@type": "tvm.tuple", "elements": [{"@type": "tvm.stackEntryNumber", "number": {"number": "-5"}}]}],
        ["list", {"@type": "tvm.list", "elements": [{"@type": "tvm.stackEntryCell", "cell": {"bytes": cell}}]}],
        ["null"],
    ]);
    let get = json!({"address": echo, "method": "echo", "stack": stack});
    let plain = json!({"address": wallet, "method": "seqno", "stack": []});
    let message = Boc::encode_base64(&story.stake.root().transaction().unwrap().in_message.cell);
    let call = |method: &str, params: Value| json!({"id": "7", "jsonrpc": "2.0", "method": method, "params": params});
    let rpc = |method: &str, params: Value| json!({"id": 7, "jsonrpc": "2.0", "method": method, "params": params});
    let estimate = json!({"address": echo, "body": cell, "ignore_chksig": true});
    let bodies = [
        (0, call("runGetMethod", get.clone())),
        (
            0,
            call("getTransactions", json!({"address": root, "limit": 5})),
        ),
        (0, call("sendBoc", json!({"boc": message}))),
        (0, call("getConfigParam", json!({"config_id": 34}))),
        (6, get.clone()),
        (1, get),
        (1, plain),
        (2, json!({"boc": message})),
        (3, estimate),
        (4, rpc("getContractState", json!({"address": root}))),
        (4, rpc("sendMessage", json!({"message": message}))),
        (
            4,
            rpc("getTransactionsList", json!({"account": root, "limit": 5})),
        ),
        (5, rpc("getTimings", json!({}))),
    ];
    let encode = |(path, body): (usize, Value)| {
        json!({"path": PATHS[path], "body": body})
            .to_string()
            .into_bytes()
    };
    bodies.map(encode).to_vec()
}

#[test]
fn no_body_breaks_the_server() {
    let story = shared();
    let http = &story.server.http;
    fuzz("api", 8, Shape::Json, &samples(story), |input| {
        let (path, body) = match serde_json::from_slice::<Value>(input) {
            Ok(asked) => {
                let path = PATHS.iter().find(|path| asked["path"] == **path);
                let body = asked["body"].to_string().into_bytes();
                (*path.unwrap_or(&PATHS[0]), body)
            }
            // no JSON: the body is that
            Err(_) => (PATHS[input.len() % PATHS.len()], input.to_vec()),
        };
        let answer = http.post_raw(path, &body);
        assert!(
            ![500, 502, 504].contains(&answer.status),
            "{path} {}: {} {}",
            String::from_utf8_lossy(&body),
            answer.status,
            answer.text
        );
        let told = answer.json();
        let words = told["error"].as_str().or(told["error"]["message"].as_str());
        let is_refused = answer.status != 200 || words.is_some();
        assert!(
            !is_refused || words.is_some_and(|words| words.len() > 5),
            "{path}: {told}"
        );
        // a contract's refusal of a message that was read
        let is_read = words.is_some_and(|words| words.contains("accept"));
        !is_refused || is_read
    });
    assert_eq!(http.get("/health").text, "ok\n");
}
