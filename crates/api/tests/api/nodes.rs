//! Nodes behind the server: data that they do not provide, and queries that they do not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use ddvs_api::Settings;
use ddvs_jrpc::NodesLive;

use crate::server::Server;

/// Nodes, and a server in front of them with these limits.
fn in_front_of_nodes(settings: Settings) -> (Server, Server) {
    let nodes = Server::start();
    let live = NodesLive::connect(&nodes.connect(), Duration::from_secs(1)).unwrap();
    let settings = Settings {
        requests_per_second: 0,
        ..settings
    };
    (nodes, Server::with(settings, |_| Arc::new(live)))
}

#[test]
fn waiting_for_nodes_does_not_delay_other_requests() {
    let (nodes, server) = in_front_of_nodes(Settings {
        max_workers: 1,
        max_asking: 8,
        ..Settings::default()
    });
    let account = format!("/api/v1/accounts/{}", nodes.main_delector());
    server.http.get(&account).ok();
    let supply = server.http.get("/api/v1/supply");
    assert_eq!(supply.status, 501, "{}", supply.text);
    assert_eq!(supply.json()["error"]["code"], "not_known");

    // nodes that are gone may come back, and are waited for
    drop(nodes);
    let ended = Arc::new(AtomicUsize::new(0));
    let asked: Vec<_> = (0..9)
        .map(|_| {
            let (http, account, ended) = (server.http.clone(), account.clone(), ended.clone());
            thread::spawn(move || {
                let answer = http.get(&account);
                if answer.status != 503 {
                    ended.fetch_add(1, Ordering::Relaxed);
                }
                (answer.status, answer.text)
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(300));
    server.http.get("/api/v1/events?limit=1").ok();
    assert_eq!(ended.load(Ordering::Relaxed), 0, "it waited for the nodes");
    let told: Vec<_> = asked
        .into_iter()
        .map(|asked| asked.join().unwrap())
        .collect();
    let count = |status: u16| told.iter().filter(|told| told.0 == status).count();
    assert_eq!((count(502), count(503)), (8, 1), "{told:?}");
}

#[test]
fn requests_to_nodes_are_limited_for_each_address() {
    let (nodes, server) = in_front_of_nodes(Settings {
        max_asking_each: 2,
        trust_forwarded: true,
        ..Settings::default()
    });
    let account = format!("/api/v1/accounts/{}", nodes.main_delector());
    drop(nodes);
    let ask = |address: &'static str| {
        let (http, account) = (server.http.clone(), account.clone());
        thread::spawn(move || {
            http.get_with(&account, &[("X-Forwarded-For", address)])
                .status
        })
    };
    let asked = ["10.0.0.1"; 3].map(ask);
    let mut told = asked.map(|asked| asked.join().unwrap());
    told.sort_unstable();
    assert_eq!(told, [429, 502, 502]);
    let asked = ["10.0.0.1", "10.0.0.1", "10.0.0.2"].map(ask);
    assert_eq!(asked.map(|asked| asked.join().unwrap()), [502; 3]);
}
