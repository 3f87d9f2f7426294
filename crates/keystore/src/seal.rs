//! A text under a password, in the age format.

use age::scrypt::{Identity, Recipient};
use age::secrecy::SecretString;
use zeroize::Zeroizing;

use crate::KeyError;

/// Work to try one password, as a power of two: 64 MB of memory, a quarter of a second.
const WORK: u8 = 16;
/// Most work that a file may ask for: 1 GB.
const MAX_WORK: u8 = 20;

/// Encrypts a text.
///
/// Fails only when the system has no randomness.
pub(crate) fn seal(text: &str, password: &str) -> Result<String, KeyError> {
    let mut recipient = Recipient::new(SecretString::from(password.to_owned()));
    recipient.set_work_factor(WORK);
    age::encrypt_and_armor(&recipient, text.as_bytes()).map_err(|cause| KeyError::Fault {
        what: "encrypting",
        cause: cause.to_string(),
    })
}

/// Decrypts it; `None` if the password is another one, or the text was changed.
pub(crate) fn open(sealed: &str, password: &str) -> Option<Zeroizing<String>> {
    let mut identity = Identity::new(SecretString::from(password.to_owned()));
    identity.set_max_work_factor(MAX_WORK);
    let bytes = Zeroizing::new(age::decrypt(&identity, sealed.as_bytes()).ok()?);
    let text = std::str::from_utf8(&bytes).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}
