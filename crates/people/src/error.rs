//! What stands in the way of what somebody wants.

use ddvs_client::ClientError;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// It cannot be had as things stand. Nothing was sent.
    #[error("{what}: {next}")]
    Cannot {
        /// What stands in the way.
        what: String,
        /// What to do about it.
        next: String,
    },
    /// The network runs other contracts than this version knows.
    #[error(
        "the network runs other contracts than this version of ddvs: use the version that it was made with"
    )]
    OtherContracts,
    /// The network refused, or failed.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl PeopleError {
    /// Something that cannot be had, and what to do about it.
    pub fn cannot(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Cannot {
            what: what.into(),
            next: next.into(),
        }
    }

    /// Whether it is a refusal: an answer, and no breakdown.
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
