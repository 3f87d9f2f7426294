//! Accounts, configs and descriptions.

use crate::common;

use std::time::Duration;

use common::{GLOBAL_ID, connect, description, nodes, settings};
use ddvs_client::{Backend, Live, MASTERCHAIN, Refusal};
use ddvs_jrpc::{JrpcNetwork, NetworkDescription};
use ddvs_test_kit::puppets::addr;
use ddvs_test_kit::wallets;
use ddvs_types::COIN;
use ddvs_types::account::{decode_account, encode_account};
use tycho_types::cell::CellBuilder;
use tycho_types::models::{AccountStatus, OptionalAccount, StdAddr};

#[test]
fn an_account_without_its_first_bit_is_decoded() {
    let network = wallets::network();
    for address in [addr(0, 1), wallets::wallet(0, 1).address().clone()] {
        let account = network.account(&address).unwrap().account.unwrap();
        let cell = encode_account(&account).unwrap();
        assert_eq!(decode_account(&cell).unwrap(), account);
        let whole = CellBuilder::build_from(OptionalAccount(Some(account))).unwrap();
        assert_eq!(whole.bit_len(), cell.bit_len() + 1);
        assert!(decode_account(&whole).is_err(), "the first bit is too much");
    }
    assert!(decode_account(&CellBuilder::new().build().unwrap()).is_err());
}

#[test]
fn accounts_and_configs_are_those_of_the_network() {
    let (world, nodes) = nodes(1);
    let network = connect(&nodes);
    let truth = world.0.lock().unwrap().clone();
    for chain in [MASTERCHAIN, 0, 1] {
        for address in [addr(chain, 1), ddvs_test_kit::puppets::delector(chain)] {
            let (found, expected) = (network.account(&address), truth.account(&address));
            let (found, expected) = (found.unwrap(), expected.unwrap());
            assert_eq!(found.account, expected.account);
            assert_eq!(found.balance_nano, expected.balance_nano);
        }
        let config = network.config(chain).unwrap();
        assert_eq!(config, truth.config(chain).unwrap());
    }
    assert_eq!(
        network.account(&addr(0, 77)).unwrap().status(),
        AccountStatus::NotExists
    );
    assert_eq!(network.account(&addr(9, 1)).unwrap().balance_nano, 0);
    let refused = network.config(9).unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::UnknownChain(9)));
    let chains = network.chains().unwrap();
    assert_eq!(chains.iter().map(|c| c.id).collect::<Vec<_>>(), [-1, 0, 1]);
}

#[test]
fn an_account_of_another_chain_is_not_taken() {
    let (_, nodes) = nodes(2);
    let network = connect(&nodes);
    let swap = |node: usize| {
        nodes[node].set(|faults| drop(faults.swaps.insert(addr(0, 1), Some(addr(1, 1)))));
    };
    swap(0);
    swap(1);
    let error = network.account(&addr(0, 1)).unwrap_err();
    assert!(error.refusal().is_none());
    assert!(
        error.to_string().contains("same id on another chain"),
        "{error}"
    );
    nodes[1].set(|faults| faults.swaps.clear());
    let found = network.account(&addr(0, 1)).unwrap();
    assert_eq!(found.account.unwrap().address, addr(0, 1).into());

    // it has had no transaction since
    swap(1);
    let kept = network.account(&addr(0, 1)).unwrap();
    assert_eq!(kept.account.unwrap().address, addr(0, 1).into());
}

#[test]
fn an_account_that_one_node_hides_is_found_at_another() {
    let (_, nodes) = nodes(2);
    let network = connect(&nodes);
    nodes[0].set(|faults| drop(faults.swaps.insert(addr(1, 1), None)));
    assert!(network.account(&addr(1, 1)).unwrap().balance_nano > 0);
}

#[test]
fn account_is_reported_missing_only_if_its_chain_is_shown() {
    let (_, nodes) = nodes(2);
    let network = connect(&nodes);
    let nobody = addr(1, 77);
    assert_eq!(
        network.account(&nobody).unwrap().status(),
        AccountStatus::NotExists
    );
    let asked = nodes[0].count("getContractState") + nodes[1].count("getContractState");

    // nodes that look into the other workchain have neither the account nor the D'Elector
    for node in &nodes {
        node.set(|faults| {
            drop(
                faults
                    .swaps
                    .insert(ddvs_test_kit::puppets::delector(1), None),
            );
        });
    }
    // it is still reported as missing, since it has no transaction
    assert!(network.account(&nobody).unwrap().account.is_none());
    let nobody = addr(1, 78);
    let error = network.account(&nobody).unwrap_err();
    assert!(error.refusal().is_none());
    assert!(error.to_string().contains("none in workchain 1"), "{error}");
    let again = nodes[0].count("getContractState") + nodes[1].count("getContractState");
    assert!(again > 2 * asked, "it asked only {again} times");

    // one that looks into it is enough
    nodes[1].set(|faults| faults.swaps.clear());
    assert_eq!(
        network.account(&nobody).unwrap().status(),
        AccountStatus::NotExists
    );
}

#[test]
fn kept_state_is_used_while_its_chain_is_hidden() {
    let (_, nodes) = nodes(1);
    let beside = connect(&nodes);
    let again = || beside.connect_again(Duration::from_millis(300)).unwrap();
    let (mut network, fresh) = (again(), again());
    let (alice, bob) = (wallets::wallet(1, 1), wallets::wallet(1, 2));
    let before = beside.account(bob.address()).unwrap();
    let hide = |account: &StdAddr| {
        let account = account.clone();
        nodes[0].set(|faults| drop(faults.swaps.insert(account, None)));
    };
    let hide_all = || {
        hide(alice.address());
        hide(bob.address());
        hide(&ddvs_test_kit::puppets::delector(1));
    };
    hide_all();
    let kept = network.account(bob.address()).unwrap();
    assert_eq!(kept.balance_nano, before.balance_nano);
    let error = network.account(alice.address()).unwrap_err();
    assert!(error.to_string().contains("none in workchain 1"), "{error}");

    nodes[0].set(|faults| faults.swaps.clear());
    let pay = ddvs_client::Outgoing::new(bob.address().clone(), COIN, Default::default());
    let tree = alice
        .send_and_follow(&mut network, &[pay], Default::default())
        .unwrap();
    assert!(tree.is_settled());
    hide_all();
    // this one has not seen the transaction itself
    let error = fresh.account(bob.address()).unwrap_err();
    assert!(error.to_string().contains("none in workchain 1"), "{error}");
    nodes[0].set(|faults| faults.swaps.clear());
    let after = fresh.account(bob.address()).unwrap();
    assert_ne!(after.balance_nano, before.balance_nano);
    hide_all();
    let kept = network.account(bob.address()).unwrap();
    assert_eq!(kept.balance_nano, after.balance_nano);
}

#[test]
fn account_read_from_a_kept_state_is_watched() {
    let (_, nodes) = nodes(1);
    let mut beside = connect(&nodes);
    let mut network = beside.connect_again(Duration::from_millis(300)).unwrap();
    let (alice, bob) = (wallets::wallet(1, 1), wallets::wallet(1, 2));
    beside.account(bob.address()).unwrap();
    for hidden in [bob.address(), &ddvs_test_kit::puppets::delector(1)] {
        nodes[0].set(|faults| drop(faults.swaps.insert(hidden.clone(), None)));
    }
    network.watch(bob.address()).unwrap();
    nodes[0].set(|faults| faults.swaps.clear());
    let pay = ddvs_client::Outgoing::new(bob.address().clone(), COIN, Default::default());
    alice
        .send_and_follow(&mut beside, &[pay], Default::default())
        .unwrap();
    let is_of_bob = |network: &mut JrpcNetwork| {
        let block = network.next_block().unwrap().unwrap();
        let mut transactions = block.transactions.iter();
        transactions.any(|transaction| transaction.account == *bob.address())
    };
    assert!((0..50).any(|_| is_of_bob(&mut network)));
}

#[test]
fn a_node_that_lags_is_passed_over() {
    let (_, nodes) = nodes(2);
    let network = connect(&nodes);
    let (last, now_ms) = network.last_block().unwrap().unwrap();
    assert!(network.account(&addr(0, 1)).unwrap().balance_nano > 0);
    for node in &nodes {
        node.set(|faults| faults.is_still = true);
    }
    nodes[0].set(|faults| {
        faults.lag_s = now_ms / 1_000 - 1_000;
        faults.key_block = 0;
    });
    nodes[1].set(|faults| faults.key_block = 7);
    let (seqno, time_ms) = network.last_block().unwrap().unwrap();
    assert!(seqno >= last && time_ms >= now_ms);
    network.account(&addr(0, 1)).unwrap();
    network.config(MASTERCHAIN).unwrap();

    // when all lag, that is reported
    nodes[1].set(|faults| faults.is_dead = true);
    let error = network.account(&addr(0, 1)).unwrap_err().to_string();
    assert!(error.contains("behind other nodes"), "{error}");
    nodes[0].set(|faults| faults.lag_s = 0);
    network.account(&addr(0, 1)).unwrap();
    let error = network.config(MASTERCHAIN).unwrap_err().to_string();
    assert!(error.contains("others have one of block 7"), "{error}");
}

#[test]
fn an_account_with_transactions_is_never_held_missing() {
    let (_, nodes) = nodes(1);
    let mut network = connect(&nodes);
    let (alice, bob) = (wallets::wallet(0, 1), wallets::wallet(0, 2));
    let pay = ddvs_client::Outgoing::new(bob.address().clone(), COIN, Default::default());
    let tree = alice
        .send_and_follow(&mut network, &[pay], Default::default())
        .unwrap();
    assert!(tree.is_settled());

    let hide =
        |other| move |faults: &mut common::node::Faults| drop(faults.swaps.insert(other, None));
    nodes[0].set(hide(bob.address().clone()));
    let error = network.account(bob.address()).unwrap_err();
    assert!(error.to_string().contains("no node shows it"), "{error}");
    // A fresh client that saw no transaction asks for the list.
    nodes[0].set(|faults| faults.swaps.clear());
    let fresh = connect(&nodes);
    nodes[0].set(hide(bob.address().clone()));
    let error = fresh.account(bob.address()).unwrap_err();
    assert!(error.to_string().contains("no node shows it"), "{error}");
}

#[test]
fn nodes_of_another_network_are_refused() {
    let (_, nodes) = nodes(1);
    let mut other = description(&nodes);
    other.global_id = GLOBAL_ID + 1;
    let error = JrpcNetwork::connect(other, settings()).unwrap_err();
    assert!(
        error.to_string().contains("belongs to network 42"),
        "{error}"
    );
    let mut other = description(&nodes);
    other.chains[0].delector = addr(-1, 1);
    let error = JrpcNetwork::connect(other, settings()).unwrap_err();
    assert!(
        error.to_string().contains("not the described D'Elector"),
        "{error}"
    );
}

type Spoil = fn(&mut NetworkDescription);

#[test]
fn a_description_is_checked() {
    let (_, nodes) = nodes(1);
    let good = description(&nodes);
    let text = serde_json::to_string(&good).unwrap();
    assert_eq!(
        serde_json::from_str::<NetworkDescription>(&text).unwrap(),
        good
    );
    assert!(good.check().is_ok());
    let of_the_maker = format!(
        r#"{{"global_id": 42, "genesis": "00", "roots": [], "nodes": [{{"index": 1, "rpc": "127.0.0.1:8001"}}],
            "chains": [{{"id": -1, "delector": "{}"}}]}}"#,
        ddvs_test_kit::puppets::delector(-1)
    );
    let read: NetworkDescription = serde_json::from_str(&of_the_maker).unwrap();
    assert_eq!(read.endpoints, ["http://127.0.0.1:8001"]);
    assert!(read.check().is_ok());
    let broken: [(Spoil, &str); 5] = [
        (|d| drop(d.chains.remove(0)), "no masterchain"),
        (|d| d.chains[1].id = 1, "address on chain 0"),
        (|d| d.chains.push(d.chains[0].clone()), "twice"),
        (|d| d.endpoints.clear(), "0 endpoints"),
        (
            |d| d.endpoints[0] = "ftp://node".into(),
            "not an http:// or https:// address",
        ),
    ];
    for (spoil, words) in broken {
        let mut spoilt = good.clone();
        spoil(&mut spoilt);
        let error = spoilt.check().unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
