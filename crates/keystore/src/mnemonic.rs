//! The 24 words from which a key is derived, compatible with TON wallets.

use tonlib_core::wallet::mnemonic::{Mnemonic, WORDLIST_EN_SET};
use zeroize::{Zeroize, Zeroizing};

use crate::KeyError;

const WORDS: usize = 24;
/// Maximum number of tries. One in 256 choices of words passes their check, so this many never fail in practice.
const MAX_TRIES: usize = 100_000;

/// Returns new words from the system's randomness.
///
/// Fails only when the system has none.
pub(crate) fn generate() -> Result<Zeroizing<String>, KeyError> {
    let mut list = vec![""; WORDLIST_EN_SET.len()];
    for (word, &index) in WORDLIST_EN_SET.iter() {
        if let Some(place) = list.get_mut(index) {
            *place = word;
        }
    }
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
        if Mnemonic::new(words, &None).is_ok() {
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
        if !WORDLIST_EN_SET.contains_key(word) {
            let place = index + 1;
            return Err(KeyError::Words(format!(
                "word {place} is not in the list; check its spelling"
            )));
        }
    }
    let broken = |_| {
        KeyError::Words(
            "their check fails; a word is wrong or out of place, or they need a separate password, which is not supported"
                .to_owned(),
        )
    };
    let mnemonic = Mnemonic::from_str(words, &None).map_err(broken)?;
    let mut pair = mnemonic.to_key_pair().map_err(broken)?;
    let mut seed = Zeroizing::new([0; 32]);
    let whole = pair.secret_key.get(..32).ok_or(KeyError::Unreadable)?;
    seed.copy_from_slice(whole);
    pair.secret_key.zeroize();
    Ok(seed)
}
