//! Errors. A refusal means that the network did not do what was requested; after a fault the outcome is unknown.

use ddvs_types::NotExecuted;
use tycho_types::models::StdAddr;

use crate::ChainId;

/// Error of everything in this crate.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The network or a contract refused. Nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The network failed, or its answer cannot be understood.
    #[error("{context}: {cause:#}")]
    Fault {
        /// The operation.
        context: String,
        /// The cause.
        cause: anyhow::Error,
    },
}

impl ClientError {
    /// Returns a fault with its context.
    pub fn fault(context: impl Into<String>, cause: impl Into<anyhow::Error>) -> Self {
        Self::Fault {
            context: context.into(),
            cause: cause.into(),
        }
    }

    /// Returns the error of a message to `account` that had no transaction when it was emulated.
    pub fn not_executed(account: &StdAddr, context: String, error: NotExecuted) -> Self {
        match error {
            NotExecuted::NotAccepted { exit_code } => Refusal::NotAccepted {
                account: account.clone(),
                exit_code,
            }
            .into(),
            NotExecuted::Fault(cause) => Self::fault(context, cause),
        }
    }

    /// Returns the refusal, if it is one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Fault { .. } => None,
        }
    }

    /// Exit code of the contract that refused, if one did.
    pub fn exit_code(&self) -> Option<i32> {
        match self.refusal()? {
            Refusal::NotAccepted { exit_code, .. } => *exit_code,
            Refusal::Getter { exit_code, .. } => Some(*exit_code),
            _ => None,
        }
    }
}

/// Reason of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The network has no such chain.
    #[error("there is no chain {0}")]
    UnknownChain(ChainId),
    /// A contract did not accept an external message.
    #[error("account {account} did not accept the message ({})", ran_to(*exit_code))]
    NotAccepted {
        /// The account.
        account: StdAddr,
        /// Its exit code, `None` if it did not run: no state or no coins.
        exit_code: Option<i32>,
    },
    /// The network refused a message for another reason.
    #[error("the message was not accepted: {0}")]
    Message(String),
    /// The account has no code to run a get method on.
    #[error("account {0} is not active")]
    NotActive(StdAddr),
    /// A get method failed.
    #[error("get method {method} of {account} failed with exit code {exit_code}")]
    Getter {
        /// The account.
        account: StdAddr,
        /// The method.
        method: String,
        /// Its exit code; 11 if the contract has no such method.
        exit_code: i32,
    },
    /// A wallet was asked to send more messages than one external message can carry.
    #[error("{found} messages are more than the {limit} that one external message can carry")]
    TooManyMessages {
        /// Number of messages.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A wallet's account holds another contract.
    #[error("account {0} is not in the state of its wallet")]
    NotTheWallet(StdAddr),
    /// All chains are silent, so no block will come.
    #[error("no chain makes blocks")]
    NoBlocks,
}

/// Describes how far a contract ran with a message that it did not accept.
fn ran_to(exit_code: Option<i32>) -> String {
    match exit_code {
        Some(code) => format!("exit code {code}"),
        None => "it did not run: it has no code or no coins".to_owned(),
    }
}
