//! A node behind TLS.

use crate::common;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use common::{Node, World, description, settings};
use ddvs_client::{Backend, ClientError, Live};
use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Roots, RootsError, Settings, height};
use ddvs_test_kit::wallets::network;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tempfile::NamedTempFile;

/// A private authority: its certificate as a file, and a server that it certifies under a name.
struct Authority {
    file: NamedTempFile,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own = params.self_signed(&key).unwrap();
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(own.pem().as_bytes()).unwrap();
        let issuer = Issuer::new(params, key);
        Self { file, issuer }
    }

    fn server(&self, name: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let secret = PrivatePkcs8KeyDer::from(key.serialize_der());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], secret.into())
            .unwrap();
        Arc::new(config)
    }

    fn trusted(&self) -> Settings {
        Settings {
            roots: Roots::load(self.file.path()).unwrap(),
            ..settings()
        }
    }
}

fn world() -> World {
    World::new(network())
}

fn fault(result: Result<u32, ClientError>) -> String {
    let error = result.unwrap_err();
    assert!(matches!(error, ClientError::Fault { .. }), "{error}");
    format!("{:#}", anyhow::Error::new(error))
}

#[test]
fn a_node_that_the_private_authority_certifies_is_used_like_any_other() {
    let authority = Authority::new();
    let node = Node::start_tls(&world(), authority.server("127.0.0.1"));
    let nodes = [node];
    let mut network = JrpcNetwork::connect(description(&nodes), authority.trusted()).unwrap();
    let block = network.next_block().unwrap().unwrap();
    assert!(block.seqno > 0);
    assert!(network.now_ms().unwrap() > 0);
}

#[test]
fn node_without_a_trusted_certificate_is_not_asked() {
    let authority = Authority::new();
    let node = Node::start_tls(&world(), authority.server("127.0.0.1"));
    // by no public authority
    let words = fault(height(&node.url, &settings()));
    assert!(words.contains("no authority that is known here"), "{words}");
    // by another private one
    let words = fault(height(&node.url, &Authority::new().trusted()));
    assert!(words.contains("cannot be trusted"), "{words}");
    // under another name
    let other = Node::start_tls(&world(), authority.server("node.example"));
    let words = fault(height(&other.url, &authority.trusted()));
    assert!(words.contains("cannot be trusted"), "{words}");
    assert!(words.contains("node.example"), "{words}");
    for node in [node, other] {
        assert!(node.calls.lock().unwrap().is_empty());
    }
}

/// Answers every request with these bytes, and closes.
fn answers_always(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4_096]).unwrap();
            stream.write_all(bytes).unwrap();
        }
    });
    address
}

#[test]
fn the_wrong_scheme_is_told() {
    // the answer of HTTP servers to a TLS handshake
    let plain = answers_always(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    let url = format!("https://{plain}");
    let words = fault(height(&url, &settings()));
    assert!(words.contains("does not speak TLS"), "{words}");
    let error = NetworkDescription::discover(&url, &settings()).unwrap_err();
    let words = error.to_string();
    assert!(words.contains("does not speak TLS"), "{words}");
    let url = format!("https://{}", answers_always(b""));
    let words = fault(height(&url, &settings()));
    assert!(words.contains("does it use TLS"), "{words}");
    // a proxy that has the real server behind TLS
    let node = Node::start(&world());
    for status in [301, 400] {
        node.set(|faults| faults.status = Some(status));
        let words = fault(height(&node.url, &settings()));
        assert!(words.contains("https://"), "{words}");
    }
}

#[test]
fn a_file_without_certificates_is_refused() {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(b"nothing").unwrap();
    let error = Roots::load(file.path()).unwrap_err();
    assert!(matches!(error, RootsError::Pem { .. }), "{error}");
    let error = Roots::load(&file.path().join("none")).unwrap_err();
    assert!(matches!(error, RootsError::File { .. }), "{error}");
    file.as_file()
        .set_len(ddvs_jrpc::roots::MAX_FILE_BYTES + 1)
        .unwrap();
    let error = Roots::load(file.path()).unwrap_err();
    assert!(matches!(error, RootsError::TooLarge(_)), "{error}");
}
