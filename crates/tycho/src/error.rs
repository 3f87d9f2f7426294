//! Errors of a network of nodes.

use std::path::PathBuf;

/// Command that installs the engine's binary.
pub const INSTALL_COMMAND: &str = "cargo install tycho-cli --version 1.0.0 --locked";

/// Error of everything in this crate.
#[derive(Debug, thiserror::Error)]
pub enum TychoError {
    /// The options describe a network that cannot run.
    #[error("{0}")]
    Options(String),
    /// Making a network never overwrites one.
    #[error("{0} is not empty: choose another directory, or remove it first")]
    NotEmpty(PathBuf),
    /// The directory holds no network.
    #[error("{0} contains no network: make one with `ddvs tycho init --dir {0}`")]
    NoNetwork(PathBuf),
    /// The directory is not that of a node beside which a validator service can run.
    #[error(
        "{0} is missing: `ddvs tycho init` and `ddvs tycho node-bundle` write it; docs/guide/tycho.md says what it holds"
    )]
    NoValidatorFile(PathBuf),
    /// The engine is missing or another version.
    #[error(
        "{found}; install it with `{INSTALL_COMMAND}` (it needs clang, libclang-dev, cmake and a C++ compiler), or name it in the \
         variable TYCHO_BIN"
    )]
    Binary {
        /// Version that was found instead.
        found: String,
    },
    /// A node did not do what was requested.
    #[error("node {index}: {reason}; its log is {log}")]
    Node {
        /// Number of the node, from 1.
        index: u16,
        /// Description of the failure.
        reason: String,
        /// File to look at.
        log: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("{path}: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// I/O error.
        cause: std::io::Error,
    },
    /// Something that was built or read is invalid.
    #[error("{context}: {cause:#}")]
    Fault {
        /// The operation.
        context: String,
        /// The cause.
        cause: anyhow::Error,
    },
}

impl TychoError {
    /// Returns a fault with its context.
    pub(crate) fn fault(context: impl Into<String>, cause: impl Into<anyhow::Error>) -> Self {
        Self::Fault {
            context: context.into(),
            cause: cause.into(),
        }
    }

    /// Wraps an error of a file.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |cause| Self::File { path, cause }
    }
}
