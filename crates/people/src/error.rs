//! Errors of operations.

use ddvs_client::ClientError;

/// Reason why an operation was not done.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// It is currently not possible. Nothing was sent.
    #[error("{what}: {next}")]
    Cannot {
        /// Description of the obstacle.
        what: String,
        /// Advice on how to resolve it.
        next: String,
    },
    /// The network runs contracts that this version does not know.
    #[error(
        "the network runs other contracts than this version of ddvs: use the version that it was made with"
    )]
    OtherContracts,
    /// The network refused, or failed.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl PeopleError {
    /// Returns a refusal with advice.
    pub fn cannot(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Cannot {
            what: what.into(),
            next: next.into(),
        }
    }

    /// Whether it is a refusal and not a fault.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Cannot { .. } => true,
            Self::OtherContracts => false,
            Self::Client(error) => error.refusal().is_some(),
        }
    }

    pub(crate) fn codec(context: &'static str) -> impl Fn(tycho_types::error::Error) -> Self {
        move |cause| ClientError::fault(context, cause).into()
    }
}
