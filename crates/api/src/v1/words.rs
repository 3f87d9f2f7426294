//! Explanations of the contracts' codes.

use ddvs_contracts::messages::op_name;
use ddvs_contracts::{ExitCode, Reason};
use serde::Serialize;
use utoipa::ToSchema;

/// A code of the contracts, with its meaning.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Word {
    /// The code.
    pub code: i64,
    /// Its name, if the contracts know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'static str>,
    /// Its meaning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<&'static str>,
    /// Advice on how to resolve it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'static str>,
}

/// An exit code.
pub(super) fn exit_code(code: i32) -> Word {
    let known = ExitCode::from_code(code);
    Word {
        code: code.into(),
        name: known.map(ExitCode::name),
        meaning: known.map(ExitCode::meaning),
        advice: known.map(ExitCode::advice),
    }
}

/// A reject reason.
pub(super) fn reason(code: u8) -> Word {
    let known = Reason::from_code(code);
    Word {
        code: code.into(),
        name: known.map(Reason::name),
        meaning: known.map(Reason::meaning),
        advice: known.map(Reason::advice),
    }
}

/// An op code.
pub(super) fn op(code: u32) -> Word {
    Word {
        code: code.into(),
        name: op_name(code),
        meaning: None,
        advice: None,
    }
}
