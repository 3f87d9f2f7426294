//! Conversion of errors of other crates.

use ddvs_client::{ClientError, Refusal};
use ddvs_contracts::ExitCode;
use ddvs_index::IndexError;

use super::ApiError;
use crate::live::NoRoom;

impl From<ClientError> for ApiError {
    fn from(error: ClientError) -> Self {
        let exit_code = error.exit_code();
        let Some(refusal) = error.refusal() else {
            return match &error {
                ClientError::Fault { cause, .. } if let Some(why) = cause.downcast_ref() => {
                    match why {
                        NoRoom::Full => Self::busy(),
                        NoRoom::TooMany(most) => Self::too_many_questions(*most),
                    }
                }
                ClientError::Fault { cause, .. } if let Some(cause) = cause.downcast_ref() => {
                    Self::storage(cause)
                }
                _ => Self::unreachable(&error),
            };
        };
        let advice = match refusal {
            Refusal::UnknownChain(_) => {
                return Self::not_found(refusal.to_string(), "`/api/v1/chains` lists the chains.");
            }
            Refusal::NotAccepted { .. } => match exit_code {
                Some(code) => advice_for(code),
                None => "The account must be active or be deployed by the message, and have coins."
                    .to_owned(),
            },
            Refusal::NotActive(_) => "Deploy the contract first, or check the address.".to_owned(),
            Refusal::Getter { exit_code: 11, .. } => "Check the method's name.".to_owned(),
            Refusal::Getter { .. } => "Check the method's arguments.".to_owned(),
            _ => "Check the message.".to_owned(),
        };
        let mut refused = Self::refused(refusal.to_string(), advice);
        refused.exit_code = exit_code;
        refused
    }
}

/// Returns advice on the exit code of a contract that did not accept a message.
fn advice_for(code: i32) -> String {
    use ddvs_client::owner::exit;
    let known = u32::try_from(code).ok().and(ExitCode::from_code(code));
    if let Some(known) = known {
        return known.advice().to_owned();
    }
    match code {
        exit::SEQNO => "Take the wallet's present seqno, and sign again.",
        exit::WALLET_ID => {
            "Sign for this wallet, chain and network: `/api/v1/network` returns the network's id."
        }
        exit::SIGNATURE => "Sign with the key of this wallet.",
        exit::EXPIRED => "Sign again with a later time until which it is valid.",
        exit::SEND_MODE => "Set `ignore errors` (2) in every message's mode.",
        _ => "The contract's source or documentation explains its exit code.",
    }
    .to_owned()
}

impl From<IndexError> for ApiError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Network(error) => error.into(),
            error => Self::internal(error),
        }
    }
}

impl From<tycho_types::error::Error> for ApiError {
    fn from(error: tycho_types::error::Error) -> Self {
        Self::internal(error)
    }
}
