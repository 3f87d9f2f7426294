//! A secret key in memory.

use tycho_crypto::ed25519::{PublicKey, SecretKey};
use zeroize::Zeroizing;

use crate::{KeyError, mnemonic};

/// A secret key, and the words from which it is derived, if any. Its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret {
    seed: Zeroizing<[u8; 32]>,
    words: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for Secret {
    // The secret is omitted.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret of {}", self.public_hex())
    }
}

impl Secret {
    /// Generates a key with 24 words.
    ///
    /// Fails only when the system has no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let words = mnemonic::generate()?;
        Ok(Self {
            seed: mnemonic::seed(&words)?,
            words: Some(words),
        })
    }

    /// Returns a key without words, such as a consensus key.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self {
            seed: Zeroizing::new(seed),
            words: None,
        }
    }

    /// Parses 24 words, 64 hexadecimal digits, or the JSON of a node's key.
    ///
    /// Fails when the text is none of them, when the words do not pass their check, or when the halves in the JSON do not match.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.starts_with('{') {
            return Self::from_json(text);
        }
        if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Self::from_seed(*seed_of_hex(text)?));
        }
        if text.split_whitespace().count() < 2 {
            return Err(KeyError::Unreadable);
        }
        let words = mnemonic::normal(text);
        Ok(Self {
            seed: mnemonic::seed(&words)?,
            words: Some(words),
        })
    }

    fn from_json(text: &str) -> Result<Self, KeyError> {
        #[derive(serde::Deserialize)]
        struct Stored {
            public: Option<String>,
            secret: Zeroizing<String>,
        }
        let stored: Stored = serde_json::from_str(text).map_err(|_| KeyError::Unreadable)?;
        let secret = Self::from_seed(*seed_of_hex(&stored.secret)?);
        match stored.public {
            Some(public) if public != secret.public_hex() => {
                Err(KeyError::Mismatch("the JSON".into()))
            }
            _ => Ok(secret),
        }
    }

    /// Returns the secret, 32 bytes (RFC 8032).
    pub fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// Returns its 24 words, if it was derived from words.
    pub fn words(&self) -> Option<&str> {
        self.words.as_deref().map(String::as_str)
    }

    /// Returns the public half.
    pub fn public(&self) -> [u8; 32] {
        PublicKey::from(&SecretKey::from_bytes(*self.seed)).to_bytes()
    }

    /// Returns the public half as 64 hexadecimal digits.
    pub fn public_hex(&self) -> String {
        hex::encode(self.public())
    }

    /// Returns the text to store: words, or 64 hexadecimal digits. [`Self::parse`] reads both.
    pub(crate) fn text(&self) -> Zeroizing<String> {
        match &self.words {
            Some(words) => words.clone(),
            None => Zeroizing::new(hex::encode(*self.seed)),
        }
    }
}

fn seed_of_hex(text: &str) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let mut seed = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text, &mut *seed).map_err(|_| KeyError::Unreadable)?;
    Ok(seed)
}
