//! Making a network, and one more node for it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use ddvs_client::OwnerWallet;
use ddvs_types::{ChainId, MASTERCHAIN};
use serde::Serialize;

use super::keys::{new_secret, public, write_new, write_secret};
use super::{GLOBAL_ID, Layout, NodeFile, ReporterFile, read_network};
use crate::chains::now_ms;

/// Stake of the first genesis validator of a chain, in coins. Each further one has a little more, so that ranks differ.
const STAKE: u64 = 100_000;
const STAKE_STEP: u64 = 1_000;
/// Coins of a validator's owner besides the stake.
const OWNER_BALANCE: u64 = 100_000;
/// Coins of the faucet on each chain.
const FAUCET_BALANCE: u64 = 100_000_000;
/// Ports of a node: its HTTP interface, and one for the engine of each chain.
const PORTS: u16 = 32;

/// A network to be made.
#[derive(Debug, Clone)]
pub struct NetworkPlan {
    /// Directory for all its files.
    pub dir: PathBuf,
    /// Number of workchains.
    pub workchains: u8,
    /// Genesis validators of each workchain.
    pub validators: u16,
    /// Most validators of the masterchain: those with the largest stakes.
    pub main: u16,
    /// Time between blocks, in ms.
    pub block_time_ms: u64,
    /// First port of the first node.
    pub base_port: u16,
    /// Address of the machine, as other nodes reach it.
    pub host: IpAddr,
}

/// What was made.
#[derive(Debug, Clone, Serialize)]
pub struct MadeNetwork {
    /// Genesis hash.
    pub genesis: String,
    /// Number of chains.
    pub chains: usize,
    /// Number of nodes.
    pub nodes: u16,
}

/// Makes a network: keys, the network file, and a home for each node.
///
/// Fails when the directory has files already, or the numbers make no network.
pub fn init(plan: &NetworkPlan) -> Result<MadeNetwork> {
    let layout = Layout::new(&plan.dir);
    let is_empty = match fs::read_dir(&plan.dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == ErrorKind::NotFound => true,
        Err(error) => return Err(error).with_context(|| format!("reading {}", plan.dir.display())),
    };
    if !is_empty {
        bail!(
            "{} is not empty: take another directory",
            plan.dir.display()
        );
    }
    let nodes = u16::from(plan.workchains) * plan.validators;
    let last_port = u32::from(plan.base_port) + u32::from(nodes) * u32::from(PORTS);
    if last_port > u32::from(u16::MAX) {
        bail!(
            "{nodes} nodes need ports up to {last_port}: take a lower --base-port, or fewer nodes"
        );
    }
    let keys: Vec<_> = (0..nodes).map(|_| new_secret()).collect::<Result<_>>()?;
    let owners: Vec<_> = (0..nodes).map(|_| new_secret()).collect::<Result<_>>()?;
    let faucet = new_secret()?;
    let text = network_file(plan, &keys, &owners, &faucet)?;
    let zerostate = read_network(&text)?;
    fs::create_dir_all(&plan.dir).with_context(|| format!("making {}", plan.dir.display()))?;
    fs::write(layout.network(), &text)?;
    let genesis = zerostate.network.genesis.to_string();
    let chains: Vec<_> = zerostate.chains.iter().map(|chain| chain.id).collect();
    let place = |index: u16| Place {
        host: plan.host,
        port: plan.base_port + index * PORTS,
    };
    for index in 0..nodes {
        let others = (0..nodes).filter(|other| *other != index);
        let others = others.map(|other| place(other).http()).collect();
        let key = &keys[usize::from(index)];
        let mut file = place(index).file(&genesis, &chains, others);
        file.reporter = Some(ReporterFile {
            key: PathBuf::from(format!("../../people/owner-{index}.key")),
            chain: home_of(index, plan.workchains),
        });
        write_home(&layout.node(index), key, &file)?;
        let owner = layout.person(&format!("owner-{index}"));
        write_secret(&owner, &owners[usize::from(index)])?;
    }
    write_secret(&layout.person("faucet"), &faucet)?;
    Ok(MadeNetwork {
        genesis,
        chains: zerostate.chains.len(),
        nodes,
    })
}

/// The workchain of a genesis validator's Root.
fn home_of(index: u16, workchains: u8) -> ChainId {
    (index % u16::from(workchains)) as ChainId
}

/// Where a node of the network is.
#[derive(Clone, Copy)]
struct Place {
    host: IpAddr,
    /// The first of its ports.
    port: u16,
}

impl Place {
    fn http(self) -> String {
        format!("http://{}", SocketAddr::new(self.host, self.port))
    }

    fn file(self, genesis: &str, chains: &[ChainId], nodes: Vec<String>) -> NodeFile {
        let Self { host, port } = self;
        let at = |port| SocketAddr::new(host, port).to_string();
        let engines = chains.iter().zip(port + 1..);
        NodeFile {
            network: PathBuf::from("../../network.toml"),
            genesis: genesis.to_owned(),
            listen: at(port),
            http: self.http(),
            api: Some(at(port + PORTS - 1)),
            reporter: None,
            nodes,
            engines: engines
                .map(|(chain, port)| (chain.to_string(), at(port)))
                .collect(),
            engines_public: BTreeMap::new(),
        }
    }
}

fn write_home(home: &Path, key: &[u8; 32], file: &NodeFile) -> Result<()> {
    write_secret(&home.join("consensus.key"), key)?;
    let public = serde_json::json!({ "public": public(key), "secret": hex::encode(key) });
    // the form in which `ddvs validator create --consensus-key` takes it
    write_new(&home.join("consensus.json"), &format!("{public}\n"))?;
    fs::write(home.join("node.toml"), toml::to_string_pretty(file)?)?;
    Ok(())
}

/// A node that was added.
#[derive(Debug, Clone, Serialize)]
pub struct AddedNode {
    /// Its number.
    pub node: u16,
    /// Its home.
    pub home: PathBuf,
    /// Public half of its consensus key.
    pub key: String,
}

/// Makes the home of one more node, with a new key. It knows the address of the first node only, from which it learns the others'.
///
/// Fails when there is no network in the directory, or no port is left.
pub fn add(dir: &Path) -> Result<AddedNode> {
    let layout = Layout::new(dir);
    let nodes = layout.nodes()?;
    let (Some(&first), Some(&last)) = (nodes.first(), nodes.last()) else {
        bail!(
            "there is no node in {}: make another network",
            dir.display()
        );
    };
    let path = layout.node(first).join("node.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let known: NodeFile =
        toml::from_str(&text).with_context(|| format!("reading {}", path.display()))?;
    let listen: SocketAddr =
        (known.listen.parse()).with_context(|| format!("{} is not an address", known.listen))?;
    let node = last + 1;
    let port = u32::from(listen.port()) + u32::from(node - first) * u32::from(PORTS);
    let port = u16::try_from(port + u32::from(PORTS)).context("no ports are left")? - PORTS;
    let text = fs::read_to_string(layout.network()).context("reading the network file")?;
    let zerostate = read_network(&text)?;
    let chains: Vec<_> = zerostate.chains.iter().map(|chain| chain.id).collect();
    let place = Place {
        host: listen.ip(),
        port,
    };
    let secret = new_secret()?;
    let home = layout.node(node);
    write_home(
        &home,
        &secret,
        &place.file(&known.genesis, &chains, vec![known.http]),
    )?;
    Ok(AddedNode {
        node,
        home,
        key: public(&secret),
    })
}

fn network_file(
    plan: &NetworkPlan,
    keys: &[[u8; 32]],
    owners: &[[u8; 32]],
    faucet: &[u8; 32],
) -> Result<String> {
    let workchains: Vec<_> = (0..plan.workchains).collect();
    let address = |secret: &[u8; 32], chain: ChainId| -> Result<String> {
        let wallet = OwnerWallet::new(*secret, chain, GLOBAL_ID)?;
        Ok(wallet.address().to_string())
    };
    let mut text = String::new();
    let start_time = now_ms() / 1_000;
    writeln!(
        text,
        "# The network, the same for all nodes: its hash identifies it."
    )?;
    writeln!(
        text,
        "name = \"ddvs\"\nstart_time = {start_time}\nglobal_id = {GLOBAL_ID}"
    )?;
    writeln!(text, "workchains = {workchains:?}")?;
    writeln!(text, "block_time_ms = {}", plan.block_time_ms)?;
    writeln!(text, "\n[limits]\nmain_validators = {}", plan.main)?;
    for (index, (key, owner)) in keys.iter().zip(owners).enumerate() {
        // chains in turn, so that the masterchain's validators, the largest, are of all of them
        let chain = home_of(index as u16, plan.workchains);
        let rank = index as u64 / u64::from(plan.workchains);
        let stake = STAKE + STAKE_STEP * rank;
        writeln!(
            text,
            "\n[[validators]]\nchain = {chain}\nowner = \"{}\"\nkey = \"{}\"\nstake = {stake}\nnonce = {index}",
            address(owner, chain)?,
            public(key)
        )?;
        writeln!(
            text,
            "\n[[accounts]]\naddress = \"{}\"\nbalance = {OWNER_BALANCE}",
            address(owner, chain)?
        )?;
    }
    for chain in std::iter::once(MASTERCHAIN).chain((0..plan.workchains).map(|id| id as ChainId)) {
        writeln!(
            text,
            "\n[[accounts]]\naddress = \"{}\"\nbalance = {FAUCET_BALANCE}",
            address(faucet, chain)?
        )?;
    }
    Ok(text)
}
