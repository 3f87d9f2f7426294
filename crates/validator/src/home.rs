//! The node's directory: the service's configuration, read and checked.

use std::path::{Path, PathBuf};

use ddvs_client::{ClientError, DElector, MASTERCHAIN};
use ddvs_contracts::Network;
use ddvs_jrpc::{DescriptionError, NetworkDescription};
use ddvs_tycho::{StoredKey, TychoError, VALIDATOR_FILE, ValidatorFile};
use serde::Deserialize;
use tycho_types::cell::HashBytes;
use tycho_types::models::StdAddr;

/// Identities and keys.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Code and genesis of the network's contracts.
    pub network: Network,
    /// Param 19 of the network.
    pub global_id: i32,
    /// The node's key.
    pub node_key: StoredKey,
    /// The Root for which it validates.
    pub root: StdAddr,
    /// Key of the paying wallet.
    pub wallet_key: StoredKey,
}

/// Thresholds of warnings, and the polling interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Age of the last block above which a node lags, in seconds.
    pub max_lag_s: u32,
    /// Number of masterchain blocks that another node may be ahead.
    pub max_behind: u32,
    /// Seconds between two rounds.
    pub round_s: u32,
}

/// Configuration of the service.
#[derive(Debug, Clone)]
pub struct Home {
    /// Identities and keys.
    pub identity: Identity,
    /// The network, with the node itself as its first endpoint.
    pub description: NetworkDescription,
    /// URL of the node's RPC.
    pub node_rpc: String,
    /// URLs of other nodes' RPC.
    pub peers: Vec<String>,
    /// Thresholds of warnings, and the polling interval.
    pub limits: Limits,
}

/// Reason why a directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// A file is missing or malformed.
    #[error(transparent)]
    File(#[from] TychoError),
    /// The network's description cannot be used.
    #[error(transparent)]
    Description(#[from] DescriptionError),
    /// A setting is missing.
    #[error("{file} does not say `{entry}`: {advice}")]
    Missing {
        /// The file.
        file: PathBuf,
        /// The setting.
        entry: &'static str,
        /// The value to write there.
        advice: &'static str,
    },
    /// A setting is invalid.
    #[error("`{entry}` in {file} cannot be used: {cause}")]
    Entry {
        /// The file.
        file: PathBuf,
        /// The setting.
        entry: &'static str,
        /// Description of the problem.
        cause: String,
    },
    /// The data from which the contracts' addresses follow cannot be read.
    #[error("reading {path}: {cause}")]
    Genesis {
        /// The description's file.
        path: PathBuf,
        /// The cause.
        cause: String,
    },
    /// The D'Elector's address is not that of these contracts.
    #[error(
        "the network of {0} runs other contracts than this version of ddvs: use the version that it was made with"
    )]
    OtherContracts(PathBuf),
    /// An address cannot be computed.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// The part of `network.json` from which the addresses of its contracts follow.
#[derive(Deserialize)]
struct Genesis {
    genesis: HashBytes,
}

impl Home {
    /// Reads the directory of a node, as written by `ddvs tycho init` and `ddvs tycho node-bundle`.
    ///
    /// Fails only when something is missing or contradictory; the error says what to write where.
    pub fn load(dir: &Path) -> Result<Self, HomeError> {
        let file = ValidatorFile::read(dir)?;
        let name = dir.join(VALIDATOR_FILE);
        let missing = |entry, advice| HomeError::Missing {
            file: name.clone(),
            entry,
            advice,
        };
        let wrong = |entry, cause: String| HomeError::Entry {
            file: name.clone(),
            entry,
            cause,
        };
        let root = file.root.ok_or_else(|| {
            missing(
                "root",
                "write the address of the Root that this node validates for",
            )
        })?;
        let root: StdAddr = root.parse().map_err(|_| {
            wrong(
                "root",
                format!("{root:?} is not an address, such as 0: and 64 hex digits"),
            )
        })?;
        let wallet_key = file.wallet_key.ok_or_else(|| {
            missing(
                "wallet_key",
                "write the path of the key of the Root's owner, or of another wallet that pays",
            )
        })?;
        if file.round_s == 0 {
            return Err(wrong("round_s", "it must be at least 1".into()));
        }
        let network_file = dir.join(&file.network);
        let mut description = NetworkDescription::load(&network_file)?;
        description.endpoints = vec![file.node_rpc.clone()];
        description.endpoints.extend(file.peers.iter().cloned());
        description.check()?;
        if root.workchain == MASTERCHAIN || description.delector(root.workchain).is_none() {
            let cause = format!("the network has no workchain {}", root.workchain);
            return Err(wrong("root", cause));
        }
        let network = Network::new(genesis(&network_file)?);
        let delector = DElector::new(&network, MASTERCHAIN)?;
        if description.delector(MASTERCHAIN) != Some(delector.address()) {
            return Err(HomeError::OtherContracts(network_file));
        }
        Ok(Self {
            identity: Identity {
                network,
                global_id: description.global_id,
                node_key: StoredKey::read(&dir.join(&file.node_key))?,
                root,
                wallet_key: StoredKey::read(&dir.join(&wallet_key))?,
            },
            description,
            node_rpc: file.node_rpc,
            peers: file.peers,
            limits: Limits {
                max_lag_s: file.max_lag_s,
                max_behind: file.max_behind,
                round_s: file.round_s,
            },
        })
    }
}

fn genesis(path: &Path) -> Result<HashBytes, HomeError> {
    let fault = |cause: String| HomeError::Genesis {
        path: path.to_owned(),
        cause,
    };
    let text = std::fs::read_to_string(path).map_err(|cause| fault(cause.to_string()))?;
    let found: Genesis = serde_json::from_str(&text).map_err(|cause| fault(cause.to_string()))?;
    Ok(found.genesis)
}
