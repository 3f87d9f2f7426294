//! The files of a network.
//!
//! ```text
//! D/network.json            what the network is: chains, addresses, endpoints
//! D/global-config.json      what every node must know: zerostate, first peers
//! D/zerostate/<chain>.boc   the state of each chain before its first block
//! D/logger.json             what nodes write to their logs
//! D/keys/*.json             owners of the Roots, and the faucet (0600)
//! D/node-<n>/               one node: keys.json (0600), config.json, validator.toml, db/, log.txt, pid, control.sock
//! ```

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::TychoError;

/// Maximum size of a file: a zerostate of many thousand Roots has some ten MB.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// The directory of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// Returns the directory, whatever its content.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }
    /// Path of the network's description.
    pub fn network(&self) -> PathBuf {
        self.root.join("network.json")
    }
    /// Path of the common settings of all nodes.
    pub fn global_config(&self) -> PathBuf {
        self.root.join("global-config.json")
    }
    /// State of a chain before its first block.
    pub fn zerostate(&self, chain: i8) -> PathBuf {
        self.root.join("zerostate").join(format!("{chain}.boc"))
    }
    /// Path of the nodes' log settings.
    pub fn logger(&self) -> PathBuf {
        self.root.join("logger.json")
    }
    /// Path of a user's key.
    pub fn key(&self, name: &str) -> PathBuf {
        self.root.join("keys").join(format!("{name}.json"))
    }
    /// Directory of one node.
    pub fn node(&self, index: u16) -> PathBuf {
        self.root.join(format!("node-{index}"))
    }
    /// A node's own key.
    pub fn node_key(&self, index: u16) -> PathBuf {
        self.node(index).join("keys.json")
    }
    /// A node's settings.
    pub fn node_config(&self, index: u16) -> PathBuf {
        self.node(index).join("config.json")
    }
    /// Path of the validator service's configuration.
    pub fn validator(&self, index: u16) -> PathBuf {
        self.node(index).join(crate::VALIDATOR_FILE)
    }
    /// A node's log.
    pub fn log(&self, index: u16) -> PathBuf {
        self.node(index).join("log.txt")
    }
    /// Path of a running node's process id.
    pub fn pid(&self, index: u16) -> PathBuf {
        self.node(index).join("pid")
    }
    /// A node's database.
    pub fn database(&self, index: u16) -> PathBuf {
        self.node(index).join("db")
    }

    /// Creates the directory. Fails when it is not empty.
    pub fn create(&self) -> Result<(), TychoError> {
        let taken = fs::read_dir(&self.root).is_ok_and(|mut entries| entries.next().is_some());
        if taken {
            return Err(TychoError::NotEmpty(self.root.clone()));
        }
        make_dir(&self.root)?;
        make_dir(&self.root.join("zerostate"))
    }

    /// Creates the directory of users' keys.
    pub fn create_keys(&self) -> Result<(), TychoError> {
        make_dir(&self.root.join("keys"))
    }

    /// Makes a node's directory.
    pub fn create_node(&self, index: u16) -> Result<(), TychoError> {
        make_dir(&self.node(index))
    }
}

/// Restricts access to the owner, since it contains keys.
fn make_dir(path: &Path) -> Result<(), TychoError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(TychoError::file(path))
}

/// Replaces a file; `mode` are its permissions, such as 0o600.
pub(crate) fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), TychoError> {
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(mode);
    let mut file = options.open(path).map_err(TychoError::file(path))?;
    file.write_all(bytes).map_err(TychoError::file(path))
}

/// Writes a value as JSON.
pub(crate) fn write_json(path: &Path, value: &impl Serialize, mode: u32) -> Result<(), TychoError> {
    let mut text = serde_json::to_string_pretty(value)
        .map_err(|cause| TychoError::fault(format!("writing {}", path.display()), cause))?;
    text.push('\n');
    write(path, text.as_bytes(), mode)
}

/// Reads a value from JSON.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, TychoError> {
    let size = fs::metadata(path).map_err(TychoError::file(path))?.len();
    if size > MAX_FILE_BYTES {
        let cause = std::io::Error::other("the file is too large");
        return Err(TychoError::file(path)(cause));
    }
    let text = fs::read_to_string(path).map_err(TychoError::file(path))?;
    serde_json::from_str(&text)
        .map_err(|cause| TychoError::fault(format!("reading {}", path.display()), cause))
}
