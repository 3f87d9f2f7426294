//! Errors of the ledger as those of the client.

use ddvs_client::{ClientError, Refusal};
use ddvs_ledger::{ExternalRefusal, Fault, SendError};

/// Returns the client's error for a fault of the ledger.
pub(crate) fn of_fault(fault: Fault) -> ClientError {
    match fault {
        Fault::UnknownChain(chain) => Refusal::UnknownChain(chain).into(),
        fault => ClientError::fault("the embedded network", fault),
    }
}

/// Returns the client's error for a message that the ledger did not queue.
pub(crate) fn of_send(error: SendError) -> ClientError {
    let refusal = match error {
        SendError::Fault(fault) => return of_fault(fault),
        SendError::Refused(refusal) => refusal,
    };
    ClientError::Refused(match refusal {
        ExternalRefusal::UnknownChain(chain) => Refusal::UnknownChain(chain),
        ExternalRefusal::NotAccepted { account, exit_code } => {
            Refusal::NotAccepted { account, exit_code }
        }
        other => Refusal::Message(other.to_string()),
    })
}
