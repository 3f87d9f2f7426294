//! Consensus keys: files in the engine's format, unencrypted since a node must read them unattended.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use ddvs_tycho::StoredKey;
use tycho_types::cell::HashBytes;

use super::home::{Home, make_dir};

/// Maximum number of keys that one validator may have had.
const MAX_KEYS: usize = 1_000;

/// A consensus key and its file.
pub struct ConsensusKey {
    /// The key.
    pub key: StoredKey,
    /// Its file.
    pub path: PathBuf,
    /// Whether it was just created.
    pub is_new: bool,
}

/// Reads one that exists.
pub fn read(path: &Path) -> Result<ConsensusKey> {
    Ok(ConsensusKey {
        key: StoredKey::read(path)
            .context("a consensus key is a JSON with `public` and `secret`, as `tycho tool gen-key` writes it")?,
        path: path.to_owned(),
        is_new: false,
    })
}

fn file(home: &Home, key: &str, chain: i8, number: usize) -> PathBuf {
    let number = match number {
        1 => String::new(),
        other => format!("-{other}"),
    };
    home.consensus().join(format!("{key}.{chain}{number}.json"))
}

fn make(home: &Home, path: PathBuf) -> Result<ConsensusKey> {
    make_dir(&home.consensus())?;
    let key = StoredKey::generate()?;
    key.write(&path)?;
    Ok(ConsensusKey {
        key,
        path,
        is_new: true,
    })
}

/// Returns the file given, or the first one of a key's own that `is_usable`, created if there is none. A repeated
/// command finds the one that it created before.
pub fn first(
    home: &Home,
    given: Option<&Path>,
    name: &str,
    chain: i8,
    mut is_usable: impl FnMut(&HashBytes) -> Result<bool>,
) -> Result<ConsensusKey> {
    if let Some(path) = given {
        return read(path);
    }
    for number in 1..=MAX_KEYS {
        let path = file(home, name, chain, number);
        if !path.exists() {
            return make(home, path);
        }
        let found = read(&path)?;
        if is_usable(&found.key.public)? {
            return Ok(found);
        }
    }
    anyhow::bail!(
        "{} holds {MAX_KEYS} keys of {name} already: name one with --consensus-key",
        home.consensus().display()
    )
}
