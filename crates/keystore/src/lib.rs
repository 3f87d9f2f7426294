//! Users' keys on disk: by name, encrypted under a password, recoverable from 24 words.
//!
//! A key is an Ed25519 secret. A generated key is derived from a TON mnemonic of 24 words, so any TON wallet can restore it.
//! Each key is one JSON file that only its owner can read; the public half is unencrypted, and the secret is encrypted under a
//! password (scrypt, XChaCha20-Poly1305). Files are never overwritten.

mod error;
mod mnemonic;
mod seal;
mod secret;
mod store;

pub use error::KeyError;
pub use secret::Secret;
pub use store::{KeyEntry, KeyStore, MAX_KEYS, Protection, home_dir};
pub use zeroize::Zeroizing;
