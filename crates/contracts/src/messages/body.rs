//! Bodies of messages in flight: the op code first, then the message.

use tycho_types::prelude::*;

use super::{MessageFacts, MessageInfo};

/// Applies `read` to the op code and the body of a message, external or internal; the body begins with the op code.
///
/// `None` when the cell is no message, or its body is too short for an op code.
pub fn with_body<R>(
    message: &Cell,
    read: impl FnOnce(u32, CellSlice<'_>) -> Option<R>,
) -> Option<R> {
    let message = message.parse::<tycho_types::models::Message<'_>>().ok()?;
    let op = message.body.get_u32(0).ok()?;
    read(op, message.body)
}

/// The op code of a message's body, if it has one.
pub fn op_in(message: &Cell) -> Option<u32> {
    with_body(message, |op, _| Some(op))
}

/// Reads a body as a message, or as any type at its beginning; `None` when it is not one.
pub fn read_body<'a, T: Load<'a>>(mut body: CellSlice<'a>) -> Option<T> {
    T::load_from(&mut body).ok()
}

/// What a message of the contracts says, with its kind; `None` when it is not one of them.
pub fn facts_in(message: &Cell) -> Option<(&'static MessageInfo, MessageFacts)> {
    with_body(message, |op, body| {
        let info = MessageInfo::by_op(op)?;
        Some((info, info.facts(body).ok()?))
    })
}
