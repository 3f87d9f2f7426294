//! JSON-RPC as served by Tycho nodes: our own client works on it, and each answer is correct.

use std::collections::BTreeSet;
use std::time::Instant;

use ddvs_client::{
    Backend, Live, MASTERCHAIN, MessageStatus, Outgoing, OwnerWallet, Refusal, getter,
};
use ddvs_types::account::decode_account;
use serde_json::{Value, json};
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes, Load};
use tycho_types::models::{AccountStatus, Block, BlockId, BlockchainConfig, StdAddr, Transaction};

use crate::http::{assert_advises, cell};
use crate::server::COIN;
use crate::story::{account, follow, fund, shared, wallet_of};

#[test]
fn our_client_of_nodes_sees_the_same_network() {
    let story = shared();
    let network = story.server.connect();
    assert_eq!(network.chains().unwrap().len(), 3);
    for address in [&story.wallet, &story.root, story.user.address()] {
        let (found, expected) = (network.account(address).unwrap(), account(story, address));
        assert_eq!(found.account, expected.account);
        assert_eq!(found.last_transaction_hash, expected.last_transaction_hash);
    }
    for chain in [MASTERCHAIN, 0, 1] {
        let expected = story.server.running.live.read().config(chain).unwrap();
        assert_eq!(network.config(chain).unwrap(), expected);
    }
    let nobody = StdAddr::new(1, HashBytes([3; 32]));
    let begin = Instant::now();
    let nobody = network.account(&nobody).unwrap();
    assert_eq!(nobody.status(), AccountStatus::NotExists);
    // it knows that this server does not hide accounts, as a node may
    assert!(begin.elapsed() < ddvs_jrpc::Settings::default().read_patience);
    let of_user = network.transactions(story.user.address(), 0, 100).unwrap();
    let hash = story.stake.root().transaction().unwrap().hash;
    assert!(of_user.iter().any(|transaction| transaction.hash == hash));
    let status = network.message_status(&story.stake.root().hash).unwrap();
    assert!(matches!(status, MessageStatus::Executed(found) if found.hash == hash));
}

#[test]
fn our_client_of_nodes_sends_across_chains() {
    let story = shared();
    let mut network = story.server.connect();
    let from = wallet_of(31, 1);
    fund(&story.server, &mut network, &from, 20);
    for (index, to) in [(0, 0), (1, MASTERCHAIN), (2, 1)] {
        let to = wallet_of(40 + index, to);
        let pay = [Outgoing::transfer(to.address().clone(), COIN)];
        let tree = follow(&mut network, &from, &pay);
        assert!(tree.succeeded(), "{tree}");
        let arrived = network.account(to.address()).unwrap();
        assert!(arrived.balance_nano > COIN / 2, "{}", arrived.balance_nano);
    }
    let replayed = from.build_external(0, u32::MAX, false, &[]).unwrap();
    let error = network.send(replayed).unwrap_err();
    assert!(matches!(
        error.refusal(),
        Some(Refusal::NotAccepted {
            exit_code: Some(133),
            ..
        })
    ));
    let cursor = network.cursor().unwrap();
    let before = network.chains().unwrap()[0].seqno;
    for _ in 0..3 {
        network.next_block().unwrap().unwrap();
    }
    assert!(network.chains().unwrap()[0].seqno > before);
    assert!(network.blocks_since(cursor, 100).unwrap().len() >= 3);
}

#[test]
fn capabilities_and_heights_are_reported() {
    let story = shared();
    let http = &story.server.http;
    let can = http.rpc("getCapabilities", json!({}));
    let can: BTreeSet<_> = can
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let expected = [
        "getAccountsByCodeHash",
        "getBlockchainConfig",
        "getCapabilities",
        "getContractState",
        "getDstTransaction",
        "getLatestKeyBlock",
        "getLibraryCell",
        "getStatus",
        "getTimings",
        "getTransaction",
        "getTransactionBlockId",
        "getTransactionsList",
        "sendMessage",
    ];
    assert_eq!(can, BTreeSet::from(expected));
    assert_eq!(http.rpc("getStatus", Value::Null), json!({"ready": true}));
    let timings = http.rpc("getTimings", json!({}));
    let height = story.server.status(-1);
    let seqno = timings["lastMcBlockSeqno"].as_u64().unwrap();
    assert!(u64::from(height.seqno).abs_diff(seqno) < 100);
    assert!(
        (0..=5).contains(&timings["mcTimeDiff"].as_i64().unwrap()),
        "{timings}"
    );
    assert!(
        timings["lastMcUtime"]
            .as_u64()
            .unwrap()
            .abs_diff(height.last_block_ms / 1_000)
            <= 5
    );
}

#[test]
fn the_config_comes_alone_and_in_a_key_block() {
    let story = shared();
    let http = &story.server.http;
    let delector: StdAddr = story.server.main_delector().parse().unwrap();
    let told = http.rpc("getBlockchainConfig", json!({}));
    assert_eq!(told["globalId"], ddvs_devnet::GLOBAL_ID);
    let root = cell(&told["config"]);
    let config = BlockchainConfig::load_from(&mut root.as_slice().unwrap()).unwrap();
    assert_eq!(config.address, delector.address);
    assert_eq!(
        config.params,
        story
            .server
            .running
            .live
            .read()
            .config(MASTERCHAIN)
            .unwrap()
    );
    let block = cell(&http.rpc("getLatestKeyBlock", json!({}))["block"]);
    let block: Block = block.parse().unwrap();
    assert_eq!(block.global_id, ddvs_devnet::GLOBAL_ID);
    let info = block.load_info().unwrap();
    assert!(info.key_block && info.shard.is_masterchain());
    assert_eq!(told["seqno"], info.seqno);
    let custom = block.load_extra().unwrap().load_custom().unwrap().unwrap();
    assert_eq!(custom.config.unwrap().params, config.params);
}

#[test]
fn an_account_is_told_once_it_changed() {
    let story = shared();
    let http = &story.server.http;
    let params = json!({"address": story.wallet.to_string()});
    let told = http.rpc("getContractState", params);
    assert_eq!(told["type"], "exists");
    let expected = account(story, &story.wallet);
    assert_eq!(
        Some(decode_account(&cell(&told["account"])).unwrap()),
        expected.account
    );
    let last = &told["lastTransactionId"];
    assert_eq!(last["lt"], expected.last_transaction_lt.to_string());
    assert_eq!(last["hash"], expected.last_transaction_hash.to_string());
    assert!(
        told["timings"]["genLt"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
            > expected.last_transaction_lt
    );
    let known = json!({"address": story.wallet.to_string(), "lastTransactionLt": last["lt"]});
    assert_eq!(http.rpc("getContractState", known)["type"], "unchanged");
    for nobody in [
        StdAddr::new(0, HashBytes([1; 32])),
        StdAddr::new(17, HashBytes([1; 32])),
    ] {
        let params = json!({"address": nobody.to_string()});
        assert_eq!(http.rpc("getContractState", params)["type"], "notExists");
    }
}

#[test]
fn transactions_come_by_account_hash_and_message() {
    let story = shared();
    let http = &story.server.http;
    let stake = story.stake.root().transaction().unwrap();
    let user = stake.account.to_string();
    let list = |newest: Option<String>, limit: u8| {
        let params = json!({"account": user, "lastTransactionLt": newest, "limit": limit});
        http.rpc("getTransactionsList", params)
            .as_array()
            .unwrap()
            .clone()
    };
    let found = list(Some(stake.lt.to_string()), 2);
    assert_eq!(found.len(), 2);
    assert_eq!(*cell(&found[0]).repr_hash(), stake.hash);
    let second: Transaction = cell(&found[1]).parse().unwrap();
    assert!(second.lt < stake.lt);
    assert!(list(None, 0).is_empty());
    let id = json!({"id": stake.hash.to_string()});
    assert_eq!(http.rpc("getTransaction", id.clone()), found[0]);
    let by_message = json!({"messageHash": story.stake.root().hash.to_string()});
    assert_eq!(http.rpc("getDstTransaction", by_message), found[0]);
    let block = http.rpc("getTransactionBlockId", id);
    let block: BlockId = block["blockId"].as_str().unwrap().parse().unwrap();
    assert_eq!(
        (block.shard.workchain(), block.seqno),
        (0, stake.block_seqno)
    );
    let nothing = HashBytes([5; 32]).to_string();
    assert!(http.rpc("getTransaction", json!({"id": nothing})).is_null());
    assert!(
        http.rpc("getDstTransaction", json!({"messageHash": nothing}))
            .is_null()
    );
    assert!(
        http.rpc("getTransactionBlockId", json!({"id": nothing}))
            .is_null()
    );
    assert_eq!(
        http.rpc("getLibraryCell", json!({"hash": nothing})),
        json!({"cell": null})
    );
}

#[test]
fn accounts_of_one_code_come_in_pages() {
    let story = shared();
    let code = account(story, &story.root)
        .code()
        .unwrap()
        .repr_hash()
        .to_string();
    let ask = |after: Option<&String>, limit: u8| -> Vec<String> {
        let params = json!({"codeHash": code, "continuation": after, "limit": limit});
        serde_json::from_value(story.server.http.rpc("getAccountsByCodeHash", params)).unwrap()
    };
    let all = ask(None, 100);
    assert_eq!(all.len(), 6, "one Root for each genesis validator");
    assert!(all.contains(&story.root.to_string()));
    let mut walked = Vec::new();
    loop {
        let page = ask(walked.last(), 4);
        walked.extend(page.clone());
        if page.len() < 4 {
            break;
        }
    }
    assert_eq!(walked, all);
}

#[test]
fn a_message_is_taken_or_refused_in_words() {
    let story = shared();
    let mut network = story.server.connect();
    let user = wallet_of(33, 1);
    fund(&story.server, &mut network, &user, 5);
    let until = getter::unix_time(network.now_ms().unwrap()) + 600;
    let message = user.build_external(0, until, true, &[]).unwrap();
    let boc = |message: &Cell| json!({"message": Boc::encode_base64(message)});
    assert!(
        story
            .server
            .http
            .rpc("sendMessage", boc(&message))
            .is_null()
    );
    let hash = *message.repr_hash();
    story.server.until("the message", |_| {
        match network.message_status(&hash).unwrap() {
            MessageStatus::Executed(transaction) => Some(transaction),
            _ => None,
        }
    });
    let refused = story.server.http.rpc_raw("sendMessage", boc(&message)).ok();
    assert_eq!(refused["error"]["code"], -32003);
    assert!(
        refused["error"]["message"]
            .as_str()
            .unwrap()
            .contains("seqno"),
        "{refused}"
    );
    let other = OwnerWallet::new([33; 32], 1, 5).unwrap();
    let foreign = other.build_external(1, until, false, &[]).unwrap();
    let refused = story.server.http.rpc_raw("sendMessage", boc(&foreign)).ok();
    assert_eq!(refused["error"]["code"], -32003);
}

#[test]
fn errors_have_the_codes_that_nodes_give() {
    let story = shared();
    let http = &story.server.http;
    let account = story.root.to_string();
    let wrong = [
        (-32601, "getNothing", json!({})),
        (-32602, "getContractState", json!({})),
        (-32602, "getContractState", json!({"address": "nonsense"})),
        (-32602, "getContractState", json!([1])),
        (-32602, "getTransactionsList", json!({"account": account})),
        (
            -32602,
            "getTransactionsList",
            json!({"account": account, "limit": -1}),
        ),
        (
            -32004,
            "getTransactionsList",
            json!({"account": account, "limit": 101}),
        ),
        (-32602, "getTransaction", json!({"id": "12"})),
        (-32602, "sendMessage", json!({"message": "AAAA"})),
        (
            -32003,
            "sendMessage",
            json!({"message": Boc::encode_base64(Cell::default())}),
        ),
    ];
    for (code, method, params) in wrong {
        let told = http.rpc_raw(method, params.clone()).ok();
        assert_eq!(told["error"]["code"], code, "{method} {params}: {told}");
        assert_eq!(told["id"], 7);
        assert_advises(&told["error"]["message"], &format!("{method} {params}"));
    }
    let bodies = [
        ("", -32700),
        ("{", -32700),
        ("[]", -32600),
        ("5", -32600),
        (
            "{\"id\": 1, \"method\": \"getStatus\", \"params\": {}}",
            -32600,
        ),
        ("{\"jsonrpc\": \"2.0\", \"id\": 1, \"params\": {}}", -32600),
        (
            "{\"jsonrpc\": \"2.0\", \"id\": {}, \"method\": \"getStatus\"}",
            -32600,
        ),
    ];
    for (body, code) in bodies {
        for path in ["/rpc", "/"] {
            let told = http.post_raw(path, body.as_bytes()).ok();
            assert_eq!(told["error"]["code"], code, "{body}: {told}");
        }
    }
}
