//! Formatting messages and refusals.

use ddvs_client::TransactionRecord;
use ddvs_contracts::messages::{Message, OPS, RefuseRelease, RefuseUnstake, RejectStake, Rejected};
use ddvs_contracts::{ExitCode, Reason};
use tycho_types::cell::{Cell, CellSlice};
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

/// Describes a body, by its op code.
pub fn op_name(op: u32) -> Option<&'static str> {
    OPS.iter()
        .find(|(known, _)| *known == op)
        .map(|(_, name)| *name)
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
    body_of(&incoming.cell, read)
}

/// The op code and body of a message.
pub fn body_of<R>(message: &Cell, read: impl FnOnce(u32, CellSlice<'_>) -> Option<R>) -> Option<R> {
    let message = message.parse::<tycho_types::models::Message<'_>>().ok()?;
    let op = message.body.get_u32(0).ok()?;
    read(op, message.body)
}

/// Returns the reason in the message that caused a transaction, if that is a refusal.
pub fn refusal_in(transaction: &TransactionRecord) -> Option<u8> {
    with_body(transaction, |op, body| match op {
        RejectStake::OP => parse::<RejectStake>(body).map(|m| m.reason),
        RefuseUnstake::OP => parse::<RefuseUnstake>(body).map(|m| m.reason),
        RefuseRelease::OP => parse::<RefuseRelease>(body).map(|m| m.reason),
        Rejected::OP => parse::<Rejected>(body).map(|m| m.reason),
        _ => None,
    })
}

/// A body as a message.
pub fn parse<'a, T: tycho_types::cell::Load<'a>>(mut body: CellSlice<'a>) -> Option<T> {
    T::load_from(&mut body).ok()
}
