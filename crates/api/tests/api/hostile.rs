//! Get methods of contracts that use as much as they can, and a disk that cannot be written.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use ddvs_api::Settings;
use ddvs_client::{Live, Outgoing, OwnerWallet, getter};
use ddvs_devnet::{Devnet, DevnetOptions, GLOBAL_ID, Keys};
use ddvs_embedded::{EmbeddedLive, Journal};
use serde_json::{Value, json};
use tycho_asm_macros::tvmasm;
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, CellBuilder, CellFamily, Store};
use tycho_types::models::StdAddr;

use crate::server::{COIN, Server, unlimited};
use crate::story::{contract, echo, fund, shared, wallet_of};

const ENDLESS: &[u8] = tvmasm!("PUSHCONT { NOP } AGAIN");
const DEEP: &[u8] = tvmasm!("PUSHCONT { INT 1 } AGAIN");
/// Pairs in pairs, all of which are held.
const HOARDER: &[u8] = tvmasm!("DROP NULL PUSHCONT { INT 1 SWAP PAIR } AGAIN");
/// A child that is endless, in one that is.
const CHILD: &[u8] = tvmasm!("INT 0 PUSHSLICE { PUSHCONT { NOP } AGAIN } RUNVM 0");

/// Deploys contracts on chain 0, the echo first.
fn deploy(server: &Server, codes: &[&[u8]]) -> Vec<StdAddr> {
    let mut network = server.connect();
    let user = wallet_of(71, 0);
    fund(server, &mut network, &user, 100);
    let codes = codes
        .iter()
        .map(|code| contract(0, Boc::decode(code).unwrap()));
    let all: Vec<_> = std::iter::once(echo(0)).chain(codes).collect();
    for (address, state) in &all {
        let deploy = Outgoing::new(address.clone(), COIN, Cell::default());
        // the result of the run at its deployment does not matter
        let deploy = deploy.with_state_init(state.clone());
        user.send_and_follow(
            &mut network,
            &[deploy],
            ddvs_client::FollowLimits {
                max_nodes: 100,
                max_blocks: 5_000,
            },
        )
        .unwrap();
    }
    all.into_iter().map(|(address, _)| address).collect()
}

fn run(address: &StdAddr) -> Value {
    json!({"address": address.to_string(), "method": "x", "stack": []})
}

#[test]
fn each_limit_of_a_budget_ends_a_get_method_with_its_reason() {
    let server = Server::limited(Settings {
        getter_gas: 1 << 50,
        getter_time: Duration::from_millis(200),
        getter_stack: 1_000,
        getter_memory_bytes: 1 << 20,
        ..unlimited()
    });
    let accounts = deploy(&server, &[ENDLESS, DEEP, HOARDER, CHILD]);
    let words = ["200 ms", "1000 values", "1024 KiB", "200 ms"];
    for (account, words) in accounts[1..].iter().zip(words) {
        let answer = server.http.ton_raw("runGetMethod", run(account));
        assert_eq!(answer.status, 422, "{}", answer.text);
        let told = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(told.contains(words), "{words}: {told}");
    }
    let fine = server.http.ton("runGetMethod", run(&accounts[0]));
    assert_eq!(fine["exit_code"], 0);
}

#[test]
fn get_methods_delay_neither_reads_nor_sends_nor_events() {
    let server = Server::limited(Settings {
        getter_gas: 1 << 50,
        getter_time: Duration::from_secs(3_600),
        getter_threads: 1,
        max_workers: 1,
        ..unlimited()
    });
    let accounts = deploy(&server, &[ENDLESS]);
    let mut network = server.connect();
    let user = wallet_of(72, 0);
    fund(&server, &mut network, &user, 10);
    let ended = Arc::new(AtomicUsize::new(0));
    let asked: Vec<_> = (0..16)
        .map(|_| {
            let (http, ended, run) = (server.http.clone(), ended.clone(), run(&accounts[1]));
            thread::spawn(move || {
                http.ton_raw("runGetMethod", run);
                ended.fetch_add(1, Ordering::Relaxed);
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(200));
    server.http.get("/api/v1/chains").ok();
    let until = getter::unix_time(network.now_ms().unwrap()) + 600;
    let message = user.build_external(0, until, true, &[]).unwrap();
    server
        .http
        .ton("sendBoc", json!({"boc": Boc::encode_base64(&message)}));
    let (status, mut stream) = server.http.open("/api/v1/events/stream?heads=true", &[]);
    assert_eq!(
        (status, stream.read(&mut [0; 64]).unwrap() > 0),
        (200, true)
    );
    assert_eq!(
        ended.load(Ordering::Relaxed),
        0,
        "nothing waited for a get method"
    );
    drop(asked);
}

#[test]
fn one_caller_has_so_many_get_methods_and_leaves_room_for_others() {
    let server = Server::limited(Settings {
        getter_gas: 1 << 50,
        getter_time: Duration::from_secs(3_600),
        timeout: Duration::from_secs(5),
        getter_threads: 2,
        max_getters_each: 2,
        trust_forwarded: true,
        ..unlimited()
    });
    let accounts = deploy(&server, &[ENDLESS]);
    let path = |index: usize| {
        format!(
            "/toncenter/v2/runGetMethod?method=x&address={}",
            accounts[index]
        )
    };
    let ended = Arc::new(AtomicUsize::new(0));
    let asked: Vec<_> = (0..6)
        .map(|_| {
            let (http, path, ended) = (server.http.clone(), path(1), ended.clone());
            thread::spawn(move || {
                let answer = http.get_with(&path, &[("X-Forwarded-For", "10.0.0.1")]);
                if answer.status == 504 {
                    ended.fetch_add(1, Ordering::Relaxed);
                }
                (answer.status, answer.text)
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(200));
    let other = server
        .http
        .get_with(&path(0), &[("X-Forwarded-For", "10.0.0.2")]);
    assert_eq!(other.ok()["result"]["exit_code"], 0);
    assert_eq!(
        ended.load(Ordering::Relaxed),
        0,
        "a thread was left to others"
    );
    let told: Vec<_> = asked
        .into_iter()
        .map(|asked| asked.join().unwrap())
        .collect();
    let count = |wanted: u16| told.iter().filter(|(status, _)| *status == wanted).count();
    assert_eq!((count(504), count(429)), (2, 4), "{told:?}");
    let (_, text) = told.iter().find(|(status, _)| *status == 429).unwrap();
    assert!(text.contains("2 get methods"), "{text}");
}

#[test]
fn disconnected_caller_does_not_delay_others() {
    let server = Server::limited(Settings {
        getter_gas: 1 << 50,
        getter_time: Duration::from_secs(3_600),
        getter_threads: 1,
        ..unlimited()
    });
    let accounts = deploy(&server, &[ENDLESS]);
    let mut gone = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    let path = format!(
        "/toncenter/v2/runGetMethod?method=x&address={}",
        accounts[1]
    );
    write!(gone, "GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    thread::sleep(Duration::from_millis(300));
    drop(gone);
    let fine = server.http.ton("runGetMethod", run(&accounts[0]));
    assert_eq!(fine["exit_code"], 0);
}

/// A body, code or data may be an exotic cell, or have one.
#[test]
fn an_estimate_with_exotic_cells_is_no_defect() {
    let story = shared();
    let library = "te6ccgEBAQEAIwAIQgLts4jEicflPI0Ycw5cpanCihrtvM5rKoLlAxMaTrJ/mw==";
    let exotic = Boc::decode_base64(library).unwrap();
    let mut inner = CellBuilder::new();
    inner.store_reference(exotic.clone()).unwrap();
    let inner = Boc::encode_base64(inner.build().unwrap());
    let plain = Boc::encode_base64(Cell::default());
    let root = story.root.to_string();
    let asked = [
        json!({"address": root, "body": library}),
        json!({"address": root, "body": inner}),
        json!({"address": root, "body": plain, "init_code": library}),
        json!({"address": root, "body": library, "init_code": library, "init_data": library}),
        json!({"address": story.echo.to_string(), "body": library}),
        json!({"address": story.user.address().to_string(), "body": library}),
        json!({"address": format!("0:{}", "7".repeat(64)), "body": library, "init_code": library}),
    ];
    for params in asked {
        let answer = story.server.http.ton_raw("estimateFee", params.clone());
        assert!(
            [200, 422].contains(&answer.status),
            "{params}: {}",
            answer.text
        );
        let text = answer.text;
        assert!(!text.contains("Some(") && !text.contains("None"), "{text}");
    }
}

/// A whole message with an exotic body, for all methods that take messages.
#[test]
fn a_message_with_an_exotic_body_is_no_defect() {
    let story = shared();
    let exotic = "te6ccgEBAQEAIwAIQgLts4jEicflPI0Ycw5cpanCihrtvM5rKoLlAxMaTrJ/mw==";
    let exotic = Boc::decode_base64(exotic).unwrap();
    for account in [&story.root, &story.echo, story.user.address()] {
        let mut message = CellBuilder::new();
        message.store_small_uint(0b10, 2).unwrap();
        message.store_zeros(2).unwrap();
        account
            .store_into(&mut message, Cell::empty_context())
            .unwrap();
        message.store_zeros(4).unwrap();
        message.store_bit_zero().unwrap();
        message.store_bit_one().unwrap();
        message.store_reference(exotic.clone()).unwrap();
        let boc = Boc::encode_base64(message.build().unwrap());
        for method in ["sendBoc", "sendBocReturnHash"] {
            let answer = story.server.http.ton_raw(method, json!({"boc": boc}));
            assert!(
                [200, 422].contains(&answer.status),
                "{method}: {}",
                answer.text
            );
        }
        let answer = story
            .server
            .http
            .rpc_raw("sendMessage", json!({"message": boc}))
            .json();
        let code = &answer["error"]["code"];
        assert!(code.is_null() || *code == -32003, "{answer}");
    }
}

/// A disk that is full.
#[derive(Debug)]
struct Full;

impl Journal for Full {
    fn append(&self, _: &Cell) -> std::io::Result<()> {
        Err(std::io::ErrorKind::StorageFull.into())
    }
    fn turn(&self) {}
}

#[test]
fn full_disk_is_reported_with_its_own_status() {
    let options = DevnetOptions::default();
    let count = usize::from(options.workchains) * usize::from(options.validators);
    let keys = Keys::from_seed(options.seed, count);
    let devnet = Devnet::new(&options, &keys, 1_750_000_000).unwrap();
    let network = devnet.network().unwrap();
    let faucet = OwnerWallet::new(keys.faucet, 0, GLOBAL_ID).unwrap();
    let live = EmbeddedLive::with_journal(network, Arc::new(Full));
    let server = Server::with(Settings::default(), |_| Arc::new(live));
    let pay = [Outgoing::transfer(faucet.address().clone(), COIN)];
    let message = faucet.build_external(0, u32::MAX, true, &pay).unwrap();
    let boc = Boc::encode_base64(&message);
    let answer = server.http.ton_raw("sendBoc", json!({"boc": boc}));
    assert_eq!(answer.status, 507, "{}", answer.text);
    assert!(
        answer.text.contains("disk") && !answer.text.contains("nodes"),
        "{}",
        answer.text
    );
    let answer = server
        .http
        .rpc_raw("sendMessage", json!({"message": boc}))
        .json();
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("disk"),
        "{answer}"
    );
    // it was not accepted, so it can be sent again
    let again = server.http.ton_raw("sendBoc", json!({"boc": boc}));
    assert_eq!(again.status, 507);
}
