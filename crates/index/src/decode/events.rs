//! Events of a ddvs contract's transaction.

use ddvs_client::TransactionRecord;
use ddvs_contracts::messages::{
    Amount, Message, MessageInfo, Party, Slash, SubmitEvidence, read_body, with_body,
};
use tycho_types::cell::CellSlice;

use super::Facts;
use crate::Identity;
use crate::rows::{AccountKind, EventKind, EventRow, EvidenceRow, PoolRow, TransactionRow};

/// Adds the events of a transaction.
pub(super) fn of_transaction(
    identity: &Identity,
    record: &TransactionRecord,
    row: &TransactionRow,
    facts: &mut Facts,
) {
    let kind = facts
        .accounts
        .iter()
        .find(|account| account.address == record.account)
        .map_or(AccountKind::Other, |account| account.kind);
    if kind == AccountKind::Other || record.in_message.is_bounced {
        return;
    }
    let is_refused = !record.succeeded();
    let mut event = EventRow::new(EventKind::REFUSED, row.at);
    event.account = Some(record.account.clone());
    event.transaction = Some(row.hash);
    event.op = row.op;
    let read = with_body(&record.in_message.cell, |op, body| {
        // unknown messages cause no events
        let info = MessageInfo::by_op(op)?;
        if op == SubmitEvidence::OP && kind == AccountKind::DElector {
            evidence(record, row, body, &mut event, facts)?;
        }
        if is_refused {
            event.kind = EventKind::REFUSED;
            event.exit_code = record.exit_code();
            return Some(());
        }
        if !kind.receives(info.receiver) {
            return None;
        }
        of_message(body, info, kind, record, &facts.pools, &mut event)
    });
    if read.is_none() {
        return;
    }
    if kind == AccountKind::Wallet {
        let wallet = facts.wallets.iter().find(|w| w.address == record.account);
        event.owner = wallet.map(|wallet| wallet.owner.clone());
    }
    if kind == AccountKind::DElector && event.kind == EventKind::REFUSED {
        // copies that repeat known facts cause no events
        let from_copy = record.in_message.source.as_ref();
        if from_copy.is_some_and(|source| identity.is_delector(source)) {
            return;
        }
    }
    facts.events.push(event);
}

/// Adds what the message says; `None` when other events cover it.
fn of_message(
    body: CellSlice<'_>,
    info: &'static MessageInfo,
    kind: AccountKind,
    record: &TransactionRecord,
    pools: &[PoolRow],
    event: &mut EventRow,
) -> Option<()> {
    event.kind = EventKind::of_message(info)?;
    let facts = info.facts(body).ok()?;
    let source = &record.in_message.source;
    match info.sender {
        Party::Root => event.root = source.clone(),
        Party::Owner if kind == AccountKind::Root => event.owner = source.clone(),
        _ => {}
    }
    if facts.root.is_some() {
        event.root = facts.root;
    }
    event.amount_nano = match facts.amount {
        // the first message carries the coins
        Some(Amount::All) => record.out_messages.first().map(|sent| sent.value_nano),
        Some(Amount::Nano(nano)) => Some(nano),
        None => None,
    };
    event.key = facts.key.or(event.key);
    event.reason = facts.reason;
    event.to = facts.to;
    if info.op == Slash::OP {
        let pool = pools.iter().find(|pool| pool.address == record.account);
        event.amount_nano = pool.and_then(PoolRow::slashed_nano);
    }
    Some(())
}

fn evidence(
    record: &TransactionRecord,
    row: &TransactionRow,
    body: CellSlice<'_>,
    event: &mut EventRow,
    facts: &mut Facts,
) -> Option<()> {
    let evidence = read_body::<SubmitEvidence>(body)?.evidence.load().ok()?;
    let from = record.in_message.source.clone()?;
    event.key = Some(evidence.key);
    event.owner = Some(from.clone());
    facts.evidence.push(EvidenceRow {
        transaction: row.key.clone(),
        at: row.at,
        from,
        key: evidence.key,
        chain: evidence.chain,
        height: evidence.height,
        round: evidence.round,
        vote_type: evidence.vote_type,
        exit_code: record.exit_code(),
    });
    Some(())
}
