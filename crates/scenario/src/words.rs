//! Formatting addresses, exit codes and reasons.

use ddvs_contracts::{ExitCode, Reason};
use tycho_types::models::StdAddr;

/// Formats an address in short form.
pub fn short(address: &StdAddr) -> String {
    let hex = address.address.to_string();
    format!(
        "{}:{}…{}",
        address.workchain,
        &hex[..4],
        &hex[hex.len() - 4..]
    )
}

/// Describes an exit code.
pub fn exit_code(code: i32) -> String {
    match ExitCode::from_code(code) {
        Some(known) => format!("{} ({code})", known.name()),
        None => format!("exit code {code}"),
    }
}

/// Describes a reject reason.
pub fn reason(code: u8) -> String {
    match Reason::from_code(code) {
        Some(known) => format!("{} ({code})", known.name()),
        None => format!("reason {code}"),
    }
}
