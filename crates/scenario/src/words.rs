//! Formatting messages and refusals.

use ddvs_client::TransactionRecord;
use ddvs_contracts::messages::{self, MessageInfo};
use ddvs_contracts::{ExitCode, Reason};
use tycho_types::cell::CellSlice;
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

/// Returns the op code and body of the internal message that caused a transaction; `None` for an external message, a
/// bounce, or a body without op.
pub fn with_body<R>(
    transaction: &TransactionRecord,
    read: impl FnOnce(u32, CellSlice<'_>) -> Option<R>,
) -> Option<R> {
    let incoming = &transaction.in_message;
    if incoming.is_external() || incoming.is_bounced {
        return None;
    }
    messages::with_body(&incoming.cell, read)
}

/// Returns the reason in the message that caused a transaction, if that is a refusal.
pub fn refusal_in(transaction: &TransactionRecord) -> Option<u8> {
    with_body(transaction, |op, body| {
        MessageInfo::by_op(op)?.facts(body).ok()?.reason
    })
}
