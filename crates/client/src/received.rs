//! The message that caused a transaction, as the contracts read it.

use ddvs_contracts::messages::{self, MessageInfo};
use tycho_types::cell::CellSlice;

use crate::TransactionRecord;

/// Applies `read` to the op code and body of the internal message that caused a transaction; `None` for an external
/// message, a bounce, or a body without op code.
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
