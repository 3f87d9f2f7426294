//! `ddvs gateway` in front of real nodes: a quiet network, use through the binary, crashes of the gateway, a rebuilt index.
//!
//! Needs the engine's binary, in the path or named by `TYCHO_BIN`: `.ci/nightly` runs it.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use common::gateway::{Gateway, wait};
use ddvs_client::{DePoolRoot, DePoolWallet, Outgoing, OwnerWallet};
use ddvs_contracts::{Codes, Network};
use ddvs_drill::Trial;
use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Settings};
use ddvs_tycho::StoredKey;
use ddvs_types::COIN;
use serde_json::Value;
use tycho_types::boc::Boc;
use tycho_types::cell::Cell;

/// Operations of this test only.
trait Uses {
    fn send(&self, message: &Cell) -> String;
    fn settled(&self, message: &str) -> Value;
    fn past(&self) -> (BTreeSet<String>, Value);
}

impl Uses for Gateway {
    /// Sends through toncenter's dialect; the message's hash.
    fn send(&self, message: &Cell) -> String {
        let body = serde_json::json!({"boc": Boc::encode_base64(message)}).to_string();
        let sent = ureq::post(format!("{}/toncenter/v2/sendBoc", self.url))
            .header("content-type", "application/json")
            .send(body)
            .unwrap();
        assert_eq!(sent.status(), 200);
        message.repr_hash().to_string()
    }

    /// Waits until everything that a message caused has happened.
    fn settled(&self, message: &str) -> Value {
        wait("the tree of a message", || {
            let (status, text) = self.answer(&format!("/api/v1/messages/{message}/tree"));
            let tree: Value = serde_json::from_str(&text).unwrap();
            (status == 200 && tree["is_settled"] == true).then_some(tree)
        })
    }

    /// The known history.
    fn past(&self) -> (BTreeSet<String>, Value) {
        let events = self.items("/api/v1/events?limit=1000");
        let of_transactions = events
            .iter()
            .filter(|event| event["transaction"].is_string());
        let told = of_transactions
            .map(|event| format!("{} {}", event["kind"], event["transaction"]))
            .collect();
        (
            told,
            self.get("/api/v1/batches?origin=0&limit=100")["items"].clone(),
        )
    }
}

/// Waits until the gateway has the accounts that no block contains.
fn wait_for_pools(gateway: &Gateway) -> Vec<Value> {
    wait("the genesis pools", || {
        let pools = gateway.items("/api/v1/pools");
        (pools.len() == 4).then_some(pools)
    })
}

#[test]
#[ignore = "needs the engine's binary `tycho`: a gateway before real nodes"]
fn people_use_a_network_through_its_gateway() {
    let dir = tempfile::tempdir().unwrap();
    let change = |options: &mut ddvs_tycho::NetworkOptions| {
        (options.workchains, options.nodes, options.validators) = (1, 4, 4);
    };
    let trial = Trial::begin(dir.path(), 25_601, change).unwrap();
    wait("the first blocks", || {
        ddvs_drill::connect(&trial.layout).ok()
    });
    let (net, data) = (dir.path().join("net"), dir.path().join("gateway"));
    let by_dir = ["--network", net.to_str().unwrap()];

    // nothing has happened yet, but the network is there
    let gateway = Gateway::start(&by_dir, &data, &[]);
    let pools = wait_for_pools(&gateway);
    assert!(pools.iter().all(|pool| pool["standing"] == "validating"));
    for chain in ["-1", "0"] {
        let set = gateway.get(&format!("/api/v1/chains/{chain}/validators"));
        assert_eq!(set["members"].as_array().unwrap().len(), 4, "{set}");
    }
    let time = |timings: &Value| timings["result"]["lastMcUtime"].as_u64().unwrap();
    let timings = || -> Value {
        let question = r#"{"jsonrpc": "2.0", "id": 1, "method": "getTimings", "params": {}}"#;
        let mut answer = ureq::post(format!("{}/rpc", gateway.url))
            .header("content-type", "application/json")
            .send(question)
            .unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    };
    let before = time(&timings());
    wait("time to pass", || (time(&timings()) > before).then_some(()));

    // a payment, and an owner's stake; all of it through the gateway
    let key = |name: &str| StoredKey::read(&trial.layout.key(name)).unwrap().secret.0;
    let id = trial.network.global_id;
    let faucet = OwnerWallet::new(key("faucet"), 0, id).unwrap();
    let entry = &trial.network.roots[0];
    let owner = OwnerWallet::new(key(&entry.owner), 0, id).unwrap();
    let valid_until = u32::try_from(before).unwrap() + 300;
    let gift = Outgoing::transfer(owner.address().clone(), 1_000 * COIN);
    let payment = faucet
        .build_external(0, valid_until, true, &[gift])
        .unwrap();
    let tree = gateway.settled(&gateway.send(&payment));
    assert!(tree["nodes"].as_array().unwrap().len() >= 2, "{tree}");

    let settings = Settings::default();
    let description = NetworkDescription::discover(&gateway.url, &settings).unwrap();
    let backend = JrpcNetwork::connect(description, settings).unwrap();
    let genesis = trial.network.genesis.parse().unwrap();
    let network = Network::with_codes(genesis, &Codes::default());
    let wallet = DePoolWallet::new(&network, 0, owner.address()).unwrap();
    let address = entry.address.parse().unwrap();
    let root = DePoolRoot::fetch(&backend, &network, &address).unwrap();
    let value = wallet.change_value(&backend).unwrap();
    let stake = [
        wallet.deposit(200 * COIN).unwrap(),
        wallet.stake(&root, 100 * COIN, value, 1).unwrap(),
    ];
    let stake = owner.build_external(0, valid_until, true, &stake).unwrap();
    let tree = gateway.settled(&gateway.send(&stake));
    let nodes = tree["nodes"].as_array().unwrap();
    let ops: Vec<_> = nodes
        .iter()
        .filter_map(|node| node["message"]["op"]["name"].as_str())
        .collect();
    for op in ["Stake", "ConfirmStake", "Lock", "UpdateStake", "Propose"] {
        assert!(ops.contains(&op), "{ops:?}");
    }
    let batch = wait("the batch at both copies", || {
        let batch = gateway.get("/api/v1/batches?origin=0")["items"][0].clone();
        (batch["outcome"] == "applied").then_some(batch)
    });
    assert_eq!(batch["entries"][0]["root"], entry.address, "{batch}");
    let counted = gateway.get(&format!("/api/v1/pools/{}", entry.address))["counted_nano"].clone();
    assert_eq!(counted, batch["entries"][0]["stake_nano"]);

    // the other dialects, the page, the figures
    let last = gateway.get("/toncenter/v2/getMasterchainInfo")["result"]["last"].clone();
    assert!(last["seqno"].as_u64().unwrap() > 0, "{last}");
    let path = format!("/toncenter/v2/getTransactions?address={}", entry.address);
    assert!(!gateway.get(&path)["result"].as_array().unwrap().is_empty());
    assert_eq!(gateway.answer("/health").0, 200);
    assert!(gateway.answer("/").1.contains("<title>ddvs"));
    assert!(gateway.answer("/metrics").1.contains("ddvs_chain_height"));

    // it crashes, returns in front of one node, and continues with the same events
    let (told, batches) = gateway.past();
    let numbers = |gateway: &Gateway| {
        let events = gateway.items("/api/v1/events?limit=1000");
        let ids = events
            .iter()
            .rev()
            .map(|event| event["id"].as_u64().unwrap());
        ids.collect::<Vec<_>>()
    };
    let last = *numbers(&gateway).last().unwrap();
    assert!(told.len() >= 4, "{told:?}");
    // indexed data are on disk after a second
    std::thread::sleep(Duration::from_millis(2_500));
    drop(gateway);
    let node = format!("http://{}", trial.network.nodes[1].rpc);
    let by_node = ["--rpc", node.as_str()];
    let gateway = Gateway::start(&by_node, &data, &[]);
    assert!(numbers(&gateway).contains(&last));
    assert_eq!(gateway.past().1, batches);
    let again = Outgoing::transfer(owner.address().clone(), 7 * COIN);
    let payment = faucet
        .build_external(1, valid_until, false, &[again])
        .unwrap();
    gateway.settled(&gateway.send(&payment));
    let (told, batches) = gateway.past();
    drop(gateway);

    // an index that is rebuilt from the first block has the same data
    let gateway = Gateway::start(&by_node, &data, &["--rebuild-index"]);
    wait("the index", || (gateway.past().0 == told).then_some(()));
    wait("the batches", || {
        let outcomes = |batches: &Value| -> Vec<_> {
            let rows = batches.as_array().unwrap().iter();
            rows.map(|row| (row["hash"].clone(), row["outcome"].clone()))
                .collect()
        };
        (outcomes(&gateway.past().1) == outcomes(&batches)).then_some(())
    });
    assert_eq!(wait_for_pools(&gateway).len(), 4);
    drop(gateway);

    // old data are removed, and current state stays
    let gateway = Gateway::start(&by_node, &data, &["--keep", "1m"]);
    wait("a minute to pass", || {
        let now_ms = gateway.get("/api/v1/network")["now_ms"].as_u64()?;
        (now_ms / 1_000 > before + 75).then_some(())
    });
    // a quiet network's newest block is known once something happens
    let gift = Outgoing::transfer(owner.address().clone(), 9 * COIN);
    let payment = faucet
        .build_external(2, valid_until, false, &[gift])
        .unwrap();
    gateway.settled(&gateway.send(&payment));
    wait("blocks to be removed", || {
        let chain = gateway.get("/api/v1/chains/-1");
        chain["kept_from"]["block"]
            .as_u64()
            .filter(|from| *from > 2)
    });
    assert_eq!(gateway.answer("/api/v1/chains/-1/blocks/2").0, 410);
    assert_eq!(gateway.items("/api/v1/pools").len(), 4);
    assert_eq!(gateway.answer("/health").0, 200);

    // unavailable nodes are reported, and waited for
    ddvs_tycho::down(&trial.layout).unwrap();
    wait("the trouble in /health", || {
        let (status, text) = gateway.answer("/health");
        (status == 503 && text.len() > 5).then_some(())
    });
}
