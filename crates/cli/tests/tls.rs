//! A devnet behind a proxy that speaks TLS, as guides advise to run it.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use common::{Devnet, Person};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Puts a proxy before the server at `url`; its address, and its certificate in PEM.
fn proxy(url: &str) -> (String, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let secret = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], secret.into())
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let behind = url.strip_prefix("http://").unwrap().to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let session = ServerConnection::new(config.clone()).unwrap();
            let (stream, behind) = (StreamOwned::new(session, stream.unwrap()), behind.clone());
            // a client that trusts nobody disconnects
            std::thread::spawn(move || drop(pass(stream, &behind)));
        }
    });
    (format!("https://localhost:{port}"), cert.pem())
}

/// Passes one request on, and the answer back.
fn pass(
    stream: StreamOwned<ServerConnection, TcpStream>,
    behind: &str,
) -> Result<(), std::io::Error> {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    let mut length = 0;
    while reader.read_line(&mut request)? > 2 {
        let line = request.lines().last().unwrap_or_default();
        let line = line.to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    // the answer ends with the connection, so that it need not be understood here
    let end = request.trim_end().len();
    request.truncate(end);
    request += "\r\nconnection: close\r\n\r\n";
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut server = TcpStream::connect(behind)?;
    server.write_all(request.as_bytes())?;
    server.write_all(&body)?;
    let mut stream = reader.into_inner();
    std::io::copy(&mut server, &mut stream)?;
    stream.conn.send_close_notify();
    stream.flush()
}

#[test]
fn a_devnet_behind_tls_is_used_once_its_certificate_is_believed() {
    let devnet = Devnet::start();
    let (url, certificate) = proxy(&devnet.url);
    let alice = Person::new(&url);
    let file = alice.write("ca.pem", &certificate);
    let believing = |args: &[&str]| alice.run_with("DDVS_CA_FILE", &file, args);
    // state by the nodes' RPC, messages, and the past by the API
    alice.key("alice");
    believing(&["faucet", "alice", "10"]).ok();
    believing(&["wallet", "create"]).ok();
    let chains = believing(&["query", "chains"]).ok();
    assert!(chains.stdout.contains("workchain 0"), "{chains:?}");
    let events = believing(&["query", "events", "--json"]).ok().json();
    assert!(events["items"].is_array(), "{events}");

    alice
        .run(&["query", "chains"])
        .fails(2, "no authority that is known here certifies it");
    alice
        .run_with("DDVS_CA_FILE", &alice.path("none"), &["query", "chains"])
        .fails(2, "DDVS_CA_FILE");
    let mistaken = devnet.url.replace("http://", "https://");
    alice
        .run(&["query", "chains", "--rpc", &mistaken])
        .fails(2, "it does not speak TLS");
}
