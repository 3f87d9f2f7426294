//! Sending messages, and their cost.

use ddvs_client::{Live, Outgoing, getter};
use serde_json::json;
use tycho_types::boc::Boc;
use tycho_types::cell::CellBuilder;

use super::b64;
use crate::server::COIN;
use crate::story::{fund, shared, wallet_of};

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
fn sending_a_waiting_message_again_is_no_error() {
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
