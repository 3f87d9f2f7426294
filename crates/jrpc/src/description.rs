//! The description of a network: `network.json`.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;

use ddvs_client::{ChainId, MASTERCHAIN};
use serde::{Deserialize, Serialize};
use tycho_types::models::StdAddr;

use crate::http;

/// Maximum number of endpoints in a description.
pub const MAX_ENDPOINTS: usize = 64;

/// Maximum size of a description's file, in bytes.
pub const MAX_FILE_BYTES: u64 = 1 << 20;

/// A network of Tycho nodes: its identity, its chains and the addresses of its nodes.
///
/// In JSON it may be part of a larger object, and instead of `endpoints` there may be `nodes`, each with
/// the `rpc` address on which it listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "File")]
pub struct NetworkDescription {
    /// Param 19; nodes of another network are refused.
    pub global_id: i32,
    /// All chains, including the masterchain.
    pub chains: Vec<ChainDescription>,
    /// URLs of the nodes' RPC, such as `http://127.0.0.1:8001`, or `https://`. The first one is asked first.
    pub endpoints: Vec<String>,
}

/// Accepted formats of a description.
#[derive(Deserialize)]
struct File {
    global_id: i32,
    chains: Vec<ChainDescription>,
    #[serde(default)]
    endpoints: Vec<String>,
    #[serde(default)]
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    rpc: SocketAddr,
}

impl From<File> for NetworkDescription {
    fn from(file: File) -> Self {
        let mut endpoints = file.endpoints;
        let nodes = file.nodes.iter().map(|node| format!("http://{}", node.rpc));
        for url in nodes {
            if !endpoints.contains(&url) {
                endpoints.push(url);
            }
        }
        Self {
            global_id: file.global_id,
            chains: file.chains,
            endpoints,
        }
    }
}

/// A chain of the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainDescription {
    /// -1 for the masterchain.
    pub id: ChainId,
    /// Address of its D'Elector & Config, `chain:hex`.
    pub delector: StdAddr,
}

/// Reason why a description cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DescriptionError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {cause}")]
    File {
        /// The file.
        path: String,
        /// I/O error.
        cause: std::io::Error,
    },
    /// It is not a JSON description.
    #[error("{path} is not a network description: {cause}")]
    Json {
        /// The file.
        path: String,
        /// Parse error.
        cause: serde_json::Error,
    },
    /// The file is larger than [`MAX_FILE_BYTES`].
    #[error("{0} is too large for a network description")]
    TooLarge(String),
    /// The masterchain is not among the chains.
    #[error("the description has no masterchain (chain -1)")]
    NoMasterchain,
    /// A chain occurs twice.
    #[error("chain {0} is described twice")]
    Twice(ChainId),
    /// A D'Elector's address is on another chain than its own.
    #[error("the D'Elector of chain {chain} has an address on chain {found}")]
    OtherChain {
        /// The chain.
        chain: ChainId,
        /// Chain of the address.
        found: ChainId,
    },
    /// No endpoint, or more than [`MAX_ENDPOINTS`].
    #[error("the description has {0} endpoints; it needs one and may have {MAX_ENDPOINTS}")]
    Endpoints(usize),
    /// This client cannot reach an endpoint.
    #[error("endpoint {0:?} is not an http:// or https:// address")]
    Endpoint(String),
}

impl NetworkDescription {
    /// Reads and checks `network.json`.
    ///
    /// Fails only when the file cannot be read, or does not describe a network.
    pub fn load(path: &Path) -> Result<Self, DescriptionError> {
        let name = || path.display().to_string();
        let file = |cause| DescriptionError::File {
            path: name(),
            cause,
        };
        if std::fs::metadata(path).map_err(file)?.len() > MAX_FILE_BYTES {
            return Err(DescriptionError::TooLarge(name()));
        }
        let text = std::fs::read_to_string(path).map_err(file)?;
        let description: Self =
            serde_json::from_str(&text).map_err(|cause| DescriptionError::Json {
                path: name(),
                cause,
            })?;
        description.check()?;
        Ok(description)
    }

    /// Checks that it describes a usable network.
    pub fn check(&self) -> Result<(), DescriptionError> {
        let mut seen = BTreeSet::new();
        for chain in &self.chains {
            if !seen.insert(chain.id) {
                return Err(DescriptionError::Twice(chain.id));
            }
            let (chain, found) = (chain.id, chain.delector.workchain);
            if chain != found {
                return Err(DescriptionError::OtherChain { chain, found });
            }
        }
        if !seen.contains(&MASTERCHAIN) {
            return Err(DescriptionError::NoMasterchain);
        }
        if self.endpoints.is_empty() || self.endpoints.len() > MAX_ENDPOINTS {
            return Err(DescriptionError::Endpoints(self.endpoints.len()));
        }
        for endpoint in &self.endpoints {
            let host = http::without_scheme(endpoint).unwrap_or_default();
            if host.is_empty() || host.contains(char::is_whitespace) {
                return Err(DescriptionError::Endpoint(endpoint.clone()));
            }
        }
        Ok(())
    }

    /// Returns the D'Elector of a chain.
    pub fn delector(&self, chain: ChainId) -> Option<&StdAddr> {
        let found = self.chains.iter().find(|other| other.id == chain)?;
        Some(&found.delector)
    }

    /// Returns the chains by ascending id, so the masterchain first.
    pub fn chain_ids(&self) -> Vec<ChainId> {
        let mut ids: Vec<_> = self.chains.iter().map(|chain| chain.id).collect();
        ids.sort_unstable();
        ids
    }
}
