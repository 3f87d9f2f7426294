//! Messages of a block: those that caused transactions, were sent, or ended without a transaction.

use ddvs_client::{
    Block, DroppedExternal, MessageStatus, ReturnReason, ReturnedMessage, TransactionRecord,
};
use ddvs_contracts::messages::op_in;
use tycho_types::cell::{Cell, HashBytes, Load};
use tycho_types::error::Error;
use tycho_types::models::{MsgInfo, StdAddr};

use super::Facts;
use crate::rows::{At, EventKind, EventRow, Fate, MessageRow, TransactionRow};

/// Adds the message that caused a transaction, and those that it sent.
pub(super) fn of_transaction(
    record: &TransactionRecord,
    row: &TransactionRow,
    found: &mut Vec<MessageRow>,
) -> Result<(), Error> {
    let incoming = &record.in_message;
    let mut caused = message_row(&incoming.cell)?;
    caused.caused = Some(row.key.clone());
    caused.fate = Fate::Executed;
    found.push(caused);
    for message in &record.out_messages {
        let mut sent = message_row(&message.cell)?;
        sent.sent_by = Some(row.key.clone());
        if message.is_external() {
            sent.fate = Fate::Left;
        }
        found.push(sent);
    }
    Ok(())
}

/// Messages that ended without a transaction.
pub(super) fn ended(block: &Block, at: At, facts: &mut Facts) {
    let bare = |hash: HashBytes, destination: Option<StdAddr>, fate, note| MessageRow {
        hash,
        source: None,
        destination,
        value_nano: 0,
        created_lt: 0,
        op: None,
        is_bounced: false,
        sent_by: None,
        caused: None,
        fate,
        note,
    };
    for dropped in &block.dropped {
        let exit_code = dropped.exit_code;
        let (hash, account) = (dropped.hash, dropped.account.clone());
        let note = note_of_dropped(dropped);
        if let Some(note) = &note {
            facts
                .events
                .push(fault_event(at, Some(&account), &hash, note));
        }
        let fate = Fate::Dropped { exit_code };
        facts.messages.push(bare(hash, Some(account), fate, note));
    }
    for returned in &block.returned {
        let note = note_of_returned(returned);
        if returned.reason == ReturnReason::Fault {
            facts
                .events
                .push(fault_event(at, None, &returned.hash, &note));
        }
        let returned_as = returned.returned_as;
        let fate = Fate::Returned { returned_as };
        facts
            .messages
            .push(bare(returned.hash, None, fate, Some(note)));
    }
}

fn note_of_dropped(dropped: &DroppedExternal) -> Option<String> {
    let fault = dropped.fault.as_ref()?;
    Some(format!("{}: {fault}", ReturnReason::Fault))
}

fn note_of_returned(returned: &ReturnedMessage) -> String {
    match &returned.fault {
        Some(fault) => format!("{}: {fault}", returned.reason),
        None => returned.reason.to_string(),
    }
}

fn fault_event(at: At, account: Option<&StdAddr>, message: &HashBytes, note: &str) -> EventRow {
    let mut event = EventRow::new(EventKind::MESSAGE_FAULT, at);
    event.account = account.cloned();
    event.note = Some(format!("message {message}: {note}"));
    event
}

/// Returns why a message ended without a transaction, if the backend knows.
pub fn note_of(status: &MessageStatus) -> Option<String> {
    match status {
        MessageStatus::Dropped(dropped) => note_of_dropped(dropped),
        MessageStatus::Returned(returned) => Some(note_of_returned(returned)),
        _ => None,
    }
}

/// Reads a message's own cell.
fn message_row(cell: &Cell) -> Result<MessageRow, Error> {
    let mut row = MessageRow {
        hash: *cell.repr_hash(),
        source: None,
        destination: None,
        value_nano: 0,
        created_lt: 0,
        op: op_in(cell),
        is_bounced: false,
        sent_by: None,
        caused: None,
        fate: Fate::Waiting,
        note: None,
    };
    match MsgInfo::load_from(&mut cell.as_slice()?)? {
        MsgInfo::Int(info) => {
            row.source = info.src.as_std().cloned();
            row.destination = info.dst.as_std().cloned();
            row.value_nano = info.value.tokens.into_inner();
            row.created_lt = info.created_lt;
            row.is_bounced = info.bounced;
        }
        MsgInfo::ExtIn(info) => row.destination = info.dst.as_std().cloned(),
        MsgInfo::ExtOut(info) => {
            row.source = info.src.as_std().cloned();
            row.created_lt = info.created_lt;
        }
    }
    Ok(row)
}

/// Converts a backend's status of a message to a fate.
pub fn fate_of(status: &MessageStatus) -> Fate {
    match status {
        MessageStatus::Executed(_) => Fate::Executed,
        MessageStatus::Dropped(dropped) => Fate::Dropped {
            exit_code: dropped.exit_code,
        },
        MessageStatus::Returned(returned) => Fate::Returned {
            returned_as: returned.returned_as,
        },
        MessageStatus::InMempool { .. }
        | MessageStatus::InTransit { .. }
        | MessageStatus::Unknown => Fate::Waiting,
    }
}
