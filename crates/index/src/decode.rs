//! Decoding a block into facts: a pure function, independent of storage.

mod accounts;
mod events;

use ddvs_client::{
    AccountView, Block, DroppedExternal, MessageStatus, ReturnReason, ReturnedMessage,
    TransactionRecord, ValidatorSetRecord,
};
use ddvs_contracts::messages::op_in;
use tycho_types::boc::Boc;
use tycho_types::cell::{Cell, HashBytes, Load};
use tycho_types::error::Error;
use tycho_types::models::{MsgInfo, StdAddr};

use crate::agreement::{self, AgreementFact};
use crate::rows::{
    AccountRow, At, BlockRow, CopyRow, EventRow, EvidenceRow, Fate, Member, MessageRow, PoolRow,
    SetRow, TransactionRow, TxKey, WalletRow,
};
use crate::{Identity, IndexError, Observed};

/// Facts from a block.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The block; key block and shards are filled in when it is stored.
    pub block: BlockRow,
    /// Its transactions with their bags of cells, in order.
    pub transactions: Vec<(TransactionRow, Vec<u8>)>,
    /// Messages that ended in it or were sent in it; one may occur twice.
    pub messages: Vec<MessageRow>,
    /// Accounts that it touched.
    pub accounts: Vec<AccountRow>,
    /// Pools among them.
    pub pools: Vec<PoolRow>,
    /// Wallets among them.
    pub wallets: Vec<WalletRow>,
    /// The validator set in force.
    pub set: SetRow,
    /// Facts about batches from its D'Elector.
    pub agreement: Vec<AgreementFact>,
    /// Its D'Elector's registries afterwards, if they changed.
    pub registries: Vec<CopyRow>,
    /// Submitted evidence.
    pub evidence: Vec<EvidenceRow>,
    /// Events, not numbered yet.
    pub events: Vec<EventRow>,
}

/// Decodes a block.
///
/// Fails only when a cell of an accepted block cannot be read.
pub fn decode(identity: &Identity, observed: &Observed) -> Result<Facts, IndexError> {
    let block = &*observed.block;
    facts(identity, observed).map_err(|cause| IndexError::Cell {
        chain: block.chain,
        seqno: block.seqno,
        cause,
    })
}

/// Decodes one account, as if block `at` had touched only that.
pub(crate) fn account(
    identity: &Identity,
    view: &AccountView,
    at: At,
) -> Result<Facts, IndexError> {
    let mut facts = Facts::empty(BlockRow::new(at), SetRow::empty(at));
    accounts::read(identity, view, &mut facts).map_err(|cause| IndexError::Cell {
        chain: at.chain,
        seqno: at.seqno,
        cause,
    })?;
    Ok(facts)
}

impl Facts {
    fn empty(block: BlockRow, set: SetRow) -> Self {
        Self {
            block,
            transactions: Vec::new(),
            messages: Vec::new(),
            accounts: Vec::new(),
            pools: Vec::new(),
            wallets: Vec::new(),
            set,
            agreement: Vec::new(),
            registries: Vec::new(),
            evidence: Vec::new(),
            events: Vec::new(),
        }
    }
}

fn facts(identity: &Identity, observed: &Observed) -> Result<Facts, Error> {
    let block = &*observed.block;
    let at = At {
        chain: block.chain,
        seqno: block.seqno,
        time_ms: block.gen_time_ms,
    };
    let mut facts = Facts::empty(block_row(block, at), set_row(&block.validator_set, at));
    for account in &observed.accounts {
        accounts::read(identity, account, &mut facts)?;
    }
    for record in &block.transactions {
        let row = transaction_row(record, at);
        messages(record, &row, &mut facts.messages)?;
        if identity.is_delector(&record.account) && record.succeeded() {
            facts
                .agreement
                .extend(agreement::facts(identity, record, at));
        }
        events::of_transaction(identity, record, &row, &mut facts);
        facts
            .transactions
            .push((row, Boc::encode(record.cell.inner())));
    }
    ended(block, at, &mut facts);
    if let Some(reason) = &block.config_rejected {
        let mut event = EventRow::new(crate::rows::EventKind::CONFIG_REJECTED, at);
        event.note = Some(reason.clone());
        facts.events.push(event);
    }
    Ok(facts)
}

fn block_row(block: &Block, at: At) -> BlockRow {
    let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
    BlockRow {
        start_lt: block.start_lt,
        end_lt: block.end_lt,
        hash: block.hash,
        previous_hash: block.previous_hash,
        accounts_hash: block.accounts_hash,
        config_hash: block.config_hash,
        set_hash: block.validator_set.hash,
        gas_used: block.gas_used,
        fees_nano: block.fees_nano,
        imported: count(block.imported),
        transactions: count(block.transactions.len()),
        dropped: count(block.dropped.len()),
        returned: count(block.returned.len()),
        config_rejected: block.config_rejected.clone(),
        ..BlockRow::new(at)
    }
}

pub(crate) fn set_row(record: &ValidatorSetRecord, at: At) -> SetRow {
    let set = &record.set;
    SetRow {
        at,
        hash: record.hash,
        since: set.utime_since,
        total_weight: set.total_weight,
        main: set.main.get(),
        members: set
            .list
            .iter()
            .map(|member| Member {
                key: member.public_key,
                weight: member.weight,
            })
            .collect(),
    }
}

fn transaction_row(record: &TransactionRecord, at: At) -> TransactionRow {
    TransactionRow {
        key: TxKey {
            account: record.account.clone(),
            lt: record.lt,
        },
        hash: record.hash,
        at,
        in_message: *record.in_message.hash(),
        op: op_in(&record.in_message.cell),
        exit_code: record.exit_code(),
        action_code: record.action_code,
        aborted: record.aborted,
        bounced: record.bounced,
        destroyed: record.destroyed,
        gas_used: record.gas_used(),
        fees_nano: record.total_fees_nano,
        balance_nano: record.balance_nano,
        out_messages: record.out_messages.iter().map(|m| *m.hash()).collect(),
    }
}

/// Adds the message that caused a transaction, and those that it sent.
fn messages(
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
fn ended(block: &Block, at: At, facts: &mut Facts) {
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
    let mut event = EventRow::new(crate::rows::EventKind::MESSAGE_FAULT, at);
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
pub(crate) fn message_row(cell: &Cell) -> Result<MessageRow, Error> {
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
