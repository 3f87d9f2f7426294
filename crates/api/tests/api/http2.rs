//! HTTP/2 in clear text: the same answers, and the same limits, however many requests share a connection.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ddvs_api::Settings;
use serde_json::json;

use crate::frames::{Frame, Raw, kind};
use crate::h2_client::Client;
use crate::server::{Server, unlimited};

const EVENTS: &str = "/api/v1/events/stream?kinds=slashed";

fn impatient() -> Settings {
    Settings {
        header_timeout: Duration::from_millis(300),
        idle_timeout: Duration::from_millis(600),
        ..unlimited()
    }
}

#[test]
fn http2_gives_the_same_answers_as_http1() {
    let server = Server::limited(unlimited());
    let client = Client::connect(&server.url);
    for path in [
        "/api/v1/params?chain=0",
        "/api/v1/openapi.json",
        "/api/v1/none",
    ] {
        let (one, two) = (server.http.get(path), client.get(path));
        assert_eq!((two.status, &two.text()), (one.status, &one.text), "{path}");
    }
    let calls = [
        (
            "/rpc",
            json!({"jsonrpc": "2.0", "id": 1, "method": "getCapabilities", "params": {}}),
        ),
        (
            "/",
            json!({"jsonrpc": "2.0", "id": 1, "method": "getCapabilities", "params": {}}),
        ),
        (
            "/toncenter/v2/jsonRPC",
            json!({"jsonrpc": "2.0", "id": "1", "method": "detectAddress", "params": {"address": server.main_delector()}}),
        ),
    ];
    for (path, call) in calls {
        let (one, two) = (
            server.http.post(path, &call),
            client.post(path, call.to_string().into_bytes()),
        );
        assert_eq!((two.status, &two.text()), (200, &one.text), "{path}");
    }
}

#[test]
fn bodies_have_the_same_limit() {
    let server = Server::limited(unlimited());
    let client = Client::connect(&server.url);
    let most = unlimited().max_body_bytes;
    // more than a window, so the server asks for the rest
    let fits = client.post("/rpc", vec![b' '; most]);
    assert_eq!(fits.status, 200, "{}", fits.text());
    let answer = client.post("/rpc", vec![b' '; most + 1]);
    assert_eq!(answer.status, 413, "{}", answer.text());
}

#[test]
fn events_arrive_while_other_requests_are_answered() {
    let server = Server::limited(unlimited());
    let client = Client::connect(&server.url);
    let mut events = client.open("/api/v1/events/stream?heads=true");
    assert_eq!(events.status, 200);
    for _ in 0..3 {
        let event = events.next().unwrap();
        assert!(
            event.starts_with(b"event: head") || event.starts_with(b"data"),
            "{event:?}"
        );
        assert_eq!(client.get("/health").status, 200);
    }
}

#[test]
fn requests_that_share_a_connection_count_as_connections_of_their_caller() {
    let server = Server::limited(Settings {
        max_connections_each: 3,
        ..unlimited()
    });
    let client = Client::connect(&server.url);
    let mut open: Vec<_> = (0..3).map(|_| client.open(EVENTS)).collect();
    assert!(open.iter().all(|events| events.status == 200));
    // one more is refused, in the words of its dialect
    let refused = client.get("/api/v1/chains");
    assert_eq!(refused.status, 429);
    assert!(
        refused
            .text()
            .contains("3 connections and concurrent requests"),
        "{}",
        refused.text()
    );
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "getTimings", "params": {}});
    let refused = client.post("/rpc", call.to_string().into_bytes());
    assert_eq!(refused.status, 429);
    assert!(refused.text().contains("-32001"), "{}", refused.text());
    // so is another connection
    let mut other = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    let mut told = [0; 12];
    other.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 429");
    open.pop();
    server.until("the place of a stream that was closed", |_| {
        (client.get("/health").status == 200).then_some(())
    });
    drop(open);
    server.until("the places of all streams", |_| {
        (Client::connect(&server.url).get("/health").status == 200).then_some(())
    });
}

#[test]
fn requests_that_share_a_connection_take_their_callers_share_of_the_rate() {
    let server = Server::limited(Settings {
        requests_per_second: 1,
        burst: 10,
        ..Settings::default()
    });
    let client = Client::connect(&server.url);
    let statuses: Vec<_> = (0..12).map(|_| client.get("/health").status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 10);
    assert_eq!(statuses[11], 429);
}

#[test]
fn a_connection_that_ends_gives_all_its_places_back() {
    let server = Server::limited(Settings {
        max_connections_each: 5,
        ..unlimited()
    });
    for _ in 0..3 {
        let client = server.until("places", |_| {
            let client = Client::connect(&server.url);
            (client.get("/health").status == 200).then_some(client)
        });
        server.until("all places", |_| {
            let open: Vec<_> = (0..5).map(|_| client.open(EVENTS)).collect();
            open.iter().all(|events| events.status == 200).then_some(())
        });
        drop(client);
    }
}

#[test]
fn more_requests_than_a_connection_may_carry_are_refused() {
    let server = Server::limited(Settings {
        max_requests_per_connection: 4,
        ..unlimited()
    });
    let mut raw = Raw::connect(&server.url);
    // all at once, before the server could say how many
    for _ in 0..50 {
        raw.get(EVENTS);
    }
    let mut refused = 0;
    raw.until("46 refusals", |frame| {
        refused += usize::from(frame.kind == kind::RESET && frame.payload == [0, 0, 0, 7]);
        refused == 46
    });
    assert_eq!(server.http.get("/health").status, 200);
}

#[test]
fn connection_that_resets_requests_rapidly_is_closed() {
    let server = Server::limited(unlimited());
    let mut raw = Raw::connect(&server.url);
    for _ in 0..2_000 {
        let stream = raw.get("/api/v1/openapi.json");
        // CANCEL
        raw.add(kind::RESET, 0, stream, &[0, 0, 0, 8]);
    }
    raw.send();
    raw.until_ended(Duration::from_secs(10));
    assert_eq!(server.http.get("/health").status, 200);
}

#[test]
fn a_head_has_the_same_limit() {
    let server = Server::limited(unlimited());
    let client = Client::connect(&server.url);
    let path = |length: usize| format!("/api/v1/search?q={}", "0".repeat(length));
    let (one, two) = (server.http.get(&path(60_000)), client.get(&path(60_000)));
    assert_eq!((two.status, two.text()), (one.status, one.text));
    assert_eq!(client.get("/health").status, 200);
    // a head that never ends: HEADERS without END_HEADERS, then CONTINUATION
    let mut raw = Raw::connect(&server.url);
    let field = [&[0, 1, b'a', 127, 0x81, 0x7e][..], &[b'b'; 16_384 - 6]].concat();
    let stream = raw.next_stream();
    raw.add(kind::HEADERS, 0, stream, &[0x82, 0x86, 0x84]);
    for _ in 0..400 {
        raw.add(kind::CONTINUATION, 0, stream, &field);
    }
    raw.send();
    raw.until_ended(Duration::from_secs(10));
    assert_eq!(client.get("/health").status, 200);
}

#[test]
fn connections_that_send_nothing_are_closed() {
    let server = Server::limited(impatient());
    let patience = Duration::from_secs(10);
    let mut half = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    half.set_read_timeout(Some(patience)).unwrap();
    half.write_all(b"PRI * HTTP/2.0\r\n").unwrap();
    assert!(
        matches!(half.read(&mut [0; 16]), Ok(0)),
        "half of a preface was sent"
    );
    let mut raw = Raw::connect(&server.url);
    raw.send();
    raw.until_ended(patience);
    let mut used = Raw::connect(&server.url);
    used.get("/health");
    used.until("an answer", Frame::ends_stream);
    used.until_ended(patience);
}

#[test]
fn ping_does_not_begin_the_timeout_of_a_request() {
    let server = Server::limited(Settings {
        header_timeout: Duration::from_millis(300),
        idle_timeout: Duration::from_secs(20),
        ..unlimited()
    });
    let mut raw = Raw::connect(&server.url);
    raw.get("/health");
    raw.until("an answer", Frame::ends_stream);
    raw.add(kind::PING, 0, 0, &[7; 8]);
    raw.until("the echo", |frame| frame.kind == kind::PING);
    // longer than a head may take, from its first byte
    std::thread::sleep(Duration::from_secs(1));
    raw.get("/health");
    raw.until("another answer", Frame::ends_stream);
}

#[test]
fn pings_are_no_requests() {
    let server = Server::limited(impatient());
    let mut raw = Raw::connect(&server.url);
    raw.get("/health");
    raw.until("an answer", Frame::ends_stream);
    let begin = Instant::now();
    while raw.try_ping() {
        assert!(
            begin.elapsed() < Duration::from_secs(10),
            "pings keep it open"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn connections_that_read_nothing_are_closed() {
    let paths = [
        "/api/v1/openapi.json",
        "/health",
        "/api/v1/events/stream?heads=true",
    ];
    for path in paths {
        let server = Server::limited(Settings {
            max_connections: 1,
            ..impatient()
        });
        let mut raw = Raw::connect(&server.url);
        // the client's window is zero, so only heads may be sent
        raw.add(kind::SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]);
        raw.get(path);
        raw.until("the head", |frame| frame.kind == kind::HEADERS);
        raw.until_ended(Duration::from_secs(10));
        server.until("the only place", |_| {
            (Client::connect(&server.url).get("/health").status == 200).then_some(())
        });
    }
}

#[test]
fn slow_reader_gets_the_whole_answer() {
    let settings = Settings {
        idle_timeout: Duration::from_secs(2),
        ..unlimited()
    };
    let server = Server::limited(settings.clone());
    let length = server.http.get("/api/v1/openapi.json").text.len();
    let mut raw = Raw::connect(&server.url);
    raw.add(kind::SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]);
    let stream = raw.get("/api/v1/openapi.json");
    let begin = Instant::now();
    let mut taken = 0;
    while taken < length {
        // a tenth at a time, with pauses that are shorter than a connection may be idle
        let part = u32::try_from(length.div_ceil(10)).unwrap();
        raw.add(kind::WINDOW, 0, stream, &part.to_be_bytes());
        raw.add(kind::WINDOW, 0, 0, &part.to_be_bytes());
        let wanted = (taken + part as usize).min(length);
        raw.until("a part", |frame| {
            let data = usize::from(frame.kind == kind::DATA);
            taken += data * frame.payload.len();
            taken >= wanted
        });
        std::thread::sleep(Duration::from_millis(500));
    }
    assert_eq!(taken, length);
    assert!(begin.elapsed() > 2 * settings.idle_timeout);
}

#[test]
fn a_stream_is_not_idle() {
    let server = Server::limited(impatient());
    let client = Client::connect(&server.url);
    let events = client.open(EVENTS);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(client.get("/health").status, 200);
    drop(events);
}

#[test]
fn open_connection_does_not_delay_shutdown() {
    let server = Server::limited(unlimited());
    let mut raw = Raw::connect(&server.url);
    raw.get("/health");
    raw.until("an answer", Frame::ends_stream);
    server.stop();
    // its farewell is not answered
    raw.until_ended(Duration::from_secs(10));
}
