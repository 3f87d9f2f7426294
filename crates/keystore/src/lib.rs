//! Keys of people on disk: by name, encrypted under a password, recoverable from 24 words.
//!
//! A key is an Ed25519 secret. One that is made here follows from a TON mnemonic of 24 words, so any wallet of that
//! network can restore it. Each is one JSON file that its owner alone can read; the public half lies open in it, and the
//! secret is encrypted under a password (scrypt, XChaCha20-Poly1305). Files are never overwritten.

mod error;
mod mnemonic;
mod seal;
mod secret;
mod store;

pub use error::KeyError;
pub use secret::Secret;
pub use store::{KeyEntry, KeyStore, MAX_KEYS, Protection, home_dir};
pub use zeroize::Zeroizing;
