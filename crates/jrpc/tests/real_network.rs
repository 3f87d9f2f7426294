//! The same on running nodes: `DDVS_TYCHO_DIR` names the directory of a network that `ddvs tycho init` made and
//! `ddvs tycho up` started.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::time::Instant;

use ddvs_client::{
    Backend, FollowLimits, MASTERCHAIN, MessageStatus, Outgoing, OwnerWallet, Refusal,
};
use ddvs_jrpc::{JrpcNetwork, NetworkDescription, Settings};
use tycho_types::models::{AccountStatus, StdAddr};

const COIN: u128 = 1_000_000_000;

struct Real {
    network: JrpcNetwork,
    secret: [u8; 32],
}

impl Real {
    fn connect(test: &str) -> Option<Self> {
        let Some(dir) = std::env::var_os("DDVS_TYCHO_DIR").map(PathBuf::from) else {
            eprintln!("{test}: not run, since DDVS_TYCHO_DIR names no running network");
            return None;
        };
        let description = NetworkDescription::load(&dir.join("network.json")).unwrap();
        let key = std::fs::read(dir.join("keys/faucet.json")).unwrap();
        let key: serde_json::Value = serde_json::from_slice(&key).unwrap();
        let secret: tycho_types::cell::HashBytes = key["secret"].as_str().unwrap().parse().unwrap();
        let begin = Instant::now();
        let network = JrpcNetwork::connect(description, Settings::default()).unwrap();
        eprintln!("{test}: connected after {:?}", begin.elapsed());
        Some(Self {
            network,
            secret: secret.0,
        })
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

fn pay(address: &StdAddr, coins: u128) -> Outgoing {
    let mut outgoing = Outgoing::new(address.clone(), coins * COIN, Default::default());
    outgoing.bounce = false;
    outgoing
}

#[test]
fn chains_accounts_and_configs() {
    let Some(real) = Real::connect("chains_accounts_and_configs") else {
        return;
    };
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

#[test]
fn copies_agree_by_their_getters() {
    let Some(real) = Real::connect("copies_agree_by_their_getters") else {
        return;
    };
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

#[test]
fn messages_cross_chains_and_blocks_come() {
    let Some(mut real) = Real::connect("messages_cross_chains_and_blocks_come") else {
        return;
    };
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
        for _ in 0..4 {
            network.next_block().unwrap().unwrap();
        }
        let blocks = network.blocks_since(cursor, 1_000).unwrap();
        let told = blocks.iter().flat_map(|block| &block.transactions);
        assert_eq!(
            told.filter(|t| t.hash == root.hash).count(),
            1,
            "each transaction is told once"
        );
        let line = |b: &std::sync::Arc<ddvs_client::Block>| {
            format!("{}:{}({})", b.chain, b.seqno, b.transactions.len())
        };
        eprintln!("blocks {:?}", blocks.iter().map(line).collect::<Vec<_>>());
    }
}

#[test]
fn what_a_wallet_turns_down_is_refused() {
    let Some(mut real) = Real::connect("what_a_wallet_turns_down_is_refused") else {
        return;
    };
    let (faucet, network) = (real.faucet(1), &mut real.network);
    let message = faucet.build_external(1_000_000, u32::MAX, true, &[pay(faucet.address(), 1)]);
    let error = network.send_external(message.unwrap()).unwrap_err();
    assert!(
        matches!(error.refusal(), Some(Refusal::NotAccepted { .. })),
        "{error}"
    );
}
