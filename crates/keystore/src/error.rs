//! Errors of keys.

use std::path::PathBuf;

/// Reason why a key could not be created, stored or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The name is not a valid file name.
    #[error("{0:?} is not a valid key name: use 1 to 64 letters, digits, `-` and `_`")]
    Name(String),
    /// There is no such key.
    #[error(
        "there is no key {name} in {dir}: make one with `ddvs key new {name}`, or see `ddvs key list`"
    )]
    Missing {
        /// Its name.
        name: String,
        /// The directory that was searched.
        dir: PathBuf,
    },
    /// The name is taken.
    #[error(
        "there is a key {name} already, at {path}: choose another name; keys are never overwritten"
    )]
    Exists {
        /// Its name.
        name: String,
        /// Its file.
        path: PathBuf,
    },
    /// The password does not open the file.
    #[error(
        "the password does not decrypt the key {0}: try again; without the password only its 24 words restore it"
    )]
    WrongPassword(String),
    /// The password is empty.
    #[error(
        "the password is empty: give one, or `--unencrypted` for a key that protects nothing of value"
    )]
    EmptyPassword,
    /// The words are not a valid mnemonic.
    #[error("these are not the 24 words of a key: {0}")]
    Words(String),
    /// The text is neither words nor a secret.
    #[error(
        "no key can be read from this: give 24 words, 64 hexadecimal digits, or a JSON with `secret`"
    )]
    Unreadable,
    /// The public half in a file does not match its secret.
    #[error("{0} contains a public key that does not match the secret key")]
    Mismatch(PathBuf),
    /// A file cannot be read or written.
    #[error("{path}: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// I/O error.
        cause: std::io::Error,
    },
    /// A file is not a valid key.
    #[error("{path} is not a key file: {cause}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Description of the problem.
        cause: String,
    },
    /// Others can read an unencrypted key.
    #[error("others can read {0}, and it is not encrypted: `chmod 600` it")]
    Exposed(PathBuf),
    /// There are too many keys.
    #[error("{0} contains too many files to search for keys")]
    TooMany(PathBuf),
    /// Neither `DDVS_HOME` nor `HOME` is set.
    #[error("no directory for keys is known: set DDVS_HOME")]
    NoHome,
    /// The system has no randomness, or encryption failed.
    #[error("{what}: {cause}")]
    Fault {
        /// The operation.
        what: &'static str,
        /// The cause.
        cause: String,
    },
}

impl KeyError {
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |cause| Self::File {
            path: path.to_owned(),
            cause,
        }
    }
}
