//! Accounts, and wallets among them.

use ddvs_client::AccountView;
use serde_json::{Value, json};
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

use super::{b64, friendly};
use crate::http::cell;
use crate::story::{account, shared};

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
