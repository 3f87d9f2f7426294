//! A real network of stock nodes: it starts from nothing, survives crashes, and a fresh node joins it.
//!
//! Needs the engine's binary, in the path or named by `TYCHO_BIN`: `.ci/nightly` runs it.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::sync::Mutex;
use std::time::{Duration, Instant};

use ddvs_client::{Backend, Live, Outgoing, OwnerWallet};
use ddvs_drill::Trial;
use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Settings};
use ddvs_tycho::{Layout, NetworkOptions, StoredKey, down, init, kill, start, up};

/// Networks share the machine, so one at a time.
static TURN: Mutex<()> = Mutex::new(());

/// Timeout until a network's next blocks: a killed member returns in about 25 s.
const PATIENCE: Duration = Duration::from_secs(90);

struct Running {
    trial: Trial,
    _dir: tempfile::TempDir,
}

impl Running {
    fn begin(ports: u16) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self {
            trial: Trial::begin(dir.path(), ports, |_| ()).unwrap(),
            _dir: dir,
        }
    }

    fn connect(&self) -> JrpcNetwork {
        self.trial.show_all().unwrap();
        let description = NetworkDescription::load(&self.trial.layout.network()).unwrap();
        let end = Instant::now() + PATIENCE;
        loop {
            // a node looks into one workchain only
            let settings = Settings {
                read_patience: PATIENCE,
                ..Settings::default()
            };
            match JrpcNetwork::connect(description.clone(), settings) {
                Ok(backend) => return backend,
                Err(error) if Instant::now() > end => panic!("{error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(500)),
            }
        }
    }

    /// The faucet of workchain 0 pays an account on chain 1; returns the amount that arrived.
    fn pay(&self, backend: &mut JrpcNetwork, who: u8) -> u128 {
        let faucet = StoredKey::read(&self.trial.layout.key("faucet")).unwrap();
        let id = self.trial.network.global_id;
        let faucet = OwnerWallet::new(faucet.secret.0, 0, id).unwrap();
        let to = OwnerWallet::new([who; 32], 1, id).unwrap();
        let amount = 1_000_000_000 * u128::from(who);
        let gift = Outgoing::transfer(to.address().clone(), amount);
        faucet.send(backend, &[gift]).unwrap();
        let end = Instant::now() + PATIENCE;
        loop {
            let found = backend.account(to.address()).unwrap().balance_nano;
            if found > 0 || Instant::now() > end {
                return found;
            }
            backend.next_block().unwrap();
        }
    }
}

/// Waits until the masterchain has made `count` more blocks.
fn blocks(backend: &mut JrpcNetwork, count: u32) {
    let mut left = count;
    let end = Instant::now() + PATIENCE;
    while left > 0 {
        assert!(Instant::now() < end, "{left} blocks are missing");
        let block = backend.next_block().unwrap();
        left -= u32::from(block.is_some_and(|block| block.chain == -1));
    }
}

#[test]
#[ignore = "needs the engine's binary `tycho`: real nodes that crash"]
fn network_starts_from_nothing_and_survives_crashes() {
    let _turn = TURN.lock();
    let net = Running::begin(23_001);
    let mut backend = net.connect();
    blocks(&mut backend, 3);
    assert_eq!(net.pay(&mut backend, 1), 1_000_000_000);

    // one node crashes: the others continue, and it returns
    assert!(kill(&net.trial.layout, 2).unwrap());
    blocks(&mut backend, 3);
    assert_eq!(up(&net.trial.layout).unwrap(), [2]);
    net.trial.show_all().unwrap();
    assert_eq!(net.pay(&mut backend, 2), 2_000_000_000);

    // all crash at once: nothing agreed is lost
    let before = backend.chains().unwrap()[0].seqno;
    for node in &net.trial.network.nodes {
        kill(&net.trial.layout, node.index).unwrap();
    }
    assert_eq!(up(&net.trial.layout).unwrap(), [1, 2, 3, 4, 5]);
    let mut backend = net.connect();
    blocks(&mut backend, 3);
    assert!(backend.chains().unwrap()[0].seqno > before);
    assert_eq!(net.pay(&mut backend, 3), 3_000_000_000);

    // a node that has lost everything learns it from the others
    kill(&net.trial.layout, 5).unwrap();
    std::fs::remove_dir_all(net.trial.layout.database(5)).unwrap();
    start(&net.trial.layout, &net.trial.network, &[5]).unwrap();
    let mut alone = NetworkDescription::load(&net.trial.layout.network()).unwrap();
    alone.endpoints = vec![format!("http://{}", net.trial.network.nodes[4].rpc)];
    let end = Instant::now() + PATIENCE;
    loop {
        let report = ddvs_jrpc::probe(&alone.endpoints[0], &Settings::default());
        if report.is_ok_and(|report| report.mc_seqno > before) {
            break;
        }
        assert!(Instant::now() < end, "the fresh node does not follow");
        std::thread::sleep(Duration::from_millis(500));
    }
    blocks(&mut backend, 2);

    // down is clean, and up goes on
    assert_eq!(down(&net.trial.layout).unwrap(), [1, 2, 3, 4, 5]);
    assert_eq!(down(&net.trial.layout).unwrap(), [0u16; 0]);
    up(&net.trial.layout).unwrap();
    let mut backend = net.connect();
    blocks(&mut backend, 2);
}

#[test]
#[ignore = "needs the engine's binary `tycho`: real nodes that crash"]
fn a_port_that_is_taken_is_told() {
    let _turn = TURN.lock();
    let dir = tempfile::tempdir().unwrap();
    let mut options = NetworkOptions::new(dir.path().join("net"));
    (options.udp_port, options.rpc_port) = (23_301, 23_401);
    let network = init(&options).unwrap();
    let _other = std::net::TcpListener::bind(network.nodes[1].rpc).unwrap();
    let layout = Layout::new(&options.dir);
    let error = up(&layout).unwrap_err().to_string();
    down(&layout).unwrap();
    assert!(
        error.starts_with("node 2: ended right after its start"),
        "{error}"
    );
    assert!(
        error.contains("another program has one of its ports"),
        "{error}"
    );
}
