//! Keys of nodes and users.

use std::path::Path;

use serde::{Deserialize, Serialize};
use tycho_crypto::ed25519::{KeyPair, PublicKey, SecretKey};
use tycho_types::cell::HashBytes;

use crate::TychoError;
use crate::layout::{read_json, write_json};

/// A key pair in the engine's format: both halves in hex.
#[derive(Clone, Serialize, Deserialize)]
pub struct StoredKey {
    /// Ed25519 public key.
    pub public: HashBytes,
    /// Its secret, 32 bytes (RFC 8032).
    pub secret: HashBytes,
}

impl std::fmt::Debug for StoredKey {
    // The secret is omitted.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredKey({})", self.public)
    }
}

impl StoredKey {
    /// Generates a key from the system's randomness.
    ///
    /// Fails only when the system has none.
    pub fn generate() -> Result<Self, TychoError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)
            .map_err(|cause| TychoError::fault("asking the system for randomness", cause))?;
        Ok(Self::from_secret(secret))
    }

    fn from_secret(secret: [u8; 32]) -> Self {
        let public = PublicKey::from(&SecretKey::from_bytes(secret));
        Self {
            public: HashBytes(public.to_bytes()),
            secret: HashBytes(secret),
        }
    }

    /// Reads a key. Fails when its halves do not match.
    pub fn read(path: &Path) -> Result<Self, TychoError> {
        let stored: Self = read_json(path)?;
        let expected = Self::from_secret(stored.secret.0).public;
        if stored.public != expected {
            let cause = anyhow::anyhow!("the public key does not match the secret key");
            return Err(TychoError::fault(
                format!("reading {}", path.display()),
                cause,
            ));
        }
        Ok(stored)
    }

    /// Writes it so that only its owner can read it.
    pub fn write(&self, path: &Path) -> Result<(), TychoError> {
        write_json(path, self, 0o600)
    }

    /// Both halves, to sign with.
    pub fn pair(&self) -> KeyPair {
        KeyPair::from(&SecretKey::from_bytes(self.secret.0))
    }
}
