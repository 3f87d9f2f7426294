//! Transactions of accounts, and messages that lead to them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ddvs_client::Outgoing;
use serde_json::{Value, json};
use tycho_types::cell::{HashBytes, Load};
use tycho_types::models::{MsgInfo, Transaction};

use super::{b64, friendly};
use crate::http::cell;
use crate::server::COIN;
use crate::story::{follow, fund, shared, wallet_of};

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
fn message_sent_by_one_dialect_is_listed_by_another() {
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
