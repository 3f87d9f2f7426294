//! Connections that send nothing, or read nothing, and many of them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use ddvs_api::Settings;

use crate::server::{Server, unlimited};

const REQUEST: &str = "GET /health HTTP/1.1\r\nhost: x\r\n\r\n";

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    let patience = Some(Duration::from_secs(60));
    stream.set_read_timeout(patience).unwrap();
    stream.set_write_timeout(patience).unwrap();
    stream
}

/// Sends a request, and returns the beginning of the answer; nothing if the connection ended.
fn ask(stream: &mut TcpStream) -> String {
    // an ended connection shows when it is read
    let _ = stream.write_all(REQUEST.as_bytes());
    begin(stream)
}

fn begin(stream: &mut TcpStream) -> String {
    let mut bytes = [0; 4_096];
    let length = stream.read(&mut bytes).unwrap_or(0);
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

fn is_ended(stream: &mut TcpStream) -> bool {
    matches!(stream.read(&mut [0; 4_096]), Ok(0))
}

fn impatient() -> Settings {
    Settings {
        header_timeout: Duration::from_millis(300),
        idle_timeout: Duration::from_millis(600),
        ..unlimited()
    }
}

#[test]
fn connections_that_say_nothing_are_ended() {
    let server = Server::limited(impatient());
    assert!(is_ended(&mut connect(&server)), "nothing was sent");
    let mut half = connect(&server);
    half.write_all(b"GET /health HTTP/1.1\r\nho").unwrap();
    assert!(is_ended(&mut half), "half of a head was sent");
    let mut used = connect(&server);
    for _ in 0..3 {
        assert!(ask(&mut used).starts_with("HTTP/1.1 200"));
    }
    assert!(is_ended(&mut used), "nothing came after an answer");
}

#[test]
fn a_stream_is_not_idle() {
    let server = Server::limited(impatient());
    let mut stream = connect(&server);
    let request = "GET /api/v1/events/stream?kinds=slashed HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    assert!(begin(&mut stream).starts_with("HTTP/1.1 200"));
    // nothing is sent for much longer than a connection may be idle; then a comment arrives
    assert!(begin(&mut stream).contains(':'));
}

#[test]
fn connections_that_take_nothing_are_ended() {
    let server = Server::limited(Settings {
        max_connections: 1,
        ..impatient()
    });
    let mut greedy = connect(&server);
    greedy.set_nonblocking(true).unwrap();
    let request = "GET /api/v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n";
    // far more than the system buffers for both ends
    for _ in 0..2_000 {
        if greedy.write_all(request.as_bytes()).is_err() {
            break;
        }
    }
    server.until("the only place", |_| {
        ask(&mut connect(&server))
            .starts_with("HTTP/1.1 200")
            .then_some(())
    });
    drop(greedy);
}

#[test]
fn connection_beyond_a_limit_is_refused_with_its_status() {
    let limits = [("HTTP/1.1 503", 3, 10), ("HTTP/1.1 429", 10, 3)];
    for (status, max_connections, max_connections_each) in limits {
        let server = Server::limited(Settings {
            max_connections,
            max_connections_each,
            ..unlimited()
        });
        let mut open: Vec<_> = (0..3).map(|_| connect(&server)).collect();
        // answered, so they are accepted by now
        assert!(
            open.iter_mut()
                .all(|stream| ask(stream).starts_with("HTTP/1.1 200"))
        );
        let mut late = connect(&server);
        let told = begin(&mut late);
        assert!(
            told.starts_with(status) && told.contains("connect"),
            "{told}"
        );
        assert!(is_ended(&mut late));
        open.pop();
        server.until("a free place", |_| {
            ask(&mut connect(&server))
                .starts_with("HTTP/1.1 200")
                .then_some(())
        });
        // where all places are taken, some of these may have made room
        assert!(
            max_connections == 3
                || open
                    .iter_mut()
                    .all(|stream| ask(stream).starts_with("HTTP/1.1 200"))
        );
    }
}

#[test]
fn idle_connection_is_closed_to_make_room() {
    let server = Server::limited(Settings {
        max_connections: 3,
        idle_timeout: Duration::from_secs(3_600),
        ..unlimited()
    });
    let mut stream = connect(&server);
    let request = "GET /api/v1/events/stream?heads=true HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    assert!(begin(&mut stream).starts_with("HTTP/1.1 200"));
    let mut silent = connect(&server);
    let mut used = connect(&server);
    assert!(ask(&mut used).starts_with("HTTP/1.1 200"));
    server.until("a place", |_| {
        let is_taken = ask(&mut connect(&server)).starts_with("HTTP/1.1 200");
        // an active client keeps its connection
        assert!(ask(&mut used).starts_with("HTTP/1.1 200"));
        is_taken.then_some(())
    });
    assert!(is_ended(&mut silent));
    assert!(!begin(&mut stream).is_empty(), "a stream is no rest");
}

#[test]
fn streams_are_connections_like_others() {
    let server = Server::limited(Settings {
        max_connections_each: 2,
        ..unlimited()
    });
    let request = "GET /api/v1/events/stream HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut open: Vec<_> = (0..2).map(|_| connect(&server)).collect();
    for stream in &mut open {
        stream.write_all(request.as_bytes()).unwrap();
        assert!(begin(stream).starts_with("HTTP/1.1 200"));
    }
    assert!(begin(&mut connect(&server)).starts_with("HTTP/1.1 429"));
}
