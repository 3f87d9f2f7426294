//! Creating a network: all keys, configs and states of its nodes.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::TychoError;
use crate::genesis::{self, People};
use crate::layout::{self, Layout};
use crate::node_config::{NodePorts, logger_config, node_config};
use crate::options::NetworkOptions;
use crate::peer::PeerInfo;
use crate::state::{StateFile, state_files};
use crate::validator_file::ValidatorFile;

/// Signature domain of networks created here.
const GLOBAL_ID: i32 = 0x0dd5;

/// Description of a network, stored besides its nodes' own files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkFile {
    /// Param 19.
    pub global_id: i32,
    /// Hash of the network's description: part of every static data.
    pub genesis: String,
    /// All chains, the masterchain first.
    pub chains: Vec<ChainEntry>,
    /// All nodes, by number.
    pub nodes: Vec<NodeEntry>,
    /// The genesis Roots.
    pub roots: Vec<RootEntry>,
}

/// One chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainEntry {
    /// -1 for the masterchain.
    pub id: i8,
    /// Address of its D'Elector & Config.
    pub delector: String,
}

/// One node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeEntry {
    /// From 1.
    pub index: u16,
    /// Its public key in hex, which is also its validator key.
    pub key: String,
    /// Address of its JSON-RPC.
    pub rpc: SocketAddr,
    /// Address for the other nodes.
    pub udp: SocketAddr,
}

/// One genesis Root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootEntry {
    /// Its address.
    pub address: String,
    /// The node that validates for it.
    pub node: u16,
    /// Name of its owner's key below `keys`.
    pub owner: String,
}

impl NetworkFile {
    /// Numbers of all nodes.
    pub fn node_indices(&self) -> Vec<u16> {
        self.nodes.iter().map(|node| node.index).collect()
    }

    /// Returns a node by its number.
    ///
    /// Fails only when there is none.
    pub fn node(&self, index: u16) -> Result<&NodeEntry, TychoError> {
        let found = self.nodes.iter().find(|node| node.index == index);
        found.ok_or_else(|| {
            TychoError::Options(format!(
                "there is no node {index}: this network has nodes 1 to {}",
                self.nodes.len()
            ))
        })
    }
}

/// Creates a network in an empty directory.
///
/// Fails only when the options are invalid, the directory is not empty, or a file cannot be written.
pub fn init(options: &NetworkOptions) -> Result<NetworkFile, TychoError> {
    options.check()?;
    let layout = Layout::new(&options.dir);
    layout.create()?;
    layout.create_keys()?;
    let now = unix_now()?;
    let people = People::generate(options)?;
    let spec = genesis::spec(options, &people, GLOBAL_ID, now)?;
    let zerostate = ddvs_zerostate::build(&spec)
        .map_err(|cause| TychoError::fault("building the zerostate", cause))?;
    let files = state_files(&zerostate, GLOBAL_ID, options.rules())?;
    for file in &files {
        layout::write(&layout.zerostate(file.chain), &file.bytes, 0o644)?;
    }
    write_people(&layout, &people)?;
    let nodes = write_nodes(&layout, options, &people)?;
    write_global_config(&layout, &people, &nodes, &files, now)?;
    layout::write_json(&layout.logger(), &logger_config(), 0o644)?;

    let network = NetworkFile {
        global_id: GLOBAL_ID,
        genesis: zerostate.network.genesis.to_string(),
        chains: zerostate
            .chains
            .iter()
            .map(|chain| ChainEntry {
                id: chain.id,
                delector: chain.delector.to_string(),
            })
            .collect(),
        nodes,
        roots: zerostate
            .roots
            .iter()
            .zip(1..=options.validators)
            .map(|(root, node)| RootEntry {
                address: root.to_string(),
                node,
                owner: owner_name(node),
            })
            .collect(),
    };
    layout::write_json(&layout.network(), &network, 0o644)?;
    write_validator_files(&layout, options, &network)?;
    Ok(network)
}

/// Reads the files of [`init`].
pub fn open(layout: &Layout) -> Result<NetworkFile, TychoError> {
    if !layout.network().exists() {
        return Err(TychoError::NoNetwork(layout.root().to_owned()));
    }
    layout::read_json(&layout.network())
}

/// Name of the key of the owner of node `index`'s Root.
fn owner_name(index: u16) -> String {
    format!("owner-{index}")
}

fn write_people(layout: &Layout, people: &People) -> Result<(), TychoError> {
    people.faucet.write(&layout.key("faucet"))?;
    for (index, owner) in (1..).zip(&people.owners) {
        owner.write(&layout.key(&owner_name(index)))?;
    }
    Ok(())
}

fn write_nodes(
    layout: &Layout,
    options: &NetworkOptions,
    people: &People,
) -> Result<Vec<NodeEntry>, TychoError> {
    let mut entries = Vec::new();
    for (index, key) in (1..).zip(&people.nodes) {
        let (udp, rpc) = (options.udp_port + index - 1, options.rpc_port + index - 1);
        let ports = match options.hosts.get(usize::from(index) - 1) {
            Some(&host) => NodePorts::on_host(host, udp, rpc),
            None => NodePorts::loopback(udp, rpc),
        };
        layout.create_node(index)?;
        key.write(&layout.node_key(index))?;
        let config = node_config(ports, "db".as_ref(), options.profile);
        layout::write_json(&layout.node_config(index), &config, 0o644)?;
        entries.push(NodeEntry {
            index,
            key: key.public.to_string(),
            rpc: SocketAddr::new(ports.rpc_ip, ports.rpc),
            udp: SocketAddr::new(ports.public_ip, ports.udp),
        });
    }
    Ok(entries)
}

fn write_validator_files(
    layout: &Layout,
    options: &NetworkOptions,
    network: &NetworkFile,
) -> Result<(), TychoError> {
    for node in &network.nodes {
        let mut file = ValidatorFile::of_node(network, node.index)?;
        // with slow blocks, an old one is not a problem
        file.max_lag_s = file.max_lag_s.max(options.block_time_ms / 100);
        layout::write(
            &layout.validator(node.index),
            file.to_toml().as_bytes(),
            0o644,
        )?;
    }
    Ok(())
}

fn write_global_config(
    layout: &Layout,
    people: &People,
    nodes: &[NodeEntry],
    files: &[StateFile],
    now: u32,
) -> Result<(), TychoError> {
    let peers: Vec<_> = people
        .nodes
        .iter()
        .zip(nodes)
        .map(|(key, node)| PeerInfo::new(key, node.udp, now))
        .collect();
    let main = files
        .first()
        .ok_or_else(|| TychoError::Options("there is no zerostate".into()))?;
    let config = json!({
        "bootstrap_peers": peers,
        "zerostate": {
            "root_hash": main.root_hash.to_string(),
            "file_hash": main.file_hash.to_string(),
        },
    });
    layout::write_json(&layout.global_config(), &config, 0o644)
}

fn unix_now() -> Result<u32, TychoError> {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|cause| TychoError::fault("reading the clock", cause))?;
    u32::try_from(since.as_secs()).map_err(|cause| TychoError::fault("reading the clock", cause))
}
