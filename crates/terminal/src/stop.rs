//! Unsuccessful ends of a command, and exit codes.

use ddvs_client::ClientError;
use ddvs_jrpc::StandsStill;
use ddvs_people::PeopleError;

/// The exit codes of all commands.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done, and every check is ok
  1  the network refused or does not have what was asked for, or a check failed
  2  not done: wrong arguments, or an error that is told on stderr
  3  not known in time; the same command again waits on";

/// An unsuccessful end that is not a fault.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The network refused, or a check failed.
    #[error("{0}")]
    Refused(String),
    /// The outcome is unknown within the timeout.
    #[error("{0}")]
    TimedOut(String),
}

/// Returns the exit code of an error: 1 for a refusal, 3 for a timeout, otherwise 2.
pub fn code(error: &anyhow::Error) -> u8 {
    match kind(error) {
        "refused" => 1,
        "timeout" => 3,
        _ => 2,
    }
}

/// Whether the network refused, or does not have what was asked for.
pub fn is_refusal(error: &anyhow::Error) -> bool {
    kind(error) == "refused"
}

fn client_error<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a ClientError> {
    match cause.downcast_ref::<PeopleError>() {
        Some(PeopleError::Client(error)) => Some(error),
        _ => cause.downcast_ref(),
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
        if let Some(ClientError::Fault { cause, .. }) = client_error(cause)
            && cause.is::<StandsStill>()
        {
            return "timeout";
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The exit code and the kind of an error.
    fn of(error: impl Into<anyhow::Error>) -> (u8, &'static str) {
        let error = error.into();
        (code(&error), kind(&error))
    }

    #[test]
    fn each_kind_of_stop_has_its_exit_code() {
        let stopped = || {
            let (seqno, waited_s) = (5, 9);
            ClientError::fault("waiting for a block", StandsStill { seqno, waited_s })
        };
        let no = || ClientError::from(ddvs_client::Refusal::NoBlocks);
        assert_eq!(of(Stop::Refused(String::new())), (1, "refused"));
        assert_eq!(of(no()), (1, "refused"));
        assert_eq!(of(PeopleError::from(no())), (1, "refused"));
        assert_eq!(of(PeopleError::cannot("it", "no")), (1, "refused"));
        assert_eq!(of(PeopleError::OtherContracts), (2, "error"));
        assert_eq!(of(anyhow::anyhow!("broken")), (2, "error"));
        let fault = ClientError::fault("asking", anyhow::anyhow!("broken"));
        assert_eq!(of(fault), (2, "error"));
        // a stalled network may continue: then the same command does too
        assert_eq!(of(stopped()), (3, "timeout"));
        assert_eq!(of(PeopleError::from(stopped())), (3, "timeout"));
        assert_eq!(of(Stop::TimedOut(String::new())), (3, "timeout"));
    }
}
