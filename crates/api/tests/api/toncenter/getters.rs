//! Get methods.

use ddvs_client::{Live, getter};
use num_bigint::BigInt;
use serde_json::{Value, json};
use tycho_types::boc::{Boc, BocRepr};
use tycho_types::models::StdAddr;
use tycho_vm::RcStackValue;

use crate::story::shared;

#[test]
fn get_method_result_equals_a_local_run() {
    let story = shared();
    let http = &story.server.http;
    let delector = story.server.main_delector();
    let address: StdAddr = delector.parse().unwrap();
    let arg = || RcStackValue::new_dyn_value(BigInt::from(0));
    let expected = {
        let network = story.server.running.live.read();
        network
            .get_method(&address, "registry_digest", vec![arg()])
            .unwrap()
    };
    let number = expected.stack[0].as_int().unwrap();
    let expected = json!([["num", format!("0x{}", number.to_str_radix(16))]]);
    for method in [
        json!("registry_digest"),
        json!(getter::method_id("registry_digest")),
    ] {
        let run = json!({"address": delector, "method": method, "stack": [["num", 0]]});
        let found = http.ton("runGetMethod", run);
        assert_eq!(
            (&found["exit_code"], &found["stack"]),
            (&json!(0), &expected)
        );
        assert!(found["gas_used"].as_u64().unwrap() > 100);
    }
    let path =
        "/toncenter/v2/runGetMethod?method=registry_digest&stack=%5B%5B%22num%22%2C%220x0%22%5D%5D";
    let found = http.get(&format!("{path}&address={delector}")).ok();
    assert_eq!(found["result"]["stack"], expected);
    let none = json!({"address": delector, "method": "no_such_method", "stack": []});
    assert_eq!(http.ton("runGetMethod", none)["exit_code"], 11);
}

#[test]
fn every_kind_of_value_goes_through_a_contract_and_back() {
    let story = shared();
    let boc = BocRepr::encode_base64(&story.wallet).unwrap();
    let number = |n: &str| json!({"@type": "tvm.stackEntryNumber", "number": {"@type": "tvm.numberDecimal", "number": n}});
    let cell = json!({"@type": "tvm.stackEntryCell", "cell": {"@type": "tvm.cell", "bytes": boc}});
    let slice =
        json!({"@type": "tvm.stackEntrySlice", "slice": {"@type": "tvm.slice", "bytes": boc}});
    let list = |elements: Value| json!({"@type": "tvm.stackEntryList", "list": {"@type": "tvm.list", "elements": elements}});
    let tuple = |elements: Value| json!({"@type": "tvm.stackEntryTuple", "tuple": {"@type": "tvm.tuple", "elements": elements}});
    let inner = tuple(json!([
        number("-7"),
        list(json!([cell, number("3")])),
        tuple(json!([slice]))
    ]));
    let args = json!([
        ["num", "-0x10"],
        ["tvm.Cell", boc],
        ["tvm.Slice", boc],
        ["tvm.Builder", boc],
        ["null"],
        ["tuple", [["num", 1], inner, ["null"]]],
        ["list", [["num", "5"], ["tvm.Cell", boc]]],
    ]);
    let expected = json!([
        ["num", "-0x10"],
        ["cell", {"bytes": boc}],
        ["cell", {"bytes": boc}],
        ["cell", {"bytes": boc}],
        ["list", {"@type": "tvm.list", "elements": []}],
        ["tuple", {"@type": "tvm.tuple", "elements": [number("1"), inner, list(json!([]))]}],
        ["list", {"@type": "tvm.list", "elements": [number("5"), cell]}],
    ]);
    let run = |method: &str, stack: &Value| {
        let run = json!({"address": story.echo.to_string(), "method": "echo", "stack": stack});
        let found = story.server.http.ton(method, run);
        assert_eq!(found["exit_code"], 0);
        found["stack"].clone()
    };
    assert_eq!(run("runGetMethod", &args), expected);
    // the result can be passed again
    assert_eq!(run("runGetMethod", &expected), expected);
    let objects = json!([
        number("-16"),
        cell,
        slice,
        cell,
        list(json!([])),
        tuple(json!([number("1"), inner, list(json!([]))])),
        list(json!([number("5"), cell])),
    ]);
    assert_eq!(run("runGetMethodStd", &args), objects);
    assert_eq!(run("runGetMethodStd", &objects), objects);
}

#[test]
fn old_clients_can_read_a_getters_address() {
    let story = shared();
    let http = &story.server.http;
    let root = story.root.to_string();
    let run = json!({"address": root, "method": "root_info", "stack": []});
    let stack = http.ton("runGetMethod", run.clone())["stack"].clone();
    let path = format!("/toncenter/v2/runGetMethod?method=root_info&address={root}");
    assert_eq!(http.get(&path).ok()["result"]["stack"], stack);
    // an address and three cells, all of the kind that every client knows
    let kinds: Vec<_> = { stack.as_array().unwrap().iter() }
        .map(|value| value[0].clone())
        .collect();
    assert_eq!(kinds, ["cell"; 4]);
    let address_in = |bytes: &Value| -> StdAddr {
        let cell = Boc::decode_base64(bytes.as_str().unwrap()).unwrap();
        cell.parse().unwrap()
    };
    let delector = story.server.delector(story.root.workchain);
    assert_eq!(address_in(&stack[0][1]["bytes"]).to_string(), delector);
    let path = format!("/toncenter/v2/runGetMethodStd?method=root_info&address={root}");
    for objects in [
        http.ton("runGetMethodStd", run),
        http.get(&path).ok()["result"].clone(),
    ] {
        let [slice, cells @ ..] = objects["stack"].as_array().unwrap().as_slice() else {
            panic!("{objects}");
        };
        assert_eq!(slice["@type"], "tvm.stackEntrySlice");
        assert_eq!(address_in(&slice["slice"]["bytes"]).to_string(), delector);
        assert!(
            cells
                .iter()
                .all(|cell| cell["@type"] == "tvm.stackEntryCell")
        );
    }
}
