//! Encryption of a text under a password: scrypt derives a key, and XChaCha20-Poly1305 encrypts the text and binds it
//! to its public key.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::KeyError;

/// Work to try one password, as a power of two: 128 MB of memory, some tenths of a second.
const WORK_LOG2: u8 = 17;
/// Maximum work that a file may request: 1 GB.
const MAX_WORK_LOG2: u8 = 20;
const BLOCK_SIZE: u32 = 8;
const LANES: u32 = 1;
const KDF: &str = "scrypt, r 8, p 1";
const CIPHER: &str = "xchacha20-poly1305";

/// An encrypted text. Bytes are in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sealed {
    kdf: String,
    log2_n: u8,
    salt: String,
    cipher: String,
    nonce: String,
    text: String,
}

/// Encrypts a text bound to `public`.
///
/// Fails only when the system has no randomness or not enough memory.
pub(crate) fn seal(text: &str, public: &str, password: &str) -> Result<Sealed, KeyError> {
    let mut random = [0; 16 + 24];
    getrandom::fill(&mut random)
        .map_err(|cause| fault("asking the system for randomness", cause))?;
    let (salt, nonce) = random.split_at(16);
    let cipher = cipher(password, salt, WORK_LOG2).ok_or_else(no_cipher)?;
    let nonce: [u8; 24] = nonce.try_into().map_err(|_| no_cipher())?;
    let payload = Payload {
        msg: text.as_bytes(),
        aad: public.as_bytes(),
    };
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|cause| fault("encrypting", cause))?;
    Ok(Sealed {
        kdf: KDF.to_owned(),
        log2_n: WORK_LOG2,
        salt: hex::encode(salt),
        cipher: CIPHER.to_owned(),
        nonce: hex::encode(nonce),
        text: hex::encode(sealed),
    })
}

/// Decrypts it; `None` if the password is wrong, or anything was changed.
pub(crate) fn open(sealed: &Sealed, public: &str, password: &str) -> Option<Zeroizing<String>> {
    if sealed.kdf != KDF || sealed.cipher != CIPHER || sealed.log2_n > MAX_WORK_LOG2 {
        return None;
    }
    let salt = hex::decode(&sealed.salt).ok()?;
    let mut nonce = [0; 24];
    hex::decode_to_slice(&sealed.nonce, &mut nonce).ok()?;
    let text = hex::decode(&sealed.text).ok()?;
    let payload = Payload {
        msg: &text,
        aad: public.as_bytes(),
    };
    let cipher = cipher(password, &salt, sealed.log2_n)?;
    let opened = cipher.decrypt(&XNonce::from(nonce), payload).ok()?;
    let opened = Zeroizing::new(opened);
    let text = std::str::from_utf8(&opened).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

fn cipher(password: &str, salt: &[u8], log2_n: u8) -> Option<XChaCha20Poly1305> {
    let params = scrypt::Params::new(log2_n, BLOCK_SIZE, LANES).ok()?;
    let mut key = Zeroizing::new([0; 32]);
    scrypt::scrypt(password.as_bytes(), salt, &params, &mut *key).ok()?;
    Some(XChaCha20Poly1305::new(&Key::from(*key)))
}

fn no_cipher() -> KeyError {
    fault("encrypting", "the parameters do not suit")
}

fn fault(what: &'static str, cause: impl std::fmt::Display) -> KeyError {
    KeyError::Fault {
        what,
        cause: cause.to_string(),
    }
}
