//! The files made by `init`, without any node.
#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ddvs_contracts::params::{DdvsParams, PARAM_DDVS};
use ddvs_contracts::storage::DElectorStorage;
use ddvs_tycho::{Layout, NetworkOptions, StoredKey, TychoError, init, open};
use serde_json::Value;
use tycho_crypto::ed25519::PublicKey;
use tycho_types::boc::Boc;
use tycho_types::models::{ShardStateUnsplit, StdAddr};

fn made(change: impl FnOnce(&mut NetworkOptions)) -> (tempfile::TempDir, Layout) {
    let dir = tempfile::tempdir().unwrap();
    let mut options = NetworkOptions::new(dir.path().join("net"));
    change(&mut options);
    init(&options).unwrap();
    let layout = Layout::new(&options.dir);
    (dir, layout)
}

fn state(layout: &Layout, chain: i8) -> ShardStateUnsplit {
    let bytes = fs::read(layout.zerostate(chain)).unwrap();
    Boc::decode(bytes).unwrap().parse().unwrap()
}

fn json(path: &std::path::Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_chain_starts_with_its_delector() {
    let (_dir, layout) = made(|options| options.workchains = 3);
    let network = open(&layout).unwrap();
    assert_eq!(network.chains.len(), 4);
    let (mut code_hashes, mut op_values) = (BTreeSet::new(), BTreeSet::new());
    for chain in &network.chains {
        let address: StdAddr = chain.delector.parse().unwrap();
        let accounts = state(&layout, chain.id).load_accounts().unwrap();
        let (_, found) = accounts.get(address.address).unwrap().unwrap();
        let account = found.load_account().unwrap().unwrap();
        let state = match account.state {
            tycho_types::models::AccountState::Active(state) => state,
            other => panic!("{other:?}"),
        };
        code_hashes.insert(*state.code.unwrap().repr_hash());
        let storage: DElectorStorage = state.data.unwrap().parse().unwrap();
        assert_eq!(storage.chain, chain.id);
        let params = tycho_types::models::BlockchainConfigParams::from_raw(storage.config);
        let ddvs = params.get_raw_cell_ref(PARAM_DDVS).unwrap().unwrap();
        op_values.insert(ddvs.parse::<DdvsParams>().unwrap().op_value_nano);
    }
    assert_eq!(code_hashes.len(), 1);
    // contracts of all chains see the masterchain's parameters, so all D'Electors charge the same
    assert_eq!(op_values.len(), 1);
}

#[test]
fn masterchain_zerostate_names_the_hashes_of_the_files() {
    let (_dir, layout) = made(|_| ());
    let main = state(&layout, -1);
    let extra = main.load_custom().unwrap().unwrap();
    let params = &extra.config.params;
    for id in params
        .get::<tycho_types::models::ConfigParam9>()
        .unwrap()
        .unwrap()
        .keys()
    {
        assert!(params.contains_raw(id.unwrap()).unwrap());
    }
    // the state's config is that of the contract
    let network = open(&layout).unwrap();
    let delector: StdAddr = network.chains[0].delector.parse().unwrap();
    assert_eq!(extra.config.address, delector.address);
    let accounts = main.load_accounts().unwrap();
    let (_, found) = accounts.get(delector.address).unwrap().unwrap();
    let account = found.load_account().unwrap().unwrap();
    let tycho_types::models::AccountState::Active(state) = account.state else {
        panic!("not active");
    };
    let storage: DElectorStorage = state.data.unwrap().parse().unwrap();
    assert_eq!(Some(storage.config), params.as_dict().root().clone());

    let ddvs = params.get_raw_cell_ref(PARAM_DDVS).unwrap().unwrap();
    let ddvs: DdvsParams = ddvs.parse().unwrap();
    assert_eq!(
        (ddvs.least_set, ddvs.restarts_consensus, ddvs.set_interval_s),
        (3, true, 20)
    );
    // what tools read: an elector, the rhythm of this engine, and size limits with TON's fields after the engine's own
    assert_eq!(params.get_elector_address().unwrap(), delector.address);
    assert_eq!(
        params.get_fee_collector_address().unwrap(),
        delector.address
    );
    let times = params.get_election_timings().unwrap();
    assert_eq!(
        (times.validators_elected_for, times.stake_held_for),
        (ddvs.set_interval_s, ddvs.min_unlock_period_s)
    );
    assert_eq!(
        params.get_size_limits().unwrap().max_acc_state_cells,
        1 << 20
    );
    let limits = params.get_raw_cell_ref(43).unwrap().unwrap();
    assert_eq!(limits.bit_len(), 8 + 8 * 32 + 2 * 16 + 32 + 8 + 32);
    let set = params.get_current_validator_set().unwrap();
    assert_eq!(set.list.len(), 4);
    for (member, node) in set.list.iter().zip(1..) {
        let known = (1..=4).map(|n| StoredKey::read(&layout.node_key(n)).unwrap().public);
        assert!(
            known.into_iter().any(|key| key == member.public_key),
            "member {node}"
        );
    }

    for entry in params.get_workchains().unwrap().iter() {
        let (id, workchain) = entry.unwrap();
        let bytes = fs::read(layout.zerostate(id as i8)).unwrap();
        assert_eq!(workchain.zerostate_file_hash, Boc::file_hash_blake(&bytes));
        let root = *Boc::decode(&bytes).unwrap().repr_hash();
        assert_eq!(workchain.zerostate_root_hash, root);
    }
    let global = json(&layout.global_config());
    let bytes = fs::read(layout.zerostate(-1)).unwrap();
    let hash = Boc::file_hash_blake(&bytes).to_string();
    assert_eq!(global["zerostate"]["file_hash"], hash);
}

#[test]
fn peers_are_signed_by_their_keys() {
    let (_dir, layout) = made(|options| options.udp_port = 31_000);
    let global = json(&layout.global_config());
    let peers = global["bootstrap_peers"].as_array().unwrap();
    assert_eq!(peers.len(), 5);
    for (peer, port) in peers.iter().zip(31_000u32..) {
        let id: [u8; 32] = hex::decode(peer["id"].as_str().unwrap())
            .unwrap()
            .try_into()
            .unwrap();
        let signature = BASE64_STANDARD
            .decode(peer["signature"].as_str().unwrap())
            .unwrap();
        assert_eq!(peer["address_list"][0], format!("127.0.0.1:{port}"));
        let created = peer["created_at"].as_u64().unwrap() as u32;
        // dht.node of tycho-network: id, addresses, times, and no signature yet
        let mut bytes = 0x6791_00c0u32.to_le_bytes().to_vec();
        bytes.extend(id);
        bytes.extend(1u32.to_le_bytes());
        bytes.extend(0x43d3_d80au32.to_le_bytes());
        bytes.extend(0x7f00_0001u32.to_le_bytes());
        bytes.extend(port.to_le_bytes());
        bytes.extend(created.to_le_bytes());
        bytes.extend(u32::MAX.to_le_bytes());
        bytes.extend([0; 4]);
        let key = PublicKey::from_bytes(id).unwrap();
        assert!(key.verify_raw(&bytes, &signature.try_into().unwrap()));
    }
}

#[test]
fn secrets_are_for_their_owner_only() {
    let (_dir, layout) = made(|_| ());
    let mode = |path: std::path::PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for index in 1..=5 {
        assert_eq!(mode(layout.node_key(index)), 0o600);
        assert_eq!(mode(layout.node(index)), 0o700);
    }
    for name in ["faucet", "owner-1", "owner-4"] {
        assert_eq!(mode(layout.key(name)), 0o600);
    }
    let shown = format!("{:?}", StoredKey::read(&layout.node_key(1)).unwrap());
    let secret = json(&layout.node_key(1))["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(!shown.contains(&secret));
}

#[test]
fn nothing_is_overwritten_and_nonsense_is_refused() {
    let (_dir, layout) = made(|_| ());
    let again = init(&NetworkOptions::new(layout.root()));
    assert!(matches!(again, Err(TychoError::NotEmpty(_))), "{again:?}");

    let refused = |change: fn(&mut NetworkOptions)| {
        let dir = tempfile::tempdir().unwrap();
        let mut options = NetworkOptions::new(dir.path().join("net"));
        change(&mut options);
        let error = init(&options).unwrap_err();
        assert!(matches!(error, TychoError::Options(_)), "{error}");
        // nothing was created
        assert!(!options.dir.exists());
    };
    refused(|options| options.validators = 2);
    refused(|options| options.nodes = 3);
    refused(|options| options.workchains = 0);
    refused(|options| options.workchains = 5);
    refused(|options| options.block_time_ms = 10);
    refused(|options| options.rpc_port = options.udp_port + 2);
    refused(|options| options.udp_port = 65_533);
}

#[test]
fn a_directory_without_a_network_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let layout = Layout::new(dir.path());
    let error = ddvs_tycho::down(&layout).unwrap_err();
    assert!(matches!(error, TychoError::NoNetwork(_)));
    assert!(error.to_string().contains("ddvs tycho init"), "{error}");
}
