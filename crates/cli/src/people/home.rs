//! A user's files on this machine: keys, names of pools, unanswered requests.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ddvs_keystore::KeyStore;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tycho_types::cell::HashBytes;

/// Maximum size of a file, in bytes: names of 20,000 pools are two MB.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// The directory.
#[derive(Debug, Clone)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// `DDVS_HOME`, or `.ddvs` in the home directory. It need not exist yet.
    pub fn open() -> Result<Self> {
        Ok(Self {
            root: ddvs_keystore::home_dir()?,
        })
    }

    /// Its keys.
    pub fn keys(&self) -> KeyStore {
        KeyStore::new(self.root.join("keys"))
    }

    /// Directory of the consensus keys.
    pub fn consensus(&self) -> PathBuf {
        self.root.join("consensus")
    }

    /// Directory of the networks' data.
    pub fn networks(&self) -> PathBuf {
        self.root.join("networks")
    }

    /// Directory of one network's data.
    pub fn network(&self, genesis: &HashBytes) -> PathBuf {
        let name = genesis.to_string();
        self.networks().join(&name[..16])
    }
}

/// Reads a JSON file; `None` if there is none.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    let context = || format!("reading {}", path.display());
    match fs::metadata(path) {
        Ok(found) if found.len() > MAX_FILE_BYTES => {
            anyhow::bail!("{} is too large: remove it", path.display())
        }
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(context),
    }
    let text = fs::read_to_string(path).with_context(context)?;
    let value = serde_json::from_str(&text).with_context(|| {
        format!(
            "{} cannot be understood: repair or remove it",
            path.display()
        )
    })?;
    Ok(Some(value))
}

/// Removes a file, if it exists.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Creates a directory that only its owner can access.
pub fn make_dir(path: &Path) -> Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("making {}", path.display()))
}

/// Writes a line into a file that must not exist, with at most these permissions.
pub fn write_new(path: &Path, line: &str, mode: u32) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create_new(true).write(true).mode(mode);
    let write = || -> std::io::Result<()> {
        let mut file = options.open(path)?;
        writeln!(file, "{line}")?;
        file.sync_all()
    };
    write().with_context(|| {
        format!(
            "writing {}: the file must not exist yet, its directory must",
            path.display()
        )
    })
}

/// Writes a JSON file atomically, for its owner only.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let context = || format!("writing {}", path.display());
    if let Some(dir) = path.parent() {
        make_dir(dir)?;
    }
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(0o600);
    let write = || -> std::io::Result<()> {
        let mut file = options.open(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().with_context(context)
}
