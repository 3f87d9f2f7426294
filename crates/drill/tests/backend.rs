//! The client's backend on real nodes: accounts, getters, messages across chains, the stream of blocks, refusals.
//!
//! Needs the engine's binary, in the path or named by `TYCHO_BIN`: `.ci/nightly` runs it.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::time::{Duration, Instant};

use ddvs_client::{
    Backend, FollowLimits, Live, MASTERCHAIN, MessageStatus, Outgoing, OwnerWallet, Refusal,
};
use ddvs_drill::Trial;
use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Settings};
use ddvs_tycho::StoredKey;
use ddvs_types::COIN;
use tycho_types::models::{AccountStatus, StdAddr};

/// Timeout until a network's first blocks.
const PATIENCE: Duration = Duration::from_secs(90);

struct Real {
    network: JrpcNetwork,
    secret: [u8; 32],
}

impl Real {
    /// Waits for the first blocks.
    fn connect(trial: &Trial) -> Self {
        let description = NetworkDescription::load(&trial.layout.network()).unwrap();
        let secret = StoredKey::read(&trial.layout.key("faucet")).unwrap().secret;
        // a node shows the accounts of the workchain with the newest block only
        let settings = Settings {
            read_patience: PATIENCE,
            ..Settings::default()
        };
        let end = Instant::now() + PATIENCE;
        loop {
            match JrpcNetwork::connect(description.clone(), settings.clone()) {
                Ok(network) if network.last_block().unwrap().unwrap().0 >= 3 => {
                    return Self {
                        network,
                        secret: secret.0,
                    };
                }
                Err(error) if Instant::now() > end => panic!("{error}"),
                _ => assert!(Instant::now() < end, "no third block"),
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    fn faucet(&self, chain: i8) -> OwnerWallet {
        OwnerWallet::new(self.secret, chain, self.network.description().global_id).unwrap()
    }

    /// A wallet that nobody used yet.
    fn fresh(&self, chain: i8) -> OwnerWallet {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let mut secret = [chain as u8; 32];
        secret[..16].copy_from_slice(&now.unwrap().as_nanos().to_be_bytes());
        OwnerWallet::new(secret, chain, self.network.description().global_id).unwrap()
    }
}

/// One network for all: each part is short against its start.
#[test]
#[ignore = "needs the engine's binary `tycho`: the client's backend on real nodes"]
fn the_backend_on_nodes() {
    let dir = tempfile::tempdir().unwrap();
    let trial = Trial::begin(dir.path(), 26_401, |_| ()).unwrap();
    let mut real = Real::connect(&trial);
    chains_accounts_and_configs(&real);
    copies_agree_by_their_getters(&real);
    messages_cross_chains_and_blocks_come(&mut real);
    what_a_wallet_turns_down_is_refused(&mut real);
}

fn pay(address: &StdAddr, coins: u128) -> Outgoing {
    let mut outgoing = Outgoing::new(address.clone(), coins * COIN, Default::default());
    outgoing.bounce = false;
    outgoing
}

fn chains_accounts_and_configs(real: &Real) {
    let network = &real.network;
    for chain in network.chains().unwrap() {
        let begin = Instant::now();
        let delector = network.account(&chain.delector).unwrap();
        assert_eq!(delector.status(), AccountStatus::Active);
        let took = begin.elapsed();
        let set = network
            .config(chain.id)
            .unwrap()
            .get_current_validator_set()
            .unwrap();
        let faucet = network.account(real.faucet(chain.id).address()).unwrap();
        assert!(faucet.balance_nano > COIN);
        eprintln!(
            "chain {} block {}: D'Elector in {took:?}, {} validators, faucet {} coins",
            chain.id,
            chain.seqno,
            set.list.len(),
            faucet.balance_nano / COIN
        );
    }
    let nobody = real.fresh(0);
    let begin = Instant::now();
    assert_eq!(
        network.account(nobody.address()).unwrap().status(),
        AccountStatus::NotExists
    );
    eprintln!("no account: {:?}", begin.elapsed());
    let begin = Instant::now();
    for _ in 0..200 {
        network.account(real.faucet(1).address()).unwrap();
    }
    eprintln!("200 accounts: {:?}", begin.elapsed());
}

fn copies_agree_by_their_getters(real: &Real) {
    let chains = real.network.chains().unwrap();
    for about in &chains {
        let mut digests = Vec::new();
        for copy in &chains {
            let args = vec![tycho_vm::RcStackValue::new_dyn_value(
                num_bigint::BigInt::from(about.id),
            )];
            let output = real
                .network
                .get_method(&copy.delector, "registry_digest", args);
            digests.push(output.unwrap().stack[0].as_int().unwrap().clone());
        }
        assert!(digests.windows(2).all(|pair| pair[0] == pair[1]));
    }
}

fn messages_cross_chains_and_blocks_come(real: &mut Real) {
    for (from, to) in [(0, 1), (1, MASTERCHAIN), (MASTERCHAIN, 0), (0, 0)] {
        let (faucet, other) = (real.faucet(from), real.fresh(to));
        let network = &mut real.network;
        let begin = Instant::now();
        let cursor = network.cursor().unwrap();
        let before = network.account(faucet.address()).unwrap();
        let messages = [pay(other.address(), 3)];
        let tree = faucet
            .send_and_follow(network, &messages, FollowLimits::default())
            .unwrap();
        assert!(tree.succeeded(), "{tree}");
        eprintln!("{from} to {to} in {:?}:\n{tree}", begin.elapsed());
        let root = tree.root().transaction().unwrap();
        assert_eq!(root.account, *faucet.address());
        assert!(root.lt > before.last_transaction_lt);
        let view = network.account(other.address()).unwrap();
        assert!(view.balance_nano > 2 * COIN, "{}", view.balance_nano);
        assert_eq!(
            view.last_transaction_lt,
            tree.nodes[1].transaction().unwrap().lt
        );
        let list = network
            .transactions(faucet.address(), before.last_transaction_lt, 10)
            .unwrap();
        assert_eq!(list.iter().map(|t| t.hash).collect::<Vec<_>>(), [root.hash]);
        let status = network.message_status(&tree.root().hash).unwrap();
        assert!(matches!(status, MessageStatus::Executed(t) if t.hash == root.hash));
        let told = |network: &JrpcNetwork| {
            let blocks = network.blocks_since(cursor, 1_000).unwrap();
            let told = blocks.iter().flat_map(|block| &block.transactions);
            told.filter(|t| t.hash == root.hash).count()
        };
        // blocks are told chain by chain, and a payment is seen before the block that holds it is told
        let end = Instant::now() + PATIENCE;
        while told(network) == 0 && Instant::now() < end {
            network.next_block().unwrap().unwrap();
        }
        // nor is it told again with the next blocks of all chains
        for _ in 0..6 {
            network.next_block().unwrap().unwrap();
        }
        assert_eq!(told(network), 1, "each transaction is told once");
        let blocks = network.blocks_since(cursor, 1_000).unwrap();
        let line = |b: &std::sync::Arc<ddvs_client::Block>| {
            format!("{}:{}({})", b.chain, b.seqno, b.transactions.len())
        };
        eprintln!("blocks {:?}", blocks.iter().map(line).collect::<Vec<_>>());
    }
}

fn what_a_wallet_turns_down_is_refused(real: &mut Real) {
    let (faucet, network) = (real.faucet(1), &mut real.network);
    let message = faucet.build_external(1_000_000, u32::MAX, true, &[pay(faucet.address(), 1)]);
    let error = network.send(message.unwrap()).unwrap_err();
    assert!(
        matches!(error.refusal(), Some(Refusal::NotAccepted { .. })),
        "{error}"
    );
}
