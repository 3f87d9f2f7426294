//! Secret keys in files.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use tycho_crypto::ed25519::{KeyPair, SecretKey};

pub(super) fn new_secret() -> Result<[u8; 32]> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).context("asking the system for randomness")?;
    Ok(secret)
}

pub(super) fn public(secret: &[u8; 32]) -> String {
    let pair = KeyPair::from(&SecretKey::from_bytes(*secret));
    hex::encode(pair.public_key.to_bytes())
}

pub(super) fn write_secret(path: &Path, secret: &[u8; 32]) -> Result<()> {
    write_new(path, &format!("{}\n", hex::encode(secret)))
}

/// Writes a file that only its owner can read, and that must not exist.
pub(super) fn write_new(path: &Path, text: &str) -> Result<()> {
    let create = || {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(text.as_bytes())
    };
    create().with_context(|| format!("writing {}", path.display()))
}

/// Reads a secret key.
///
/// Fails when the file is missing or holds none.
pub fn read_secret(path: &Path) -> Result<SecretKey> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let mut secret = [0; 32];
    hex::decode_to_slice(text.trim(), &mut secret)
        .with_context(|| format!("{} is not a key of 64 hexadecimal digits", path.display()))?;
    Ok(SecretKey::from_bytes(secret))
}
