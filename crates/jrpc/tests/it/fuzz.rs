//! A node that answers with anything: every query is answered or fails, and none panics.
//!
//! `ddvs-fuzz` documents how long it runs and how to repeat an input.

use std::time::Duration;

use crate::common::{Node, World, description, nodes, settings};
use ddvs_client::{Backend, ClientError, Live, Outgoing};
use ddvs_fuzz::{Shape, fuzz};
use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Settings, height, probe, shows};
use ddvs_test_kit::puppets::addr;
use ddvs_test_kit::wallets;
use ddvs_types::COIN;
use serde_json::{Value, json};

/// No patience: invalid answers do not improve.
fn impatient() -> Settings {
    let none = Duration::ZERO;
    Settings {
        set_aside: none,
        max_set_aside: none,
        outage_patience: none,
        read_patience: none,
        poll_interval: none,
        block_patience: none,
        resend_after: none,
        call_timeout: Duration::from_secs(10),
        ..settings()
    }
}

/// Every query of a client; returns the first failure.
fn ask(node: &Node, truth: &World) -> Result<(), ClientError> {
    let settings = impatient();
    let mut network =
        JrpcNetwork::connect(description(std::slice::from_ref(node)), settings.clone())?;
    let mut first = Ok(());
    let mut note = |asked: Result<(), ClientError>| {
        if first.is_ok() {
            first = asked;
        }
    };
    macro_rules! ask {
        ($($asked:expr;)*) => { $(note($asked.map(drop));)* };
    }
    let alice = wallets::wallet(0, 1);
    ask! {
        network.chains();
        network.now_ms();
        network.last_block();
        network.cursor();
        network.watch(alice.address());
    }
    for chain in [-1, 0, 1] {
        ask! {
            network.config(chain);
            network.validator_set(chain);
            network.account(&addr(chain, 1));
            network.account(&ddvs_test_kit::puppets::delector(chain));
        }
    }
    let past = truth
        .0
        .lock()
        .unwrap()
        .transactions(alice.address(), 0, 100)
        .unwrap();
    ask! {
        network.account(alice.address());
        network.account(&addr(0, 77));
        network.transactions(alice.address(), 0, 10);
    }
    for transaction in &past {
        ask! {
            network.message_status(transaction.in_message.hash());
            network.transaction_by_message(transaction.in_message.hash());
        }
    }
    let pay = Outgoing::new(addr(1, 3), COIN, Default::default());
    let message = alice.build_external(1, u32::MAX, false, &[pay]).unwrap();
    // a node's answer decides whether it is sent, not whether it is valid
    let _ = network.send(message);
    let _ = network.next_block();
    let url = &node.url;
    ask! {
        height(url, &settings);
        probe(url, &settings);
        shows(url, alice.address(), &settings);
    }
    let _ = NetworkDescription::discover(url, &settings);
    first
}

fn encode(method: &str, params: &str, body: &str) -> Vec<u8> {
    let mut body: Value = serde_json::from_str(body).unwrap();
    body["id"] = "ID".into();
    json!({"method": method, "params": params, "body": body})
        .to_string()
        .into_bytes()
}

#[test]
fn no_answer_breaks_a_client() {
    let (world, nodes) = nodes(1);
    let node = &nodes[0];
    // some history to query
    {
        let mut network = world.0.lock().unwrap();
        let pay = Outgoing::new(addr(1, 3), COIN, Default::default());
        wallets::wallet(0, 1).send(&*network, &[pay]).unwrap();
        for _ in 0..20 {
            network.next_block().unwrap();
        }
    }
    node.set(|faults| {
        faults.gives_blocks = true;
        faults.is_still = true;
        faults.told = Some(Default::default());
    });
    ask(node, &world).unwrap();
    let mut told = Default::default();
    node.set(|faults| told = faults.told.take().unwrap());
    let methods: std::collections::BTreeSet<_> = told.keys().map(|asked| &asked.0).collect();
    assert!(methods.len() >= 7, "{methods:?}");
    let samples: Vec<_> = told
        .iter()
        .map(|((method, params), body)| encode(method, params, body))
        .collect();
    let states: Vec<_> = told
        .keys()
        .filter(|asked| asked.0 == "getContractState")
        .collect();
    fuzz("jrpc", 8, Shape::Json, &samples, |input| {
        let (asked, body) = match serde_json::from_slice::<Value>(input) {
            Ok(Value::Object(forged)) => {
                let text = |name: &str| {
                    forged
                        .get(name)
                        .and_then(Value::as_str)
                        .map(ToOwned::to_owned)
                };
                let (Some(method), Some(params)) = (text("method"), text("params")) else {
                    return false;
                };
                let body = forged.get("body").unwrap_or(&Value::Null);
                ((method, params), body.to_string())
            }
            // no JSON: the answer is that
            _ => (
                states[input.len() % states.len()].clone(),
                String::from_utf8_lossy(input).into_owned(),
            ),
        };
        node.set(|faults| faults.forged = [(asked, body)].into());
        ask(node, &world).is_ok()
    });
}
