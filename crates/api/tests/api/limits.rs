//! Limits of one caller, and of all together.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use ddvs_api::Settings;
use ddvs_client::{AccountView, ChainId, ClientError, Head, Live, MessageStatus, Supply};
use ddvs_embedded::EmbeddedLive;
use serde_json::{Value, json};
use tycho_types::cell::{Cell, HashBytes};
use tycho_types::models::{BlockchainConfigParams, StdAddr};

use crate::server::{Server, unlimited};

/// The dialects, each by a path and its error fields: code and message.
type Dialect = (&'static str, fn(&Value) -> (Value, Value));

const DIALECTS: [Dialect; 3] = [
    ("/toncenter/v2/jsonRPC", |told| {
        (told["code"].clone(), told["error"].clone())
    }),
    ("/rpc", |told| {
        (
            told["error"]["code"].clone(),
            told["error"]["message"].clone(),
        )
    }),
    ("/api/v1/chains", |told| {
        (
            told["error"]["code"].clone(),
            told["error"]["message"].clone(),
        )
    }),
];

#[test]
fn a_body_may_not_be_longer() {
    let server = Server::limited(Settings {
        max_body_bytes: 1_000,
        ..unlimited()
    });
    for (path, tell) in &DIALECTS[..2] {
        let fits = server.http.post_raw(path, &[b' '; 1_000]);
        assert_ne!(fits.status, 413);
        let answer = server.http.post_raw(path, &[b' '; 1_001]);
        assert_eq!(answer.status, 413, "{path}");
        let (code, words) = tell(&answer.json());
        assert!(
            !code.is_null() && words.as_str().unwrap().contains("1000 bytes"),
            "{words}"
        );
    }
}

#[test]
fn a_page_may_not_be_longer() {
    let server = Server::limited(Settings {
        max_page: 7,
        ..unlimited()
    });
    let most = server.http.get("/api/v1/accounts?limit=7").ok();
    assert_eq!(most["items"].as_array().unwrap().len(), 7);
    let by_default = server.http.get("/api/v1/accounts").ok();
    assert_eq!(by_default["items"].as_array().unwrap().len(), 7);
    let answer = server.http.get("/api/v1/accounts?limit=8");
    let error = &answer.json()["error"];
    assert_eq!(
        (answer.status, &error["code"]),
        (422, &json!("page_too_large"))
    );
    assert!(
        error["advice"].as_str().unwrap().contains("1 to 7"),
        "{error}"
    );
    let params = json!({"address": server.main_delector(), "limit": 8});
    assert_eq!(server.http.ton_raw("getTransactions", params).status, 422);
}

#[test]
fn one_caller_may_not_ask_too_often() {
    let server = Server::limited(Settings {
        requests_per_second: 1,
        burst: 10,
        ..Settings::default()
    });
    for _ in 0..10 {
        assert_eq!(server.http.get("/health").status, 200);
    }
    for (path, tell) in DIALECTS {
        let answer = match path {
            "/api/v1/chains" => server.http.get(path),
            _ => server.http.post(path, &json!({})),
        };
        assert_eq!(answer.status, 429, "{path}");
        assert!(answer.header("retry-after").is_some());
        let (code, words) = tell(&answer.json());
        assert!(
            !code.is_null() && words.as_str().unwrap().contains("too many"),
            "{words}"
        );
    }
    let begin = Instant::now();
    server.until("the next allowance", |http| {
        (http.get("/health").status == 200).then_some(())
    });
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_caller_cannot_escape_by_naming_another_address() {
    let server = Server::limited(Settings {
        requests_per_second: 1,
        burst: 5,
        ..Settings::default()
    });
    let statuses: Vec<_> = (0..10)
        .map(|index| {
            let name = format!("10.0.0.{index}");
            server
                .http
                .get_with("/health", &[("X-Forwarded-For", &name)])
                .status
        })
        .collect();
    assert!(statuses.contains(&429), "{statuses:?}");
}

/// A network with slow accounts.
struct Slow(EmbeddedLive);

impl Live for Slow {
    fn kind(&self) -> &'static str {
        "slow"
    }
    fn now_ms(&self) -> Result<u64, ClientError> {
        self.0.now_ms()
    }
    fn account(&self, address: &StdAddr) -> Result<AccountView, ClientError> {
        thread::sleep(Duration::from_secs(4));
        self.0.account(address)
    }
    fn head(&self, chain: ChainId) -> Option<Head> {
        self.0.head(chain)
    }
    fn config(&self, chain: ChainId) -> Result<BlockchainConfigParams, ClientError> {
        self.0.config(chain)
    }
    fn send(&self, message: Cell) -> Result<HashBytes, ClientError> {
        self.0.send(message)
    }
    fn message_status(&self, hash: &HashBytes) -> Result<MessageStatus, ClientError> {
        self.0.message_status(hash)
    }
    fn supply(&self) -> Option<Supply> {
        self.0.supply()
    }
}

#[test]
fn slow_request_times_out_and_a_full_queue_is_refused() {
    let settings = Settings {
        timeout: Duration::from_millis(500),
        max_workers: 1,
        max_waiting: 1,
        ..unlimited()
    };
    let server = Server::with(settings, |running| Arc::new(Slow(running.live.clone())));
    let params = json!({"address": server.main_delector()});
    let begin = Instant::now();
    let answer = server.http.ton_raw("getAddressInformation", params.clone());
    assert!(
        begin.elapsed() < Duration::from_millis(3_500),
        "{:?}",
        begin.elapsed()
    );
    assert_eq!((answer.status, &answer.json()["code"]), (504, &json!(504)));
    // the abandoned request still holds the only worker: one may wait for it, no more
    let asked: Vec<_> = (0..4)
        .map(|_| {
            let http = server.http.clone();
            thread::spawn(move || http.get("/api/v1/chains").status)
        })
        .collect();
    let statuses: Vec<_> = asked
        .into_iter()
        .map(|asked| asked.join().unwrap())
        .collect();
    let are_told = statuses.iter().all(|status| [503, 504].contains(status));
    assert!(are_told, "{statuses:?}");
    assert!(
        statuses.contains(&503) && statuses.contains(&504),
        "{statuses:?}"
    );
    let rpc = server.until("a free worker", |http| {
        let answer = http.rpc_raw("getStatus", json!({}));
        (answer.status == 200).then(|| answer.json())
    });
    assert_eq!(rpc["result"], json!({"ready": true}));
    let answer = server.http.rpc_raw("getContractState", params);
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (504, &json!(-32005))
    );
}

#[test]
fn streams_do_not_wait_for_questions() {
    use std::io::{BufRead, BufReader};
    let settings = Settings {
        max_workers: 1,
        ..unlimited()
    };
    let server = Server::with(settings, |running| Arc::new(Slow(running.live.clone())));
    let (status, stream) = server.http.open("/api/v1/events/stream?heads=true", &[]);
    assert_eq!(status, 200);
    let params = json!({"address": server.main_delector()});
    let asked = {
        let http = server.http.clone();
        thread::spawn(move || http.ton_raw("getAddressInformation", params).status)
    };
    thread::sleep(Duration::from_millis(500));
    let heads = BufReader::new(stream).lines().map(Result::unwrap);
    let told = heads.filter(|line| line == "event: head" || line == "event:head");
    // more than were sent before the request: of three chains, with a block every 50 ms
    assert_eq!(told.take(60).count(), 60);
    assert!(!asked.is_finished(), "the only worker has answered");
    assert_eq!(asked.join().unwrap(), 200);
}

#[test]
fn a_get_method_may_not_use_more_gas() {
    let server = Server::limited(Settings {
        getter_gas: 2_000,
        ..unlimited()
    });
    let delector = server.main_delector();
    let run = json!({"address": delector, "method": "registry_digest", "stack": [["num", 0]]});
    let found = server.http.ton("runGetMethod", run);
    assert_eq!(found["exit_code"], -14, "out of gas: {found}");
    assert_eq!(found["stack"], json!([]));
}

#[test]
fn only_so_many_streams_may_be_open() {
    let server = Server::limited(Settings {
        max_streams: 1,
        ..unlimited()
    });
    let (status, stream) = server.http.open("/api/v1/events/stream?heads=true", &[]);
    assert_eq!(status, 200);
    let answer = server.http.get("/api/v1/events/stream");
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (503, &json!("busy"))
    );
    drop(stream);
    server.until("the place of the closed stream", |http| {
        let (status, _) = http.open("/api/v1/events/stream?heads=true", &[]);
        (status == 200).then_some(())
    });
}

#[test]
fn one_address_leaves_streams_to_others() {
    let server = Server::limited(Settings {
        max_streams_each: 1,
        trust_forwarded: true,
        ..unlimited()
    });
    let open = |address| {
        let from = [("X-Forwarded-For", address)];
        server.http.open("/api/v1/events/stream?heads=true", &from)
    };
    let (first, _stream) = open("10.0.0.1");
    let (again, _) = open("10.0.0.1");
    let (other, _) = open("10.0.0.2");
    assert_eq!((first, again, other), (200, 429, 200));
}

#[test]
fn streams_end_when_the_server_does() {
    use std::io::Read;
    let server = Server::limited(unlimited());
    let (_, mut stream) = server
        .http
        .open("/api/v1/events/stream?after=0&heads=true", &[]);
    let reader = thread::spawn(move || {
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
        all.len()
    });
    thread::sleep(Duration::from_millis(300));
    server.stop();
    // the server's threads still run: it is the stream that ends
    let begin = Instant::now();
    assert!(reader.join().unwrap() > 0);
    assert!(begin.elapsed() < Duration::from_secs(10));
}
