//! toncenter v2: right answers, held against the network itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ddvs_client::{AccountView, Backend, Outgoing, getter};
use num_bigint::BigInt;
use serde_json::{Value, json};
use tycho_types::boc::{Boc, BocRepr};
use tycho_types::cell::{Cell, CellBuilder, HashBytes, Load};
use tycho_types::models::{MsgInfo, StdAddr, Transaction};
use tycho_vm::RcStackValue;

use crate::server::COIN;
use crate::story::{account, follow, fund, shared, wallet_of};

fn friendly(address: &StdAddr) -> String {
    address.display_base64_url(true).to_string()
}

fn cell(text: &Value) -> Cell {
    Boc::decode_base64(text.as_str().unwrap()).unwrap()
}

fn b64(hash: &HashBytes) -> String {
    STANDARD.encode(hash.0)
}

fn assert_is(found: &Value, expected: &AccountView) {
    assert_eq!(found["state"], "active");
    assert_eq!(cell(&found["code"]), *expected.code().unwrap());
    let last = &found["last_transaction_id"];
    assert_eq!(last["lt"], expected.last_transaction_lt.to_string());
    assert_eq!(last["hash"], b64(&expected.last_transaction_hash));
    assert_eq!(cell(&found["data"]), *expected.data().unwrap());
    assert_eq!(found["balance"], expected.balance_nano.to_string());
}

#[test]
fn an_account_is_told_in_every_form() {
    let story = shared();
    let http = &story.server.http;
    let expected = account(story, &story.wallet);
    let raw = story.wallet.to_string();
    for form in [raw.clone(), friendly(&story.wallet), raw.to_uppercase()] {
        let params = json!({"address": form});
        let found = http.ton("getAddressInformation", params.clone());
        assert_is(&found, &expected);
        let query = format!("/toncenter/v2/getAddressInformation?address={form}");
        let rest = http.get(&query).ok();
        assert_eq!(rest["ok"], true);
        assert_is(&rest["result"], &expected);
        let posted = http
            .post("/toncenter/v2/getAddressInformation", &params)
            .ok();
        assert_is(&posted["result"], &expected);
        let balance = expected.balance_nano.to_string();
        assert_eq!(http.ton("getAddressBalance", params.clone()), balance);
        assert_eq!(http.ton("getAddressState", params), "active");
    }
    let found = http.ton("getAddressInformation", json!({"address": raw}));
    let block = &found["block_id"];
    assert_eq!(
        (&block["workchain"], &block["shard"]),
        (&json!(0), &json!("-9223372036854775808"))
    );
    let seqno = block["seqno"].as_u64().unwrap();
    let known = story.server.until("the index", |http| {
        let params = json!({"workchain": 0, "shard": "-9223372036854775808", "seqno": seqno});
        let answer = http.ton_raw("lookupBlock", params);
        (answer.status == 200).then(|| answer.json()["result"].clone())
    });
    assert_eq!(known["root_hash"], block["root_hash"]);
}

#[test]
fn an_account_that_is_not_there_is_uninitialized() {
    let story = shared();
    let nobody = StdAddr::new(1, HashBytes([9; 32])).to_string();
    let found = story
        .server
        .http
        .ton("getAddressInformation", json!({"address": nobody}));
    assert_eq!(found["state"], "uninitialized");
    assert_eq!(
        (&found["balance"], &found["code"]),
        (&json!("0"), &json!(""))
    );
    assert_eq!(found["last_transaction_id"]["lt"], "0");
    let found = story
        .server
        .http
        .ton("getExtendedAddressInformation", json!({"address": nobody}));
    assert_eq!(found["account_state"]["@type"], "uninited.accountState");
    let run = json!({"address": nobody, "method": "seqno", "stack": []});
    assert_eq!(story.server.http.ton("runGetMethod", run)["exit_code"], -13);
}

#[test]
fn a_standard_wallet_is_recognised() {
    let story = shared();
    let http = &story.server.http;
    let user = story.user.address();
    let params = json!({"address": friendly(user)});
    let (seqno, _) = story.user.next_seqno(&account(story, user)).unwrap();
    let found = http.ton("getWalletInformation", params.clone());
    assert_eq!(found["wallet"], true);
    assert_eq!(found["wallet_type"], "wallet v5 r1");
    assert_eq!(found["seqno"], seqno);
    let found = http.ton("getExtendedAddressInformation", params.clone());
    assert_eq!(found["account_state"]["@type"], "wallet.v5.accountState");
    assert_eq!(found["account_state"]["seqno"], seqno);
    let run = json!({"address": friendly(user), "method": "seqno", "stack": []});
    assert_eq!(
        http.ton("runGetMethod", run)["stack"],
        json!([["num", format!("0x{seqno:x}")]])
    );
    let not_one = http.ton(
        "getWalletInformation",
        json!({"address": story.root.to_string()}),
    );
    assert_eq!(not_one["wallet"], false);
}

#[test]
fn blocks_fit_together() {
    let story = shared();
    let http = &story.server.http;
    let info = http.ton("getMasterchainInfo", json!({}));
    assert_eq!(info["last"]["workchain"], -1);
    assert_eq!(info["init"]["seqno"], 0);
    let seqno = info["last"]["seqno"].as_u64().unwrap();
    let height = story
        .server
        .running
        .live
        .read()
        .network()
        .chain_status(-1)
        .unwrap()
        .seqno;
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

#[test]
fn pages_of_transactions_lead_back_to_the_first() {
    let story = shared();
    let http = &story.server.http;
    let wallet = friendly(&story.wallet);
    let all = http.ton("getTransactions", json!({"address": wallet, "limit": 100}));
    let all = all.as_array().unwrap();
    assert!(all.len() >= 3, "{}", all.len());
    let mut walked: Vec<Value> = Vec::new();
    let mut params = json!({"address": wallet, "limit": 2});
    loop {
        let page = http.ton("getTransactions", params.clone());
        let mut page = page.as_array().unwrap().clone();
        if !walked.is_empty() {
            // as in toncenter, a page begins with the transaction that was named
            assert_eq!(page.remove(0), *walked.last().unwrap());
        }
        if page.is_empty() {
            break;
        }
        walked.extend(page);
        let last = &walked.last().unwrap()["transaction_id"];
        let hash = STANDARD.decode(last["hash"].as_str().unwrap()).unwrap();
        params["lt"] = last["lt"].clone();
        params["hash"] = json!(hex::encode(hash));
    }
    assert_eq!(&walked, all);
    for listed in all {
        let cell = cell(&listed["data"]);
        assert_eq!(listed["transaction_id"]["hash"], b64(cell.repr_hash()));
        let transaction: Transaction = cell.parse().unwrap();
        assert_eq!(listed["transaction_id"]["lt"], transaction.lt.to_string());
        assert_eq!(listed["utime"], transaction.now);
        assert_eq!(listed["fee"], transaction.total_fees.tokens.to_string());
        assert_eq!(
            listed["out_msgs"].as_array().unwrap().len(),
            transaction.out_msgs.iter().count()
        );
    }
    let to = &all[1]["transaction_id"]["lt"];
    let newer = http.ton(
        "getTransactions",
        json!({"address": wallet, "limit": 100, "to_lt": to}),
    );
    assert_eq!(newer.as_array().unwrap().len(), 1);
    let other = json!({"address": wallet, "lt": to, "hash": b64(&HashBytes::ZERO)});
    assert_eq!(http.ton_raw("getTransactions", other).status, 404);
}

#[test]
fn a_message_is_located_at_both_ends() {
    let story = shared();
    let http = &story.server.http;
    let asked = story.stake.root().transaction().unwrap();
    let (sent, got) = (asked, story.stake.nodes[1].transaction().unwrap());
    let message = &got.in_message.cell;
    let MsgInfo::Int(info) = MsgInfo::load_from(&mut message.as_slice().unwrap()).unwrap() else {
        panic!("not an internal message")
    };
    let params = json!({
        "source": friendly(&sent.account),
        "destination": friendly(&got.account),
        "created_lt": info.created_lt.to_string(),
    });
    for method in ["tryLocateTx", "tryLocateResultTx"] {
        let found = http.ton(method, params.clone());
        assert_eq!(found["transaction_id"]["hash"], b64(&got.hash));
        assert_eq!(found["in_msg"]["hash"], b64(message.repr_hash()));
        assert_eq!(found["in_msg"]["source"], friendly(&sent.account));
    }
    let found = http.ton("tryLocateSourceTx", params.clone());
    assert_eq!(found["transaction_id"]["hash"], b64(&sent.hash));
    let mut wrong = params;
    wrong["created_lt"] = json!("1");
    assert_eq!(http.ton_raw("tryLocateTx", wrong).status, 404);
}

#[test]
fn a_get_method_returns_what_it_returns_here() {
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
        ["slice", {"bytes": boc}],
        ["builder", {"bytes": boc}],
        ["list", {"@type": "tvm.list", "elements": []}],
        ["tuple", {"@type": "tvm.tuple", "elements": [number("1"), inner, list(json!([]))]}],
        ["list", {"@type": "tvm.list", "elements": [number("5"), cell]}],
    ]);
    let run = |stack: &Value| {
        let run = json!({"address": story.echo.to_string(), "method": "echo", "stack": stack});
        let found = story.server.http.ton("runGetMethod", run);
        assert_eq!(found["exit_code"], 0);
        found["stack"].clone()
    };
    assert_eq!(run(&args), expected);
    // what came back can be sent again
    assert_eq!(run(&expected), expected);
}

#[test]
fn a_message_costs_what_was_estimated_and_runs_once() {
    let story = shared();
    let http = &story.server.http;
    let mut network = story.server.connect();
    let user = wallet_of(21, 1);
    fund(&story.server, &mut network, &user, 50);
    let pay = [Outgoing::transfer(story.user.address().clone(), COIN)];
    let until = getter::unix_time(network.now_ms().unwrap()) + 600;
    let message = user.build_external(0, until, true, &pay).unwrap();
    let parsed = message.parse::<tycho_types::models::Message<'_>>().unwrap();
    let body = CellBuilder::build_from(parsed.body).unwrap();
    let state = user.state_init();
    let fees = http.ton(
        "estimateFee",
        json!({
            "address": user.address().to_string(),
            "body": Boc::encode_base64(body),
            "init_code": Boc::encode_base64(state.code.as_ref().unwrap()),
            "init_data": Boc::encode_base64(state.data.as_ref().unwrap()),
            "ignore_chksig": true,
        }),
    );
    let fees = &fees["source_fees"];
    let boc = Boc::encode_base64(&message);
    let sent = http.ton("sendBocReturnHash", json!({"boc": boc}));
    assert_eq!(sent["hash"], b64(message.repr_hash()));
    let hash = message.repr_hash().to_string();
    let done = story.server.until("the payment", |http| {
        let found = http.get(&format!("/api/v1/messages/{hash}"));
        (found.status == 200 && found.json()["caused"].is_object()).then(|| found.json())
    });
    let gas = http.get("/api/v1/chains/1/config").ok();
    let gas = gas
        .as_array()
        .unwrap()
        .iter()
        .find(|param| param["param"] == 21)
        .unwrap()
        .clone();
    let price = gas["facts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|fact| fact["name"] == "price of gas");
    let price: u64 = price.unwrap()["value"].as_str().unwrap().parse().unwrap();
    let used = done["caused"]["gas_used"].as_u64().unwrap();
    assert_eq!(
        fees["gas_fee"].as_u64().unwrap(),
        (used * price).div_ceil(1 << 16)
    );
    let total: u64 = done["caused"]["fees_nano"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let part = |name: &str| fees[name].as_u64().unwrap();
    assert!(part("in_fwd_fee") > 0 && part("fwd_fee") > 0);
    let estimated = part("gas_fee") + part("in_fwd_fee") + part("fwd_fee") + part("storage_fee");
    // two thirds of the forward fee go along with the message and are no fee of this transaction
    let most = total + part("fwd_fee");
    let is_near = estimated >= total / 10 * 8 && estimated <= most / 10 * 12;
    assert!(is_near, "{estimated} {total} {fees}");

    let again = http.ton_raw("sendBoc", json!({"boc": boc}));
    let told = again.json();
    assert_eq!(
        (again.status, &told["ok"], &told["code"]),
        (422, &json!(false), &json!(422))
    );
    assert!(told["error"].as_str().unwrap().contains("133"), "{told}");
    assert!(told["error"].as_str().unwrap().contains("seqno"), "{told}");
    // a plain sendBoc of the next one
    let next = user.build_external(1, until, false, &pay).unwrap();
    let sent = http.ton("sendBoc", json!({"boc": Boc::encode_base64(&next)}));
    assert_eq!(sent["@type"], "ok");
}

#[test]
fn waiting_twice_is_no_error() {
    let story = shared();
    let mut network = story.server.connect();
    let user = wallet_of(22, 0);
    fund(&story.server, &mut network, &user, 10);
    let until = getter::unix_time(network.now_ms().unwrap()) + 600;
    let message = user.build_external(0, until, true, &[]).unwrap();
    let boc = json!({"boc": Boc::encode_base64(&message)});
    let rpc = json!({"message": Boc::encode_base64(&message)});
    let first = story.server.http.ton_raw("sendBoc", boc.clone());
    assert_eq!(first.status, 200, "{}", first.text);
    // until a block takes it, it may be sent any number of times; then its wallet refuses it
    for answer in [
        story.server.http.ton_raw("sendBoc", boc),
        story.server.http.rpc_raw("sendMessage", rpc),
    ] {
        let told = answer.json();
        let refused = told["error"].to_string();
        assert!(refused == "null" || refused.contains("133"), "{told}");
    }
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
fn what_is_wrong_is_told_with_what_to_change() {
    let story = shared();
    let http = &story.server.http;
    let wrong = [
        (404, "getNothing", json!({})),
        (422, "getAddressInformation", json!({})),
        (422, "getAddressInformation", json!({"address": "nonsense"})),
        (422, "getAddressInformation", json!({"address": [1]})),
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
            422,
            "runGetMethod",
            json!({"address": story.root.to_string(), "method": "x", "stack": 1}),
        ),
        (
            422,
            "runGetMethod",
            json!({"address": story.root.to_string()}),
        ),
        (422, "sendBoc", json!({"boc": "AAAA"})),
        (
            422,
            "sendBoc",
            json!({"boc": Boc::encode_base64(Cell::default())}),
        ),
        (422, "lookupBlock", json!({"workchain": 0})),
        (422, "shards", json!({"seqno": -1})),
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
        let words = told["error"].as_str().unwrap();
        assert!(
            words.contains(". ") && words.ends_with('.'),
            "{method} {params}: {words}"
        );
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
            (422, &json!(false)),
            "{body}"
        );
    }
    let answer = http.get("/toncenter/v2/jsonRPC");
    assert_eq!((answer.status, &answer.json()["code"]), (405, &json!(405)));
}

#[test]
fn what_one_dialect_sends_another_tells() {
    let story = shared();
    let mut network = story.server.connect();
    let user = wallet_of(23, 0);
    fund(&story.server, &mut network, &user, 10);
    let back = Outgoing::transfer(story.user.address().clone(), COIN);
    let tree = follow(&mut network, &user, &[back]);
    assert!(tree.succeeded());
    story.server.settle();
    let params = json!({"address": friendly(user.address()), "limit": 5});
    let listed = story.server.http.ton("getTransactions", params);
    let hash = b64(&tree.root().transaction().unwrap().hash);
    let listed = listed.as_array().unwrap();
    assert!(listed.iter().any(|t| t["transaction_id"]["hash"] == hash));
}
