//! The 24 words from which a key is derived, compatible with TON wallets.

use bip39::Language;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;
use zeroize::{Zeroize, Zeroizing};

use crate::KeyError;

const WORDS: usize = 24;
/// Maximum number of tries. One in 256 choices of words passes their check, so this many never fail in practice.
const MAX_TRIES: usize = 100_000;

// As in `@ton/crypto`, which TON's wallets use.

/// Rounds of PBKDF2 for the key.
const KEY_ROUNDS: u32 = 100_000;
const KEY_SALT: &[u8] = b"TON default seed";
/// Rounds of PBKDF2 for the check.
const CHECK_ROUNDS: u32 = KEY_ROUNDS / 256;
const CHECK_SALT: &[u8] = b"TON seed version";

/// Derives bytes with PBKDF2 from words without a separate password.
fn derive(words: &str, salt: &[u8], rounds: u32) -> Result<Zeroizing<[u8; 64]>, KeyError> {
    let mac = Hmac::<Sha512>::new_from_slice(words.as_bytes());
    let mac = mac.map_err(|cause| KeyError::Fault {
        what: "reading 24 words",
        cause: cause.to_string(),
    })?;
    let entropy = Zeroizing::new(<[u8; 64]>::from(mac.finalize().into_bytes()));
    let mut derived = Zeroizing::new([0; 64]);
    pbkdf2::pbkdf2_hmac::<Sha512>(&*entropy, salt, rounds, &mut *derived);
    Ok(derived)
}

/// Whether words pass the check of words without a separate password.
fn is_sound(words: &str) -> Result<bool, KeyError> {
    Ok(derive(words, CHECK_SALT, CHECK_ROUNDS)?[0] == 0)
}

/// Returns new words from the system's randomness.
///
/// Fails only when the system has none.
pub(crate) fn generate() -> Result<Zeroizing<String>, KeyError> {
    let list = Language::English.word_list();
    for _ in 0..MAX_TRIES {
        let mut random = Zeroizing::new([0; 2 * WORDS]);
        getrandom::fill(&mut *random).map_err(|cause| KeyError::Fault {
            what: "asking the system for randomness",
            cause: cause.to_string(),
        })?;
        // the list has 2,048 words, so the remainder is as random as the number
        let words: Vec<&str> = random
            .chunks_exact(2)
            .map(|pair| list[usize::from(u16::from_be_bytes([pair[0], pair[1]])) % list.len()])
            .collect();
        let text = Zeroizing::new(words.join(" "));
        if is_sound(&text)? {
            return Ok(text);
        }
    }
    Err(KeyError::Fault {
        what: "making 24 words",
        cause: "none passed its check".to_owned(),
    })
}

/// Returns words in normal form: lowercase, separated by single spaces.
pub(crate) fn normal(text: &str) -> Zeroizing<String> {
    let words: Vec<_> = text.split_whitespace().map(str::to_lowercase).collect();
    let line = Zeroizing::new(words.join(" "));
    for mut word in words {
        word.zeroize();
    }
    line
}

/// Returns the secret that is derived from words.
///
/// Fails when they are not 24 words of the list, or do not pass its check.
pub(crate) fn seed(words: &str) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let count = words.split_whitespace().count();
    if count != WORDS {
        return Err(KeyError::Words(format!("there are {count} of them")));
    }
    for (index, word) in words.split_whitespace().enumerate() {
        if Language::English.find_word(word).is_none() {
            let place = index + 1;
            return Err(KeyError::Words(format!(
                "word {place} is not in the list; check its spelling"
            )));
        }
    }
    let line = normal(words);
    if !is_sound(&line)? {
        return Err(KeyError::Words(
            "their check fails; a word is wrong or out of place, or they need a separate password, which is not supported"
                .to_owned(),
        ));
    }
    let derived = derive(&line, KEY_SALT, KEY_ROUNDS)?;
    let mut seed = Zeroizing::new([0; 32]);
    seed.copy_from_slice(&derived[..32]);
    Ok(seed)
}
