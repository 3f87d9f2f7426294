//! Configuration of `ddvs tycho run-validator` for one node: `validator.toml` in the node's own directory.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{NetworkFile, TychoError};

/// Name of the file.
pub const VALIDATOR_FILE: &str = "validator.toml";

/// Maximum size, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Content of the file. Paths are relative to its directory.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidatorFile {
    /// The network's description.
    pub network: PathBuf,
    /// The node's key.
    pub node_key: PathBuf,
    /// URL of the node's RPC.
    pub node_rpc: String,
    /// URLs of other nodes' RPC.
    #[serde(default)]
    pub peers: Vec<String>,
    /// Address of the Root for which the node validates.
    pub root: Option<String>,
    /// Key of the paying wallet: the Root's owner's, or another one's.
    pub wallet_key: Option<PathBuf>,
    /// Age of the last block above which the node lags, in seconds.
    #[serde(default = "default_max_lag_s")]
    pub max_lag_s: u32,
    /// Number of masterchain blocks that another node may be ahead.
    #[serde(default = "default_max_behind")]
    pub max_behind: u32,
    /// Seconds between two rounds.
    #[serde(default = "default_round_s")]
    pub round_s: u32,
}

fn default_max_lag_s() -> u32 {
    30
}

fn default_max_behind() -> u32 {
    10
}

fn default_round_s() -> u32 {
    5
}

impl ValidatorFile {
    /// Returns the file of a network's node, for the node's directory below the network's. A genesis validator's names its Root
    /// and the key of its owner. Other nodes are listed if they run on the same machine.
    ///
    /// Fails only when there is no such node.
    pub fn of_node(network: &NetworkFile, index: u16) -> Result<Self, TychoError> {
        let node = network.node(index)?;
        let root = network.roots.iter().find(|root| root.node == index);
        let is_here =
            |other: &&crate::NodeEntry| other.index != index && other.udp.ip().is_loopback();
        Ok(Self {
            network: "../network.json".into(),
            node_key: "keys.json".into(),
            node_rpc: format!("http://{}", node.rpc),
            peers: network
                .nodes
                .iter()
                .filter(is_here)
                .map(|other| format!("http://{}", other.rpc))
                .collect(),
            root: root.map(|root| root.address.clone()),
            wallet_key: root.map(|root| format!("../keys/{}.json", root.owner).into()),
            max_lag_s: default_max_lag_s(),
            max_behind: default_max_behind(),
            round_s: default_round_s(),
        })
    }

    /// Reads the file of a node's directory.
    ///
    /// Fails only when it does not exist or is invalid.
    pub fn read(home: &Path) -> Result<Self, TychoError> {
        let path = home.join(VALIDATOR_FILE);
        let size = match fs::metadata(&path) {
            Ok(found) => found.len(),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                return Err(TychoError::NoValidatorFile(path));
            }
            Err(cause) => return Err(TychoError::file(path)(cause)),
        };
        if size > MAX_BYTES {
            return Err(TychoError::file(path)(std::io::Error::other(
                "the file is too large",
            )));
        }
        let text = fs::read_to_string(&path).map_err(TychoError::file(&path))?;
        toml::from_str(&text)
            .map_err(|cause| TychoError::fault(format!("reading {}", path.display()), cause))
    }

    /// Returns the file's text, with a comment on each entry.
    pub fn to_toml(&self) -> String {
        let peers: Vec<_> = self.peers.iter().map(quoted).collect();
        let root = match &self.root {
            Some(root) => format!("root = {}", quoted(root)),
            None => "# root = \"0:...\"".into(),
        };
        let wallet_key = match &self.wallet_key {
            Some(path) => format!("wallet_key = {}", quoted(path.display())),
            None => "# wallet_key = \"wallet.json\"".into(),
        };
        format!(
            "\
# What `ddvs tycho run-validator` has to know. Paths are relative to this file.

# the network's description, the node's own key, and where its RPC answers
network = {}
node_key = {}
node_rpc = {}
# other nodes' RPC: with them it is known how far this one is behind
peers = [{}]

# The Root that this node validates for.
{root}
# Key of the wallet that pays for its messages, as `tycho tool gen-key` writes it. The key of the Root's owner also
# registers the node's key; another wallet, on the Root's chain, can do all the rest.
{wallet_key}

# The node lags if its last block is older than this, or so many masterchain blocks behind another node's.
max_lag_s = {}
max_behind = {}
# seconds between two rounds
round_s = {}
",
            quoted(self.network.display()),
            quoted(self.node_key.display()),
            quoted(&self.node_rpc),
            peers.join(", "),
            self.max_lag_s,
            self.max_behind,
            self.round_s,
        )
    }
}

/// A TOML string.
fn quoted(text: impl ToString) -> String {
    toml::Value::String(text.to_string()).to_string()
}
