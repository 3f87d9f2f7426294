//! A network on one machine or several: one file that all nodes share, and a home for each node.

mod init;
mod keys;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use ddvs_client::OwnerWallet;
use ddvs_types::ChainId;
use ddvs_zerostate::Zerostate;
use serde::{Deserialize, Serialize};

pub use self::init::{AddedNode, MadeNetwork, NetworkPlan, add, init};
pub use self::keys::read_secret;
use crate::NodeConfig;

/// Signature domain of a network's wallets.
const GLOBAL_ID: i32 = 0xdd7;

/// The settings of a node, `node.toml` in its home.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeFile {
    /// The network file, relative to the home.
    pub network: PathBuf,
    /// Genesis hash of the network file, which it is checked against.
    pub genesis: String,
    /// Address to listen on for HTTP.
    pub listen: String,
    /// The same as other nodes reach it, `http://host:port`.
    pub http: String,
    /// Address to listen on for the API and the dashboard, if they are wanted.
    #[serde(default)]
    pub api: Option<String>,
    /// File of the key whose account pays for reports of validators that sign twice, and the account's chain.
    #[serde(default)]
    pub reporter: Option<ReporterFile>,
    /// Other nodes, at least one that is alive, for a node that joins.
    pub nodes: Vec<String>,
    /// Addresses to listen on for the engine of each chain, `host:port`.
    pub engines: BTreeMap<String, String>,
    /// The same as other nodes reach them, where they differ.
    #[serde(default)]
    pub engines_public: BTreeMap<String, String>,
}

/// The account that pays for a node's reports.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReporterFile {
    /// File of the key, relative to the home.
    pub key: PathBuf,
    /// Chain of the account.
    pub chain: ChainId,
}

/// Files of a network.
#[derive(Debug, Clone)]
pub struct Layout {
    dir: PathBuf,
}

impl Layout {
    /// The files in a directory.
    pub fn new(dir: &Path) -> Self {
        // so that a node's process is known by its home, however that is written; a directory that is missing is told later
        let dir = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
        Self { dir }
    }

    /// The file that all nodes share.
    pub fn network(&self) -> PathBuf {
        self.dir.join("network.toml")
    }

    /// Home of a node.
    pub fn node(&self, index: u16) -> PathBuf {
        self.dir.join("nodes").join(index.to_string())
    }

    /// Secret keys of the people of the genesis.
    pub fn person(&self, name: &str) -> PathBuf {
        self.dir.join("people").join(format!("{name}.key"))
    }

    /// Numbers of all nodes, ascending.
    ///
    /// Fails when there is no network in the directory.
    pub fn nodes(&self) -> Result<Vec<u16>> {
        let dir = self.dir.join("nodes");
        let entries = fs::read_dir(&dir).with_context(|| {
            format!(
                "there is no network in {}: `ddvs-node net init` makes one",
                self.dir.display()
            )
        })?;
        let mut nodes = Vec::new();
        for entry in entries {
            nodes.extend(entry?.file_name().to_string_lossy().parse::<u16>().ok());
        }
        nodes.sort_unstable();
        Ok(nodes)
    }
}

/// Builds the zerostate of a network file.
///
/// Fails when the file is not one, or describes a network that could not run.
pub fn read_network(text: &str) -> Result<Zerostate> {
    let spec = ddvs_zerostate::parse_toml(text).context("reading the network file")?;
    ddvs_zerostate::build(&spec).context("building the zerostate")
}

/// Reads the home of a node: its settings, its key, and the network.
///
/// Fails when a file is missing or wrong, or the network file is another one than the settings name.
pub fn open(home: &Path) -> Result<(NodeConfig, Zerostate)> {
    let path = home.join("node.toml");
    let text = fs::read_to_string(&path).with_context(|| {
        format!(
            "there is no node in {}: `ddvs-node net init` makes some",
            home.display()
        )
    })?;
    let file: NodeFile =
        toml::from_str(&text).with_context(|| format!("reading {}", path.display()))?;
    let network = home.join(&file.network);
    let text =
        fs::read_to_string(&network).with_context(|| format!("reading {}", network.display()))?;
    let zerostate = read_network(&text)?;
    let genesis = zerostate.network.genesis.to_string();
    if genesis != file.genesis {
        bail!(
            "{} is the network {genesis}, but {} names {}: all nodes need the same file",
            network.display(),
            path.display(),
            file.genesis
        );
    }
    let engines = |addresses: &BTreeMap<String, String>| {
        let addresses = addresses.iter();
        addresses
            .map(|(chain, address)| {
                let chain = chain.parse::<ChainId>();
                let chain = chain.context("the engines' addresses need chain ids as names")?;
                Ok((chain, address.clone()))
            })
            .collect::<Result<BTreeMap<_, _>>>()
    };
    let listens = engines(&file.engines)?;
    let mut public = listens.clone();
    public.extend(engines(&file.engines_public)?);
    let config = NodeConfig {
        home: home.to_owned(),
        secret: read_secret(&home.join("consensus.key"))?,
        listen: (file.listen.parse())
            .with_context(|| format!("{} is not an address to listen on", file.listen))?,
        http: file.http,
        api: (file.api.as_deref().map(str::parse).transpose())
            .context("`api` is not an address to listen on")?,
        reporter: (file.reporter.as_ref())
            .map(|reporter| {
                let key = read_secret(&home.join(&reporter.key))?;
                let wallet = OwnerWallet::new(*key.as_bytes(), reporter.chain, GLOBAL_ID);
                wallet.context("computing the reporter's account")
            })
            .transpose()?,
        #[cfg(feature = "byzantine")]
        misbehavior: None,
        engines: listens,
        engines_public: public,
        nodes: file.nodes,
    };
    Ok((config, zerostate))
}
