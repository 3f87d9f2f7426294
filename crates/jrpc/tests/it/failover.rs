//! Several nodes, some of which fail.

use crate::common;

use std::time::Duration;

use common::{Node, connect, nodes};
use ddvs_client::{Backend, ClientError, Live};
use ddvs_test_kit::puppets::addr;
use tycho_types::cell::HashBytes;

fn error_of(nodes: &[Node], spoil: impl FnOnce(&mut common::node::Faults)) -> String {
    let network = connect(nodes);
    nodes[0].set(spoil);
    let error = network.now_ms().unwrap_err();
    nodes[0].set(|faults| *faults = Default::default());
    assert!(matches!(error, ClientError::Fault { .. }), "{error}");
    error.to_string()
}

#[test]
fn another_node_answers_and_the_failed_one_is_left_alone_for_a_while() {
    let (_, nodes) = nodes(2);
    let network = connect(&nodes);
    nodes[0].set(|faults| faults.status = Some(503));
    let before = nodes[0].calls.lock().unwrap().len();
    for _ in 0..5 {
        network.now_ms().unwrap();
        assert!(network.account(&addr(0, 1)).unwrap().balance_nano > 0);
        // a query that one node cannot answer goes to all that are not set aside
        network.message_status(&HashBytes([9; 32])).unwrap();
    }
    assert_eq!(
        nodes[0].calls.lock().unwrap().len(),
        before + 1,
        "asked once: {:?}",
        nodes[0].calls.lock().unwrap()[before..].to_vec()
    );
    // when the other one fails too, the first is tried again, and has recovered
    nodes[0].set(|faults| faults.status = None);
    nodes[1].set(|faults| faults.is_dead = true);
    network.now_ms().unwrap();
}

#[test]
fn a_method_that_one_node_does_not_serve_is_asked_of_another() {
    let (_, nodes) = nodes(2);
    let network = connect(&nodes);
    let error = (-32002, "method not supported".to_owned());
    nodes[0].set(|faults| drop(faults.errors.insert("getTransactionsList".into(), error)));
    network.transactions(&addr(0, 1), 0, 10).unwrap();
    assert_eq!(nodes[0].count("getTransactionsList"), 1);
    assert_eq!(nodes[1].count("getTransactionsList"), 1);
}

#[test]
fn errors_say_what_to_do() {
    let (_, nodes) = nodes(1);
    let node_error = |code| {
        move |faults: &mut common::node::Faults| {
            let error = (code, "words of the node".to_owned());
            faults.errors.insert("getTimings".into(), error);
        }
    };
    let words = error_of(&nodes, |faults| faults.is_dead = true);
    assert!(words.contains("is the node running"), "{words}");
    assert!(words.contains(&nodes[0].url), "{words}");
    let words = error_of(&nodes, |faults| faults.status = Some(429));
    assert!(words.contains("rate_limits"), "{words}");
    let words = error_of(&nodes, |faults| faults.body = Some("<html>".into()));
    assert!(words.contains("is this the RPC of a tycho"), "{words}");
    let foreign = r#"{"jsonrpc":"2.0","id":0,"result":{}}"#;
    let words = error_of(&nodes, |faults| faults.body = Some(foreign.into()));
    assert!(words.contains("another question"), "{words}");
    let words = error_of(&nodes, node_error(-32001));
    assert!(words.contains("is not ready"), "{words}");
    let words = error_of(&nodes, node_error(-32002));
    assert!(words.contains("`rpc.storage.type`"), "{words}");
    let words = error_of(&nodes, node_error(-32602));
    assert!(words.contains("words of the node"), "{words}");
    let words = error_of(&nodes, |faults| faults.delay = Duration::from_secs(3));
    assert!(words.contains("within 2000 ms"), "{words}");
}

#[test]
fn an_answer_without_end_is_cut() {
    let (_, nodes) = nodes(2);
    let mut settings = common::settings();
    settings.max_answer_bytes = 100_000;
    let network = ddvs_jrpc::JrpcNetwork::connect(common::description(&nodes), settings).unwrap();
    let huge = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"{}\"}}",
        "x".repeat(100_000)
    );
    nodes[0].set(|faults| faults.body = Some(huge.clone()));
    network.now_ms().unwrap();
    nodes[1].set(|faults| faults.body = Some(huge));
    let error = network.now_ms().unwrap_err().to_string();
    assert!(error.contains("more than 100000 bytes"), "{error}");
}

#[test]
fn nodes_that_come_back_in_time_are_waited_for() {
    let (_, nodes) = nodes(1);
    let mut settings = common::settings();
    settings.outage_patience = Duration::from_secs(5);
    let mut network =
        ddvs_jrpc::JrpcNetwork::connect(common::description(&nodes), settings).unwrap();
    let stop_for = |ms| {
        nodes[0].set(|faults| faults.is_dead = true);
        let faults = nodes[0].faults.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(ms));
            faults.lock().unwrap().is_dead = false;
        })
    };
    let restart = stop_for(300);
    network.now_ms().unwrap();
    restart.join().unwrap();
    let restart = stop_for(300);
    network.next_block().unwrap().unwrap();
    restart.join().unwrap();
}
