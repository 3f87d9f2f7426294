//! How a command ends that does not end well.

use ddvs_client::ClientError;
use ddvs_people::PeopleError;

/// An end that is no breakdown.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The network refused, or a check failed.
    #[error("{0}")]
    Refused(String),
    /// It did not become known in time.
    #[error("{0}")]
    TimedOut(String),
}

/// The exit code of an error: 1 for a refusal, 3 for a time that ran out, else 2.
pub fn code(error: &anyhow::Error) -> u8 {
    match kind(error) {
        "refused" => 1,
        "timeout" => 3,
        _ => 2,
    }
}

/// Its name in reports.
pub fn kind(error: &anyhow::Error) -> &'static str {
    for cause in error.chain() {
        if let Some(stop) = cause.downcast_ref::<Stop>() {
            return match stop {
                Stop::Refused(_) => "refused",
                Stop::TimedOut(_) => "timeout",
            };
        }
        let is_refusal = match (
            cause.downcast_ref::<PeopleError>(),
            cause.downcast_ref::<ClientError>(),
        ) {
            (Some(error), _) => error.is_refusal(),
            (_, Some(error)) => error.refusal().is_some(),
            (None, None) => false,
        };
        if is_refusal {
            return "refused";
        }
    }
    "error"
}
